import { expect, test } from '@jest/globals';

import { createEndpoint, type Endpoint } from '../../../src/scatter/endpoint.ts';
import { createKeeper } from '../../../src/scatter/keeper.ts';
import { chooseEndpoint, createTarget } from '../../../src/scatter/target.ts';
import { createManualClock } from '../../support/manual-clock.ts';

test('of many endpoints two are kept warm, and the others are never asked', async () => {
  const { keeper, clock, endpoints, probed } = setUp(['a', 'b', 'c', 'd', 'e']);
  await using _keeper = keeper;
  await clock.advance(100);
  const warm = endpoints.filter(({ isWarm }) => isWarm).map(({ id }) => id);
  expect(warm).toHaveLength(2);
  await clock.advance(100_000);
  expect(endpoints.filter(({ isWarm }) => isWarm).map(({ id }) => id)).toEqual(warm);
  expect([...probed.keys()].sort()).toEqual([...warm].sort());
  // Once in ten seconds each, and at the start.
  expect([...probed.values()]).toEqual([11, 11]);
});

test('the place of one that is lost is taken by another one, and the lost one is looked at until it is back', async () => {
  const { keeper, clock, endpoints, probed, dead } = setUp(['a', 'b', 'c', 'd']);
  await using _keeper = keeper;
  await clock.advance(100);
  const [lost, left] = endpoints.filter(({ isWarm }) => isWarm);
  dead.add(lost!.id);
  await clock.advance(15_000);
  expect(lost).toMatchObject({ state: 'DOWN', isLost: true });
  const warm = endpoints.filter(({ isWarm, isLost }) => isWarm && !isLost);
  expect(warm).toHaveLength(2);
  expect(warm).toContain(left);
  expect(probed.size).toBe(3);
  dead.clear();
  await clock.advance(4_500);
  expect(lost).toMatchObject({ state: 'UP', lastError: null });
});

test('where nobody answers all are asked, so that it is known within seconds, and also when one is back', async () => {
  const { keeper, clock, endpoints, dead } = setUp(['a', 'b', 'c', 'd', 'e', 'f']);
  await using _keeper = keeper;
  await clock.advance(100);
  endpoints.forEach(({ id }) => dead.add(id));
  await clock.advance(10_000 + 4_000);
  expect(endpoints.every(({ isLost }) => isLost)).toBe(true);
  // Nobody has to try out whether one is back.
  expect(endpoints.some(({ quietMs }) => quietMs < 4_000)).toBe(true);
  await clock.advance(60_000);
  dead.delete('f');
  await clock.advance(4_500);
  expect(endpoints.filter(({ state }) => state === 'UP').map(({ id }) => id)).toEqual(['f']);
});

test('a request goes over an open connection as long as that is not too busy', async () => {
  const { keeper, clock, endpoints, target } = setUp(['a', 'b', 'c', 'd', 'e', 'f']);
  await using _keeper = keeper;
  await clock.advance(100);
  const random = createRandom();
  const choose = (): Endpoint => chooseEndpoint(target, new Set(), { random })!;
  const chosen = Array.from({ length: 100 }, choose);
  expect(chosen.every(({ isWarm }) => isWarm)).toBe(true);
  expect(new Set(chosen).size).toBe(2);
  const busy = Array.from({ length: 40 }, () => choose().begin());
  expect(endpoints.filter(({ inFlight }) => inFlight > 0).length).toBeGreaterThan(2);
  busy.forEach((flight) => flight.succeed());
});

test('endpoints that others keep busy are probed all the same now and then, to know how far away they are', async () => {
  const { keeper, clock, endpoints, probed } = setUp(['a', 'b']);
  await using _keeper = keeper;
  for (let second = 0; second < 65; second += 1) {
    endpoints.forEach((endpoint) => endpoint.begin().succeed());
    await clock.advance(1_000);
  }
  expect([...probed.values()]).toEqual([3, 3]);
});

function setUp(ids: readonly string[]) {
  const clock = createManualClock();
  const random = createRandom();
  const endpoints = ids.map((id) => createEndpoint({ id, url: `http://${id}`, clock, random }));
  const target = createTarget({ source: 'site:x', endpoints, clock, isFar: true });
  const dead = new Set<string>();
  const probed = new Map<string, number>();
  const keeper = createKeeper({
    targets: () => [target],
    clock,
    random,
    async probe({ id }) {
      probed.set(id, (probed.get(id) ?? 0) + 1);
      if (dead.has(id)) {
        throw new Error('connect ECONNREFUSED');
      }
    },
  });
  return { clock, endpoints, target, keeper, probed, dead };
}

/** The same sequence in each run. */
function createRandom(): () => number {
  let state = 42;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
