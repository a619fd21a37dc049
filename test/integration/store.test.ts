import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import type { Place } from '../../src/core/revision-vector.ts';
import { createReplica, type Replica } from '../../src/inventory/replica.ts';
import { storeSnapshot } from '../../src/inventory/store-snapshot.ts';
import type { FeedChange } from '../../src/model/resource.ts';
import { createDatabase, type Database } from '../../src/store/database.ts';
import { appendChanges, openFeed, readChanges, readHead } from '../../src/store/feed.ts';
import { claimLease, renewLease, type Lease } from '../../src/store/lease.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Tables } from '../../src/store/tables.ts';
import { eventually } from '../contract/eventually.ts';
import { host, vm } from '../support/builders.ts';
import { ask, startPostgres, type TestPostgres } from '../support/postgres.ts';

const signal = new AbortController().signal;
const everything = new AsyncDisposableStack();
let postgres: TestPostgres;

beforeAll(async () => {
  postgres = everything.use(await startPostgres());
});
afterAll(() => everything.disposeAsync());

async function newStore(): Promise<Database> {
  const database = everything.use(createDatabase({ url: await postgres.newDatabase(), clock: systemClock }));
  await migrate(database, signal);
  await openFeed(database, 'a', signal);
  return database;
}

async function claim(database: Database, owner: string, leaseMs = 3_000): Promise<Lease> {
  const lease = await claimLease(database, { owner, leaseMs }, signal);
  expect(lease).not.toBeNull();
  return lease!;
}

const named = (...names: string[]): FeedChange[] =>
  names.map((name) => ({ kind: 'VirtualMachine', localId: name, before: null, after: vm({ name }) }));

const beginning = async (database: Database): Promise<Place> => {
  const { feed } = await readHead(database, signal);
  return { feed, revision: 0, part: 0 };
};

const replicaOf = (database: Database): Replica =>
  createReplica({ database, installation: 'a', onAppend: () => undefined, onJump: () => undefined });

const namesOf = (replica: Replica): string[] =>
  Array.from(replica.current()!.rows('VirtualMachine'), ({ name }) => name).sort();

describe('the schema', () => {
  /** What each column is; the type sees to it that none of the code's is left out. */
  const columns: { readonly [Table in keyof Tables]: Readonly<Record<keyof Tables[Table], string>> } = {
    migration: { name: 'text', made_at: 'timestamp with time zone' },
    watch: {
      singleton: 'boolean',
      owner: 'text',
      epoch: 'bigint',
      expires_at: 'timestamp with time zone',
      state: 'text',
      message: 'text',
      confirmed_at: 'timestamp with time zone',
    },
    feed_head: {
      singleton: 'boolean',
      installation: 'text',
      feed: 'uuid',
      revision: 'bigint',
      changes: 'bigint',
      kept_after: 'bigint',
      snapshot_epoch: 'bigint',
      snapshot_revision: 'bigint',
      snapshot_changes: 'bigint',
      snapshot_last_changes: 'json',
    },
    feed_change: {
      revision: 'bigint',
      part: 'integer',
      changes: 'json',
      changes_until: 'bigint',
      committed_at: 'timestamp with time zone',
    },
    snapshot_part: { epoch: 'bigint', revision: 'bigint', part: 'integer', content: 'json' },
    operation: {
      local_id: 'text',
      position: 'bigint',
      serial_key: 'text',
      action: 'json',
      input_hash: 'text',
      owner: 'text',
      epoch: 'bigint',
      lease_until: 'timestamp with time zone',
      begun: 'boolean',
      revision: 'bigint',
      content: 'jsonb',
      kind: 'text',
      state: 'text',
      parent: 'text',
      actor: 'text',
      idempotency_key: 'text',
      cancel_requested: 'boolean',
      finished_ms: 'bigint',
    },
    audit_head: { singleton: 'boolean', sequence: 'bigint', at_ms: 'bigint', hash: 'text' },
    audit_event: {
      sequence: 'bigint',
      at_ms: 'bigint',
      previous_hash: 'text',
      hash: 'text',
      record: 'text',
      content: 'jsonb',
    },
  };

  test('is what the code says it is', async () => {
    const { url } = await newStore();
    const found: Record<string, Record<string, string>> = {};
    const rows = await ask<{ table_name: string; column_name: string; data_type: string }>(
      url,
      `select table_name, column_name, data_type from information_schema.columns where table_schema = 'public'`,
    );
    for (const { table_name, column_name, data_type } of rows) {
      (found[table_name] ??= {})[column_name] = data_type;
    }
    expect(found).toEqual(columns);
  });

  test('is made once by four processes that start at once', async () => {
    const url = await postgres.newDatabase();
    const source = (path: string): string => new URL(`../../src/${path}`, import.meta.url).href;
    const script = `
      const { createDatabase } = await import('${source('store/database.ts')}');
      const { migrate } = await import('${source('store/migrate.ts')}');
      const { systemClock } = await import('${source('core/clock.ts')}');
      await using database = createDatabase({ url: process.argv[1], clock: systemClock });
      console.log((await migrate(database, AbortSignal.timeout(20_000))).length);`;
    const made = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script, url]);
        const [out, problems, [code]] = await Promise.all([
          text(child.stdout),
          text(child.stderr),
          once(child, 'exit'),
        ]);
        expect({ code, problems }).toEqual({ code: 0, problems: '' });
        return Number(out);
      }),
    );
    expect(made.sort()).toEqual([0, 0, 0, 5]);
  });

  test('belongs to one installation', async () => {
    const database = await newStore();
    await expect(openFeed(database, 'b', signal)).rejects.toMatchObject({ code: 'STORE_MISMATCH' });
  });
});

