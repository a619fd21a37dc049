import { expect, test } from '@jest/globals';

import { createPool, type Pool, type PoolLimits } from '../../../src/http/pool.ts';
import { createManualClock, settle } from '../../support/manual-clock.ts';

const { signal } = new AbortController();
const queue = { length: 100, waitMs: 1_000, lastingWaitMs: 250 };

function poolOf(limits: Partial<PoolLimits['queue']> & { readonly concurrent: number }) {
  const clock = createManualClock();
  return { clock, pool: createPool({ concurrent: limits.concurrent, queue: { ...queue, ...limits } }, clock) };
}

/** What becomes of so many that come at once, in the order in which they came. */
function enterMany(pool: Pool, count: number) {
  const places: Disposable[] = [];
  const outcomes = Array.from({ length: count }, (_, at) => {
    const state: { at: number; outcome: string } = { at, outcome: 'waits' };
    pool.enter(signal).then(
      (place) => {
        places.push(place);
        state.outcome = 'in';
      },
      (thrown: unknown) => {
        state.outcome = (thrown as { readonly code: string }).code;
      },
    );
    return state;
  });
  return { places, outcomes: () => outcomes.map(({ outcome }) => outcome) };
}

test('a burst begins in order, a few in each turn of the event loop', async () => {
  const { pool } = poolOf({ concurrent: 100 });
  const burst = enterMany(pool, 10);
  await Promise.resolve();
  await Promise.resolve();
  expect(pool).toMatchObject({ running: 4, waiting: 6 });
  await settle();
  expect(pool).toMatchObject({ running: 10, waiting: 0 });
  expect(new Set(burst.outcomes())).toEqual(new Set(['in']));
});

test('whoever has no place waits until somebody leaves, first come, first served', async () => {
  const { pool } = poolOf({ concurrent: 2 });
  const { places, outcomes } = enterMany(pool, 4);
  await settle();
  expect(outcomes()).toEqual(['in', 'in', 'waits', 'waits']);
  places[0]![Symbol.dispose]();
  places[0]![Symbol.dispose]();
  await settle();
  expect(outcomes()).toEqual(['in', 'in', 'in', 'waits']);
  expect(pool).toMatchObject({ running: 2, waiting: 1 });
});

test('whoever finds the queue full is turned away at once', async () => {
  const { pool } = poolOf({ concurrent: 1, length: 2 });
  const { outcomes } = enterMany(pool, 4);
  await settle();
  expect(outcomes()).toEqual(['in', 'waits', 'waits', 'OVERLOADED']);
  expect(pool.isFull).toBe(true);
});

test('nobody waits for longer than allowed', async () => {
  const { pool, clock } = poolOf({ concurrent: 1 });
  const { outcomes } = enterMany(pool, 2);
  await clock.advance(999);
  expect(outcomes()).toEqual(['in', 'waits']);
  await clock.advance(1);
  expect(outcomes()).toEqual(['in', 'OVERLOADED']);
  expect([pool.waiting, clock.sleepers]).toEqual([0, 0]);
});

test('whoever goes away leaves the queue at once', async () => {
  const { pool } = poolOf({ concurrent: 1 });
  enterMany(pool, 1);
  const caller = new AbortController();
  const entering = pool.enter(caller.signal);
  await settle();
  expect(pool.waiting).toBe(1);
  caller.abort(new Error('gone'));
  expect(pool.waiting).toBe(0);
  await expect(entering).rejects.toThrow('gone');
  await expect(pool.enter(caller.signal)).rejects.toThrow('gone');
});

test('a queue that has not been empty for long is kept as short as its pace allows, but never below sixteen', async () => {
  const { pool, clock } = poolOf({ concurrent: 1 });
  const { places, outcomes } = enterMany(pool, 41);
  await settle();
  expect(pool).toMatchObject({ waiting: 40, isFull: false });
  for (let served = 0; served < 26; served += 1) {
    await clock.advance(50);
    places.at(-1)![Symbol.dispose]();
    enterMany(pool, 1);
    await settle();
  }
  expect(pool.isFull).toBe(true);
  expect(pool.waiting).toBeGreaterThanOrEqual(16);
  expect(pool.waiting).toBeLessThan(40);
  expect(outcomes().filter((outcome) => outcome === 'OVERLOADED').length).toBeGreaterThan(0);
});
