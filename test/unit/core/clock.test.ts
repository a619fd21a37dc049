import { expect, test } from '@jest/globals';

import { sleepUntil } from '../../../src/core/clock.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const dayMs = 86_400_000;

test('an instant that is further away than a timer can wait for is waited for, and not a moment less', async () => {
  const clock = createManualClock();
  const longest: number[] = [];
  const counting = {
    ...clock,
    now: clock.now,
    sleep: (milliseconds: number, signal: AbortSignal) => {
      longest.push(milliseconds);
      return clock.sleep(milliseconds, signal);
    },
  };
  let isOver = false;
  const waiting = sleepUntil(counting, clock.now() + 40 * dayMs, new AbortController().signal).then(() => {
    isOver = true;
  });
  await clock.advance(40 * dayMs - 1);
  expect(isOver).toBe(false);
  await clock.advance(1);
  await waiting;
  // The timers of Node hold 31 bits of milliseconds, and fire at once for more.
  expect(Math.max(...longest)).toBeLessThan(2 ** 31);
});

test('an instant that has passed is not waited for', async () => {
  const clock = createManualClock();
  await expect(sleepUntil(clock, clock.now() - 1, new AbortController().signal)).resolves.toBeUndefined();
});
