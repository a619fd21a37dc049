import { setImmediate as nextTurn } from 'node:timers/promises';

import { sql, type RawBuilder } from 'kysely';

import { SitewideError } from '../core/errors.ts';
import type { Place } from '../core/revision-vector.ts';
import type { FeedChange } from '../model/resource.ts';
import type { Database } from './database.ts';
import type { Lease } from './lease.ts';
import { feedChannel } from './notify.ts';
import { readStored, textOf, type StoredChange } from './stored-change.ts';
import type { WatchState } from './tables.ts';

// The numbered changes of an installation. Each append is one statement, and so one transaction without a round trip in
// it: a process that is stopped at any instant holds no lock that another one needs.

/** Where the feed is, and how the watch goes. */
export interface FeedHead {
  /** The life of the feed; revisions of two lives have nothing to do with each other. */
  readonly feed: string;
  /** The number of the last append; 0 before the first. */
  readonly revision: number;
  /** How many changes all appends had. */
  readonly changes: number;
  /** Appends up to this one are not kept. */
  readonly keptAfter: number;
  /** `changes` when the stored snapshot was taken; null if there is none. */
  readonly snapshotChanges: number | null;
  readonly state: WatchState;
  readonly message: string | null;
  /** How long ago the inventory was known to be current, in milliseconds; null if it never was. */
  readonly confirmedMsAgo: number | null;
  /** Whether somebody holds the lease. */
  readonly isWatched: boolean;
}

/** One append. */
export interface Append {
  readonly revision: number;
  readonly changes: readonly FeedChange[];
}

/** What became of an append. */
interface Appended {
  readonly revision: number;
  /** How many changes all appends had by then. */
  readonly total: number;
}

/** As many changes as are written or read as one JSON text, so that no parsing takes longer than some milliseconds. */
export const changesPerPart = 500;

/**
 * Makes the rows there is one of, if nobody did.
 * @throws SitewideError `STORE_MISMATCH` if the database is another installation's; or as every query.
 */
export async function openFeed(database: Database, installation: string, signal: AbortSignal): Promise<void> {
  const found = await database.transaction({ signal }, async (queries) => {
    await queries
      .insertInto('watch')
      .defaultValues()
      .onConflict((row) => row.doNothing())
      .execute();
    await queries
      .insertInto('feed_head')
      .values({ installation })
      .onConflict((row) => row.doNothing())
      .execute();
    return queries.selectFrom('feed_head').select('installation').executeTakeFirstOrThrow();
  });
  if (found.installation !== installation) {
    throw new SitewideError('STORE_MISMATCH', { found: found.installation, installation });
  }
}

/** Reads the head. Throws as every query. */
export async function readHead(database: Database, signal: AbortSignal): Promise<FeedHead> {
  return database.run({ signal }, (queries) =>
    queries
      .selectFrom('feed_head')
      .innerJoin('watch', 'watch.singleton', 'feed_head.singleton')
      .select([
        'feed',
        'revision',
        'changes',
        'kept_after as keptAfter',
        'snapshot_changes as snapshotChanges',
        'state',
        'message',
        sql<number | null>`(extract(epoch from clock_timestamp() - confirmed_at) * 1000)::float8`.as('confirmedMsAgo'),
        sql<boolean>`expires_at > clock_timestamp()`.as('isWatched'),
      ])
      .executeTakeFirstOrThrow(),
  );
}

/** Changes that a watcher appends. */
interface WatcherAppend extends Lease {
  readonly changes: readonly FeedChange[];
  /** The last revision that the watcher knows. */
  readonly seen: number;
}

/**
 * Appends changes under the next number; gives null if another broker has the lease, or if the feed lost what was seen of it.
 * Throws as every query; then it may have been appended or not.
 */
export async function appendChanges(
  database: Database,
  { owner, epoch, changes, seen }: WatcherAppend,
  signal: AbortSignal,
): Promise<Appended | null> {
  const parts: RawBuilder<unknown>[] = [];
  for (let from = 0; from < changes.length; from += changesPerPart) {
    if (from > 0) await nextTurn();
    // A value each, as an array of texts would have to be quoted once more.
    parts.push(sql`(${parts.length}::integer, ${textOf(changes.slice(from, from + changesPerPart))}::json)`);
  }
  const { rows } = await database.run({ signal, timeoutMs: appendTimeoutMs }, (queries) =>
    sql<Appended>`
      with lease as (select epoch from watch where owner = ${owner} and epoch = ${epoch} for share),
      head as (
        update feed_head set revision = revision + 1, changes = changes + ${changes.length}
        where exists (select from lease) and revision >= ${seen}
        returning revision, changes
      ),
      appended as (
        insert into feed_change (revision, part, changes, changes_until)
        select head.revision, given.part, given.changes, head.changes
        from head, (values ${sql.join(parts)}) as given (part, changes)
      )
      select revision, changes as total, pg_notify(${feedChannel}, '') from head
    `.execute(queries),
  );
  return rows[0] ?? null;
}

/** A first inventory is large. */
const appendTimeoutMs = 10_000;
/** Appends read at once: enough to catch up quickly, and few enough to hold in memory. */
const appendsPerRead = 200;
/** The same for their changes: some megabytes. An append with more is read alone. */
const changesPerRead = 5_000;

/**
 * The appends after a place in their order, some hundreds at most. None if the next one is not kept, is not made yet, or the
 * feed in the database has another life. Throws as every query.
 */
export async function readChanges(
  database: Database,
  { feed, revision: after }: Pick<Place, 'feed' | 'revision'>,
  signal: AbortSignal,
): Promise<readonly Append[]> {
  const { rows } = await database.run({ signal, timeoutMs: appendTimeoutMs }, (queries) =>
    sql<{ readonly revision: number; readonly changes: readonly StoredChange[] }>`
      with first as (select changes_until as until from feed_change where revision = ${after + 1} and part = 0)
      select revision, changes
      from first, feed_change
      where revision > ${after} and revision <= ${after + appendsPerRead}
        and (revision = ${after + 1} or changes_until <= first.until + ${changesPerRead})
        and exists (select from feed_head where feed = ${feed})
      order by revision, part
    `.execute(queries),
  );
  const appends = new Map<number, FeedChange[]>();
  for (const [at, { revision, changes }] of rows.entries()) {
    if (at > 0) await nextTurn();
    const known = appends.get(revision) ?? [];
    known.push(...readStored(changes, revision));
    appends.set(revision, known);
  }
  return Array.from(appends, ([revision, changes]) => ({ revision, changes }));
}

/**
 * Begins another life of a feed that lost what was seen of it, as a database does that comes back from a backup: its numbers
 * would be given out a second time. Whoever sees it first does it. Throws as every query.
 * @param seen A place that was seen in that life.
 */
export async function renewFeed(database: Database, seen: Place, signal: AbortSignal): Promise<void> {
  await database.run({ signal }, (queries) =>
    queries
      .updateTable('feed_head')
      .set({ feed: sql<string>`gen_random_uuid()` })
      .where('feed', '=', seen.feed)
      .where('revision', '<', seen.revision)
      .execute(),
  );
}
