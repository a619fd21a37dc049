import { expect, test } from '@jest/globals';

import { createLivePace } from '../../../src/gateway/live-pace.ts';
import { createManualClock } from '../../support/manual-clock.ts';

test('a page is told every quarter of a second at most', async () => {
  const clock = createManualClock();
  const pace = createLivePace(clock);
  expect(pace.dueInMs(false)).toBe(0);
  pace.told();
  expect(pace.dueInMs(false)).toBe(250);
  await clock.advance(100);
  expect(pace.dueInMs(false)).toBe(150);
  await clock.advance(150);
  expect(pace.dueInMs(false)).toBe(0);
});

test('one that is urgent is told at once, as long as there are not more than four in a second', async () => {
  const clock = createManualClock();
  const pace = createLivePace(clock);
  const times: number[] = [];
  const startedAt = clock.now();
  while (times.length < 20) {
    await clock.advance(pace.dueInMs(true));
    pace.told();
    times.push(clock.now() - startedAt);
  }
  expect(times.slice(0, 5)).toEqual([0, 0, 0, 0, 1_000]);
  expect(times.every((time, at) => at < 4 || time - times[at - 4]! >= 1_000)).toBe(true);
});
