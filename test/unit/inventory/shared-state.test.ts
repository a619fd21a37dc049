import { expect, test } from '@jest/globals';

import { createSharedState } from '../../../src/inventory/shared-state.ts';
import { createSnapshot } from '../../../src/inventory/snapshot.ts';
import { inventory } from '../../support/builders.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const snapshot = createSnapshot('a', inventory());

function start() {
  const clock = createManualClock();
  return { clock, state: createSharedState({ clock, graceMs: 6_000 }) };
}

test('an inventory is current for the grace after it was confirmed, and stale from then on, whether or not anybody asks', async () => {
  const { clock, state } = start();
  const confirmedAt = clock.now();
  state.learn({ snapshot, watch: 'WATCHING', confirmedAt });
  await clock.advance(6_000);
  expect(state.current()).toMatchObject({ status: 'OK', asOf: confirmedAt, message: null });
  await clock.advance(1);
  expect(state.current()).toMatchObject({ status: 'STALE', asOf: confirmedAt, message: expect.any(String) });
});

test('a database that is away is named while the inventory is still current', () => {
  const { clock, state } = start();
  state.learn({ snapshot, watch: 'WATCHING', confirmedAt: clock.now() });
  state.learn({ storeMessage: 'no database' });
  expect(state.current()).toMatchObject({ status: 'OK', message: 'no database' });
});

test('a lost manager makes the inventory stale at once', () => {
  const { clock, state } = start();
  state.learn({ snapshot, watch: 'WATCHING', confirmedAt: clock.now() });
  state.learn({ watch: 'LOST', watchMessage: 'no manager' });
  expect(state.current()).toMatchObject({ status: 'STALE', message: 'no manager' });
});

test('a database that answers but takes nothing is named until somebody writes again', () => {
  const { clock, state } = start();
  state.learn({ snapshot, watch: 'WATCHING', confirmedAt: clock.now() - 10_000 });
  state.learn({ unwrittenMessage: 'its disk is full' });
  expect(state.current()).toMatchObject({ status: 'STALE', message: 'its disk is full' });
  state.learn({ unwrittenMessage: null, confirmedAt: clock.now() });
  expect(state.current()).toMatchObject({ status: 'OK', message: null });
});

test('nothing is known before the first snapshot, and the reason is said', () => {
  const { state } = start();
  expect(state.current()).toMatchObject({ revision: 0, status: 'UNREACHABLE', snapshot: null });
  state.learn({ storeMessage: 'no database' });
  expect(state.current()).toMatchObject({ revision: 1, status: 'UNREACHABLE', message: 'no database' });
});

test('news of which nobody would notice anything wake nobody', async () => {
  const { clock, state } = start();
  state.learn({ snapshot, watch: 'WATCHING', confirmedAt: clock.now() });
  const { revision } = state.current();
  state.learn({ confirmedAt: clock.now() + 1 });
  expect(state.current().revision).toBe(revision);
  const waiting = state.changed(revision, AbortSignal.timeout(5_000));
  state.learn({ storeMessage: 'no database' });
  expect((await waiting).revision).toBe(revision + 1);
});
