import { expect, test } from '@jest/globals';

import type { Place, RevisionVector } from '../../../src/core/revision-vector.ts';
import { createStreamTaken } from '../../../src/gateway/stream-taken.ts';

// Sites that tell of several installations, of which some have joined without being configured here.

const at = (revision: number, feed = 'f'): Place => ({ feed, revision, part: 0 });
const site = 'site:lyon';
const configured = new Map([
  ['a', 'installation:a'],
  ['lyon-a', site],
  ['lyon-b', site],
  ['oslo-a', 'site:oslo'],
]);
const takenAfter = (after: RevisionVector) =>
  createStreamTaken({ after, configuredAt: (installation) => configured.get(installation) ?? null });
const event = (installation: string, places: RevisionVector, source = site) => ({
  source,
  installation,
  type: 'ADDED',
  places,
  value: {},
  errors: [],
});

test('a source goes on after the places of its own installations, and of those that nobody knows here', () => {
  const taken = takenAfter({ a: at(1), 'lyon-a': at(2), 'oslo-a': at(3), 'new-a': at(4) });
  expect(taken.after(site)).toEqual({ 'lyon-a': at(2), 'new-a': at(4) });
  expect(taken.after('installation:a')).toEqual({ a: at(1), 'new-a': at(4) });
  expect(taken.knows(site)).toBe(true);
  expect(takenAfter({ a: at(1) }).knows(site)).toBe(false);
});

test('an installation that joined is of the site that tells of it', () => {
  const taken = takenAfter({});
  taken.take(event('lyon-a', { 'lyon-a': at(1), 'lyon-c': at(5) }));
  expect(taken.after(site)).toEqual({ 'lyon-a': at(1), 'lyon-c': at(5) });
  expect(taken.after('site:oslo')).toEqual({});
  taken.take(event('lyon-c', { 'lyon-c': at(6) }, 'site:oslo'));
  expect(taken.after(site)).toEqual({ 'lyon-a': at(1) });
});

test('what a site repeats of an installation that is not its own does not count', () => {
  const taken = takenAfter({ 'new-a': at(4) });
  taken.take(event('new-a', { 'new-a': at(9, 'g') }, 'site:oslo'));
  const all = { 'lyon-a': at(1), 'new-a': at(4), a: at(1) };
  expect(taken.ownPlaces(site, 'lyon-a', all)).toEqual({ 'lyon-a': at(1) });
  expect(taken.ownPlaces(site, 'oslo-a', { 'oslo-a': at(1) })).toBeNull();
});

test('places only go on, but for that of an installation that begins a new life', () => {
  const taken = takenAfter({ 'lyon-a': at(4), 'lyon-b': at(4) });
  taken.take(event('lyon-a', { 'lyon-a': at(1, 'g'), 'lyon-b': at(3) }));
  expect(taken.after(site)).toEqual({ 'lyon-a': at(1, 'g'), 'lyon-b': at(4) });
});
