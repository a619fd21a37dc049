import { describe, expect, test } from '@jest/globals';

import { holdLease } from '../../../src/operations/held-lease.ts';
import { createManualClock } from '../../support/manual-clock.ts';

describe('a lease', () => {
  const hold = (clock = createManualClock(), sentMsAgo = 0) => {
    const lease = holdLease({
      clock,
      leaseMs: 5_000,
      sentAt: clock.now() - sentMsAgo,
      onExpired: () => new Error('over'),
    });
    return { clock, lease };
  };

  test('ends here before it ends in the database', async () => {
    const { clock, lease } = hold();
    await clock.advance(4_400);
    expect(lease.signal.aborted).toBe(false);
    await clock.advance(100);
    expect(lease.signal.reason).toEqual(new Error('over'));
  });

  test('counts from when it was asked for, however late the answer came', async () => {
    const { clock, lease } = hold(createManualClock(), 3_000);
    await clock.advance(1_500);
    expect(lease.signal.aborted).toBe(true);
  });

  test('goes on when it is renewed, from when that was asked for', async () => {
    const { clock, lease } = hold();
    for (let beat = 0; beat < 5; beat += 1) {
      await clock.advance(1_500);
      lease.renewed(clock.now() - 500);
    }
    await clock.advance(3_900);
    expect(lease.signal.aborted).toBe(false);
    await clock.advance(100);
    expect(lease.signal.aborted).toBe(true);
  });

  test('that is lost ends at once, and one that is given back leaves no timer', () => {
    const { clock, lease } = hold();
    lease.lose(new Error('another broker has it'));
    expect(lease.signal.reason).toEqual(new Error('another broker has it'));
    lease[Symbol.dispose]();
    expect(clock.sleepers).toBe(0);
  });
});