describe('the lease', () => {
  test('has one owner, who keeps it by renewing it', async () => {
    const database = await newStore();
    const lease = await claim(database, 'one');
    expect(await claimLease(database, { owner: 'two', leaseMs: 3_000 }, signal)).toBeNull();
    expect(await renewLease(database, { ...lease, leaseMs: 3_000 }, signal)).toBe(true);
    expect((await readHead(database, signal)).isWatched).toBe(true);
  });

  test("that ran out is another one's under a greater epoch, and the old epoch appends nothing", async () => {
    const database = await newStore();
    const old = await claim(database, 'one', 1);
    const next = await eventually(() => claim(database, 'two'));
    expect(next.epoch).toBe(old.epoch + 1);
    expect(await renewLease(database, { ...old, leaseMs: 3_000 }, signal)).toBe(false);
    expect(await appendChanges(database, { ...old, seen: 0, changes: named('lost') }, signal)).toBeNull();
    expect(await appendChanges(database, { ...next, seen: 0, changes: named('kept') }, signal)).toMatchObject({
      revision: 1,
    });
    expect(await readChanges(database, await beginning(database), signal)).toEqual([
      { revision: 1, changes: named('kept') },
    ]);
  });
});

describe('the feed', () => {
  test('numbers appends without a gap, also when they are made at once', async () => {
    const database = await newStore();
    const lease = await claim(database, 'one');
    const appended = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        appendChanges(database, { ...lease, seen: 0, changes: named(`vm-${at}`) }, signal),
      ),
    );
    const numbers = appended.map((each) => each!.revision).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    const replica = replicaOf(database);
    await replica.follow(await readHead(database, signal), signal);
    expect(replica.revision()).toBe(20);
    expect(namesOf(replica)).toHaveLength(20);
  });

  test('holds an append of many parts together', async () => {
    const database = await newStore();
    const lease = await claim(database, 'one');
    const many = Array.from({ length: 1_234 }, (_, at) => `vm-${at}`);
    await appendChanges(database, { ...lease, seen: 0, changes: named(...many) }, signal);
    expect(await readChanges(database, await beginning(database), signal)).toEqual([
      { revision: 1, changes: named(...many) },
    ]);
  });

  test('is cut off behind a stored snapshot, which a broker that is too far behind reads instead', async () => {
    const database = await newStore();
    const lease = await claim(database, 'one');
    const [leader, follower, late] = [replicaOf(database), replicaOf(database), replicaOf(database)];
    await leader.follow(await readHead(database, signal), signal);
    const append = async (...changes: FeedChange[]): Promise<number> => {
      const { revision, total } = (await appendChanges(database, { ...lease, seen: 0, changes }, signal))!;
      leader.apply(revision, changes);
      return total;
    };
    await append(...named('a', 'b'), {
      kind: 'Host',
      localId: 'h',
      before: null,
      after: host({ name: 'h' }),
    });
    await follower.follow(await readHead(database, signal), signal);
    await append({ kind: 'VirtualMachine', localId: 'a', before: vm({ name: 'a' }), after: null });
    await append(...named('c'));
    const d = vm({ name: 'd' });
    await append(...named('d'));
    const changes = await append({
      kind: 'VirtualMachine',
      localId: 'd',
      before: d,
      after: { ...d, cpuUsage: 0.5 },
    });
    const storing = { database, lease, changes, keepChanges: 1 };
    expect(await storeSnapshot(leader.current()!, storing, signal)).toBe(true);
    await append(...named('e'));
    const head = await readHead(database, signal);
    expect(head).toMatchObject({ revision: 6, keptAfter: 4, snapshotChanges: 7 });
    for (const replica of [follower, late]) {
      await replica.follow(head, signal);
      expect(replica.revision()).toBe(6);
      expect(replica.current()!.lastChanges).toMatchObject({ inventory: 6, usage: 5 });
      expect(namesOf(replica)).toEqual(['b', 'c', 'd', 'e']);
      expect(replica.current()!.count('Host')).toBe(1);
    }
    const kept = await ask<{ revision: string }>(database.url, 'select revision from feed_change order by revision');
    expect(kept.map(({ revision }) => Number(revision))).toEqual([5, 6]);
  });

  test('stores no snapshot of a watcher that was replaced', async () => {
    const database = await newStore();
    const old = await claim(database, 'one', 1);
    await eventually(() => claim(database, 'two'));
    const replica = replicaOf(database);
    await replica.follow(await readHead(database, signal), signal);
    replica.apply(1, named('a'));
    const storing = { database, lease: old, changes: 1, keepChanges: 0 };
    expect(await storeSnapshot(replica.current()!, storing, signal)).toBe(false);
    expect((await readHead(database, signal)).snapshotChanges).toBeNull();
  });

  test('that begins anew in another database is not mixed with the old one', async () => {
    const [first, second] = [await newStore(), await newStore()];
    const lease = await claim(first, 'one');
    await appendChanges(first, { ...lease, seen: 0, changes: named('old') }, signal);
    const replica = replicaOf(first);
    await replica.follow(await readHead(first, signal), signal);
    await replica.follow(await readHead(second, signal), signal);
    expect(replica.inventory()).toBeNull();
    expect(replica.revision()).toBe(0);
  });
});

describe('a query', () => {
  test('does not wait for a lock longer than its deadline, and leaves no connection waiting', async () => {
    const database = await newStore();
    const holding = Promise.withResolvers<void>();
    const holder = database.transaction({ signal, timeoutMs: 5_000 }, async (queries) => {
      await queries.selectFrom('watch').selectAll().forUpdate().execute();
      await holding.promise;
    });
    const blocked = claimLease(database, { owner: 'one', leaseMs: 1 }, signal);
    await expect(blocked).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    holding.resolve();
    // Who stands still in a transaction for longer than 2 s loses it, with its locks.
    await holder.catch(() => undefined);
    await eventually(() => claim(database, 'two'));
  });

  test('ends with its signal', async () => {
    const database = await newStore();
    const caller = new AbortController();
    const reading = readHead(database, caller.signal);
    caller.abort(new Error('gone'));
    await expect(reading).rejects.toThrow('gone');
  });

  test('that is wrong is not taken for a database that is away', async () => {
    const database = createDatabase({ url: await postgres.newDatabase(), clock: systemClock });
    await expect(readHead(database, signal)).rejects.toThrow('relation "feed_head" does not exist');
    await database[Symbol.asyncDispose]();
  });
});
