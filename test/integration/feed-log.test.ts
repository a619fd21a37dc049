import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { systemClock } from '../../src/core/clock.ts';
import type { Place } from '../../src/core/revision-vector.ts';
import { createFeedLog, type WritableFeedLog } from '../../src/inventory/create-feed-log.ts';
import type { LogBatch } from '../../src/inventory/feed-log.ts';
import { createReplica } from '../../src/inventory/replica.ts';
import { storeSnapshot } from '../../src/inventory/store-snapshot.ts';
import type { FeedChange } from '../../src/model/resource.ts';
import { createDatabase, type Database } from '../../src/store/database.ts';
import { appendChanges, openFeed, readChanges, readHead } from '../../src/store/feed.ts';
import { claimLease, type Lease } from '../../src/store/lease.ts';
import { migrate } from '../../src/store/migrate.ts';
import { vm } from '../support/builders.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

// The log of a feed for readers at places of their own: each sees every change exactly once and in order, from memory or
// from the database, at this broker or another one; what is no longer kept is a gap and never silence.

const stop = new AbortController();
const { signal } = stop;
const everything = new AsyncDisposableStack();
let postgres: TestPostgres;

beforeAll(async () => {
  postgres = everything.use(await startPostgres());
});
afterAll(async () => {
  stop.abort(new Error('The tests are over.'));
  await everything.disposeAsync();
});

/** A feed and a way to append to it. */
async function newFeed() {
  const database = everything.use(createDatabase({ url: await postgres.newDatabase(), clock: systemClock }));
  await migrate(database, signal);
  await openFeed(database, 'a', signal);
  const lease = (await claimLease(database, { owner: 'test', leaseMs: 60_000 }, signal))!;
  return { database, lease, feed: (await readHead(database, signal)).feed };
}

/** What one broker knows of a feed; it looks at it when it is told to. */
function newBroker(database: Database, capacity: number) {
  const log: WritableFeedLog = createFeedLog({
    clock: systemClock,
    capacity,
    read: (place) => readChanges(database, place, signal),
    onWanted: () => void look(),
  });
  const replica = createReplica({
    database,
    installation: 'a',
    onAppend: (feed, append) => log.took(feed, append),
    onJump: (feed, revision) => log.jumped(feed, revision),
  });
  const look = async (): Promise<void> => {
    const looked = log.looking();
    await replica.follow(await readHead(database, signal), signal);
    looked();
  };
  return { log, replica, look };
}

const append = (database: Database, lease: Lease, names: readonly string[]) =>
  appendChanges(database, { ...lease, seen: 0, changes: names.map(upsert) }, signal);

const upsert = (name: string): FeedChange => ({
  kind: 'VirtualMachine',
  localId: name,
  before: null,
  after: vm({ name }),
});

/** Names and gaps, until there are so many. */
async function read(log: WritableFeedLog, after: Place | null, count: number): Promise<readonly string[]> {
  const seen: string[] = [];
  for await (const batch of log.follow(after, signal)) {
    seen.push(...wordsOf(batch));
    if (seen.length >= count) break;
  }
  return seen;
}

function wordsOf(batch: LogBatch): readonly string[] {
  if (batch.kind === 'gap') return [`gap ${batch.place.revision}`];
  return batch.appends.flatMap(({ changes }) => changes.map(({ localId }) => localId)).slice(batch.skip);
}

describe('a reader of the log', () => {
  test('sees every change once and in order from any place, at any broker, in memory or not', async () => {
    const { database, lease, feed } = await newFeed();
    const [small, large] = [newBroker(database, 6), newBroker(database, 1_000)];
    const places: Place[] = [{ feed, revision: 0, part: 0 }];
    const all: string[] = [];
    for (let revision = 1; revision <= 30; revision += 1) {
      const names = Array.from({ length: 1 + (revision % 4) }, (_, at) => `${revision}-${at}`);
      await append(database, lease, names);
      names.forEach((_, part) => places.push({ feed, revision: revision - 1, part }));
      all.push(...names);
    }
    places.shift();
    await small.look();
    await large.look();
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: places.length - 1 }), fc.constantFrom(small, large), async (at, { log }) => {
        expect(await read(log, places[at]!, all.length - at)).toEqual(all.slice(at));
      }),
      { numRuns: 60 },
    );
  });

  test('waits for what happens, together with a thousand others', async () => {
    const { database, lease } = await newFeed();
    const broker = newBroker(database, 1_000);
    await append(database, lease, ['before']);
    await broker.look();
    const reading = Array.from({ length: 1_000 }, () => read(broker.log, null, 3));
    await append(database, lease, ['one']);
    await broker.look();
    await append(database, lease, ['two', 'three']);
    await broker.look();
    for (const seen of await Promise.all(reading)) {
      expect(seen).toEqual(['one', 'two', 'three']);
    }
  });

  test('is told of a gap where changes are not kept, and goes on behind it', async () => {
    const { database, lease, feed } = await newFeed();
    const writer = newBroker(database, 1_000);
    for (const name of ['a', 'b', 'c']) await append(database, lease, [name]);
    await writer.look();
    const storing = { database, lease, changes: 3, keepChanges: 1 };
    expect(await storeSnapshot(writer.replica.current()!, storing, signal)).toBe(true);
    const late = newBroker(database, 1_000);
    await late.look();
    expect(await read(late.log, { feed, revision: 0, part: 0 }, 1)).toEqual(['gap 3']);
    const reading = read(late.log, { feed, revision: 3, part: 0 }, 1);
    await append(database, lease, ['d']);
    await late.look();
    expect(await reading).toEqual(['d']);
  });

  test('is told of a gap if its token is of another life of the feed, or of one that is lost', async () => {
    const { database, lease, feed } = await newFeed();
    const broker = newBroker(database, 1_000);
    await append(database, lease, ['a']);
    await broker.look();
    expect(await read(broker.log, { feed: 'another', revision: 1, part: 0 }, 1)).toEqual(['gap 1']);
    expect(await read(broker.log, { feed, revision: 7, part: 0 }, 1)).toEqual(['gap 1']);
  });
});

describe('a look-up that must not be older than something', () => {
  test('has its broker look at once, and says when that does not help in time', async () => {
    const { database, lease, feed } = await newFeed();
    const broker = newBroker(database, 1_000);
    await append(database, lease, ['a']);
    await broker.look();
    await append(database, lease, ['b']);
    expect(broker.log.place()).toEqual({ feed, revision: 1, part: 0 });
    expect(await broker.log.reach({ feed, revision: 2, part: 0 }, signal)).toBe(true);
    expect(await broker.log.reach({ feed, revision: 3, part: 0 }, signal)).toBe(false);
    expect(await broker.log.reach({ feed, revision: 2, part: 1 }, signal)).toBe(false);
  });
});
