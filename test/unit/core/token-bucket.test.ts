import { expect, test } from '@jest/globals';

import { createTokenBucket } from '../../../src/core/token-bucket.ts';
import { createManualClock } from '../../support/manual-clock.ts';

test('it gives its burst at once, then says how long until there is another one', async () => {
  const clock = createManualClock();
  const bucket = createTokenBucket({ perSecond: 4, burst: 2 }, clock);
  expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 250]);
  await clock.advance(100);
  expect(bucket.take()).toBe(150);
  await clock.advance(150);
  expect([bucket.take(), bucket.left]).toEqual([0, 0]);
});

test('it never holds more than its burst, however long nothing is taken', async () => {
  const clock = createManualClock();
  const bucket = createTokenBucket({ perSecond: 100, burst: 3 }, clock);
  await clock.advance(60_000);
  expect(bucket.left).toBe(3);
});

test('a clock that is set back takes nothing away', () => {
  let now = 10_000;
  const clock = { ...createManualClock(), now: () => now };
  const bucket = createTokenBucket({ perSecond: 1, burst: 5 }, clock);
  bucket.take();
  now = 0;
  expect(bucket.left).toBe(4);
});
