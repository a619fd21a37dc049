import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { startSimulator, type Simulator } from '../../src/drivers/simulator/server.ts';
import type { FeedChange } from '../../src/model/resource.ts';
import { eventually } from '../contract/eventually.ts';
import { joinFeed, namesOf, revisionOf, truth, untilCurrent } from '../support/feed-member.ts';
import { ask, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { simulatorConsole } from '../support/simulator.ts';

let postgres: TestPostgres;
const everything = new AsyncDisposableStack();

beforeAll(async () => {
  postgres = everything.use(await startPostgres());
});
afterAll(() => everything.disposeAsync());

const newSimulator = async (): Promise<Simulator> =>
  everything.use(await startSimulator({ installation: 'a', vms: 20, usageIntervalMs: 0 }));

/** What the whole feed leads to; fails if a number is missing. */
async function replay(databaseUrl: string): Promise<string[]> {
  const rows = await ask<{ revision: string; changes: FeedChange[] }>(
    databaseUrl,
    'select revision, changes from feed_change order by revision, part',
  );
  const numbers = [...new Set(rows.map(({ revision }) => Number(revision)))];
  expect(numbers).toEqual(numbers.map((_, at) => at + 1));
  const names = new Map<string, string>();
  for (const change of rows.flatMap(({ changes }) => changes)) {
    if (change.kind !== 'VirtualMachine') continue;
    if (change.after !== null) names.set(change.localId, change.after.name);
    else names.delete(change.localId);
  }
  return [...names.values()].sort();
}

describe('brokers that share a database', () => {
  test('see the same revisions of one manager, which one of them watches', async () => {
    const [url, simulator] = [await postgres.newDatabase(), await newSimulator()];
    await using one = joinFeed(url, simulator.url, 'one');
    await using two = joinFeed(url, simulator.url, 'two');
    await untilCurrent(simulator, one, two);
    const seen = [one, two].map(({ feed }) => {
      const byRevision = new Map<number, string>();
      const look = async (): Promise<void> => {
        for (let state = feed.current(); ; state = await feed.changed(state.revision, AbortSignal.timeout(20_000))) {
          const { snapshot } = state;
          byRevision.set(snapshot!.revision, JSON.stringify([...snapshot!.rows('VirtualMachine')].sort(byId)));
        }
      };
      look().catch(() => undefined);
      return byRevision;
    });
    const { add, edit, remove } = simulatorConsole(simulator.url);
    for (let round = 0; round < 10; round += 1) {
      const { localId } = await add({ name: `new-${round}` });
      await edit(localId, { name: `edited-${round}` });
      if (round % 3 === 0) await remove(localId);
    }
    await untilCurrent(simulator, one, two);
    expect(one.watches() + two.watches()).toBe(1);
    const shared = [...seen[0]!].filter(([revision]) => seen[1]!.has(revision));
    expect(shared.length).toBeGreaterThan(1);
    for (const [revision, content] of shared) {
      expect(seen[1]!.get(revision)).toBe(content);
    }
    expect(await replay(url)).toEqual(await truth(simulator));
  });

  test('hand the watch over when the one that has it ends, and nothing is lost', async () => {
    const [url, simulator] = [await postgres.newDatabase(), await newSimulator()];
    const one = joinFeed(url, simulator.url, 'one');
    await untilCurrent(simulator, one);
    await using two = joinFeed(url, simulator.url, 'two');
    await untilCurrent(simulator, one, two);
    expect([one.watches(), two.watches()]).toEqual([1, 0]);
    await one[Symbol.asyncDispose]();
    await simulatorConsole(simulator.url).add({ name: 'meanwhile' });
    await untilCurrent(simulator, two);
    expect(namesOf(two)).toContain('meanwhile');
    expect(two.watches()).toBe(1);
    expect(await replay(url)).toEqual(await truth(simulator));
  });

  test('say it when the manager is lost, and serve what is stored even if they start without it', async () => {
    const url = await postgres.newDatabase();
    const simulator = await newSimulator();
    const wanted = await truth(simulator);
    const one = joinFeed(url, simulator.url, 'one');
    await using two = joinFeed(url, simulator.url, 'two');
    await untilCurrent(simulator, one, two);
    await simulator.close();
    await eventually(() => {
      for (const { feed } of [one, two]) {
        expect(feed.current()).toMatchObject({ status: 'STALE', message: expect.stringContaining('cannot reach') });
      }
    });
    await one[Symbol.asyncDispose]();
    await using again = joinFeed(url, simulator.url, 'one again');
    await eventually(() => expect(again.feed.current().status).toBe('STALE'), 2_000);
    expect(namesOf(again)).toEqual(wanted);
    expect(revisionOf(again)).toBe(revisionOf(two));
    expect(again.feed.current().asOf).toBeLessThan(Date.now());
  });

  test('let another one watch if the one that has the lease cannot reach the manager', async () => {
    const [url, simulator] = [await postgres.newDatabase(), await newSimulator()];
    const gone = await newSimulator();
    await gone.close();
    await using one = joinFeed(url, gone.url, 'one');
    await eventually(() => expect(one.feed.current().message).toContain('cannot reach'));
    await using two = joinFeed(url, simulator.url, 'two');
    await untilCurrent(simulator, one, two);
    expect([one.watches(), two.watches()]).toEqual([0, 1]);
  });

  test('answer from memory while the database is away, and go on without a gap when it is back', async () => {
    const [url, simulator] = [await postgres.newDatabase(), await newSimulator()];
    await using one = joinFeed(url, simulator.url, 'one');
    await using two = joinFeed(url, simulator.url, 'two');
    await untilCurrent(simulator, one, two);
    const before = await truth(simulator);
    const { server } = postgres;
    const away = [
      async () => server.stop(),
      async () => {
        process.kill(server.pid!, 'SIGKILL');
        await server.ended();
      },
    ];
    for (const [round, end] of away.entries()) {
      const revision = revisionOf(one);
      await end();
      await simulatorConsole(simulator.url).add({ name: `while-away-${round}` });
      await eventually(() => {
        for (const { feed } of [one, two]) {
          expect(feed.current().message).toContain('The store cannot be used now');
        }
      });
      expect(namesOf(one)).toEqual(namesOf(two));
      expect(namesOf(one)).toEqual(expect.arrayContaining(before));
      await server.start(AbortSignal.timeout(30_000));
      await untilCurrent(simulator, one, two);
      expect(namesOf(two)).toContain(`while-away-${round}`);
      expect(revisionOf(two)).toBeGreaterThan(revision);
    }
    expect(one.watches() + two.watches()).toBe(1);
    expect(await replay(url)).toEqual(await truth(simulator));
  });
});

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
