import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { Place } from '../../src/core/revision-vector.ts';
import { startSimulator, type Simulator } from '../../src/drivers/simulator/server.ts';
import type { FeedLog } from '../../src/inventory/feed-log.ts';
import { eventually } from '../contract/eventually.ts';
import { inventory } from '../support/builders.ts';
import { joinFeed, namesOf, revisionOf, untilCurrent } from '../support/feed-member.ts';
import { ask, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { simulatorConsole } from '../support/simulator.ts';

// The feed when its database goes away, comes back or comes back older, and when others append to it.

let postgres: TestPostgres;
const everything = new AsyncDisposableStack();

beforeAll(async () => {
  postgres = everything.use(await startPostgres());
});
afterAll(() => everything.disposeAsync());

const newSimulator = async (): Promise<Simulator> =>
  everything.use(await startSimulator({ installation: 'a', vms: 5, usageIntervalMs: 0 }));

/** A reader that goes on at one broker or another, and what it was told: names, or gaps. */
function newReader(start: Place) {
  let place = start;
  const told: string[] = [];
  const stop = new AbortController();
  everything.defer(() => stop.abort(new Error('The tests are over.')));
  return {
    told,
    place: () => place,
    async readAt(log: FeedLog, limit: AbortSignal): Promise<void> {
      for await (const batch of log.follow(place, AbortSignal.any([stop.signal, limit]))) {
        if (batch.kind === 'gap') {
          told.push('gap');
          ({ place } = batch);
          continue;
        }
        for (const { changes } of batch.appends) {
          told.push(...changes.map(({ after, localId }) => (after !== null && 'name' in after ? after.name : localId)));
        }
        place = { feed: batch.feed, revision: batch.appends.at(-1)!.revision, part: 0 };
      }
    },
  };
}

/** What an operation appends, as its statements do. */
const operationAppend = (localId: string): string => `
  with head as (update feed_head set revision = revision + 1, changes = changes + 1 returning revision, changes)
  insert into feed_change (revision, part, changes, changes_until)
  select revision, 0,
    '[{"kind":"Operation","localId":"${localId}","before":null,"after":{"localId":"${localId}","revision":0}}]', changes
  from head`;

test('readers of the log go on while the database is stopped, killed and started again, and miss nothing', async () => {
  const [url, simulator] = [await postgres.newDatabase(), await newSimulator()];
  await using one = joinFeed(url, simulator.url, 'one');
  await using two = joinFeed(url, simulator.url, 'two');
  await untilCurrent(simulator, one, two);
  const readers = [one, two].map(({ feed }) => newReader(feed.log!.place()!));
  const never = new AbortController().signal;
  const reading = [one, two].map(({ feed }, at) => readers[at]!.readAt(feed.log!, never));
  const { server } = postgres;
  const ends = [
    () => server.stop(),
    async () => {
      process.kill(server.pid!, 'SIGKILL');
      await server.ended();
    },
  ];
  const wanted: string[] = [];
  for (const [round, end] of ends.entries()) {
    await end();
    await simulatorConsole(simulator.url).add({ name: `away-${round}` });
    await server.start(AbortSignal.timeout(30_000));
    wanted.push(`away-${round}`);
    for (const { told } of readers) await eventually(() => expect(told).toEqual(wanted), 20_000);
  }
  await one[Symbol.asyncDispose]();
  await reading[0];
  // The reader of the broker that ended goes on at the other one, and at one that has just begun.
  await using three = joinFeed(url, simulator.url, 'three');
  await simulatorConsole(simulator.url).add({ name: 'elsewhere' });
  wanted.push('elsewhere');
  const [reader] = readers;
  void reader!.readAt(three.feed.log!, never);
  for (const { told } of readers) await eventually(() => expect(told).toEqual(wanted), 20_000);
});

test('a database that stands still makes answers stale after the grace, and is used again when it goes on', async () => {
  const [url, simulator] = [await postgres.newDatabase(), await newSimulator()];
  await using one = joinFeed(url, simulator.url, 'one');
  await untilCurrent(simulator, one);
  const sessions = await ask<{ pid: number }>(
    url,
    'select pid from pg_stat_activity where datname = current_database()',
  );
  const processes = [postgres.server.pid!, ...sessions.map(({ pid }) => pid)];
  const names = namesOf(one);
  processes.forEach((each) => signalIfThere(each, 'SIGSTOP'));
  try {
    await eventually(() => expect(one.feed.current()).toMatchObject({ status: 'STALE' }), 15_000);
    expect(one.feed.current().message).toContain('The store cannot be used now');
    expect(namesOf(one)).toEqual(names);
  } finally {
    processes.forEach((each) => signalIfThere(each, 'SIGCONT'));
  }
  await simulatorConsole(simulator.url).add({ name: 'after waking' });
  await untilCurrent(simulator, one);
});

test('operations that come before the first inventory do not make an empty one', async () => {
  const url = await postgres.newDatabase();
  const simulator = await newSimulator();
  const gone = await newSimulator();
  await gone.close();
  await using one = joinFeed(url, gone.url, 'one');
  await eventually(() => expect(one.feed.current().message).toContain('cannot reach'));
  await ask(url, operationAppend('op-1'));
  await eventually(() => expect(one.feed.log!.place()).toMatchObject({ revision: 1 }));
  expect(one.feed.current()).toMatchObject({ status: 'UNREACHABLE', snapshot: null });
  await using two = joinFeed(url, simulator.url, 'two');
  await untilCurrent(simulator, one, two);
  for (const { feed } of [one, two]) {
    expect(feed.current().snapshot!.get('Operation', 'op-1')).toMatchObject({ localId: 'op-1', revision: 1 });
  }
});

test('operations that are appended without pause keep nobody from watching, and the watcher from nothing', async () => {
  const [url, simulator] = [await postgres.newDatabase(), await newSimulator()];
  await using one = joinFeed(url, simulator.url, 'one');
  await untilCurrent(simulator, one);
  let isOver = false;
  const appending = (async () => {
    for (let at = 0; !isOver; at += 1) await ask(url, operationAppend(`op-${at}`));
  })();
  const two = joinFeed(url, simulator.url, 'two');
  await one[Symbol.asyncDispose]();
  for (let at = 0; at < 10; at += 1) await simulatorConsole(simulator.url).add({ name: `new-${at}` });
  const wanted = (await simulatorConsole(simulator.url).vms()).map(({ name }) => name).sort();
  await eventually(() => expect(namesOf(two)).toEqual(wanted));
  isOver = true;
  await appending;
  await untilCurrent(simulator, two);
  await two[Symbol.asyncDispose]();
});

test('an installation without anything in it is empty, and not unreachable', async () => {
  const [url, simulator] = [await postgres.newDatabase(), await newSimulator()];
  const nothing = { inventory: () => Promise.resolve(inventory()) };
  await using one = joinFeed(url, simulator.url, 'one', nothing);
  await using two = joinFeed(url, simulator.url, 'two', nothing);
  await eventually(() => {
    for (const { feed } of [one, two]) expect(feed.current()).toMatchObject({ status: 'OK', message: null });
  });
  expect(namesOf(two)).toEqual([]);
});

test('a database that comes back older than what was seen of it begins another life, which readers are told of', async () => {
  const [url, simulator] = [await postgres.newDatabase(), await newSimulator()];
  await using one = joinFeed(url, simulator.url, 'one');
  await using two = joinFeed(url, simulator.url, 'two');
  await untilCurrent(simulator, one, two);
  const { add } = simulatorConsole(simulator.url);
  for (let at = 0; at < 5; at += 1) await add({ name: `before-${at}` });
  await untilCurrent(simulator, one, two);
  const seen = two.feed.log!.place()!;
  const reader = newReader(seen);
  void reader.readAt(two.feed.log!, new AbortController().signal);
  const lost = revisionOf(two) - 2;
  await ask(
    url,
    `with cut as (delete from feed_change where revision > ${lost})
     update feed_head set revision = ${lost},
       changes = (select max(changes_until) from feed_change where revision <= ${lost})`,
  );
  await add({ name: 'after' });
  await untilCurrent(simulator, one, two);
  expect(two.feed.log!.place()!.feed).not.toBe(seen.feed);
  expect(two.feed.log!.place()!.feed).toBe(one.feed.log!.place()!.feed);
  await eventually(() => expect(reader.told[0]).toBe('gap'));
  expect(await two.feed.log!.reach(seen, AbortSignal.timeout(5_000))).toBe(false);
});

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
