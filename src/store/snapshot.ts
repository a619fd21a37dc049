import { sql } from 'kysely';

import type { LastChanges } from '../model/pace.ts';
import type { Database } from './database.ts';
import type { Lease } from './lease.ts';
import type { StoredRecords } from './tables.ts';

// The stored snapshot: everything an installation had at one revision, in parts, so that a broker that starts need not
// read all changes there ever were. The changes before it may go.

/** A snapshot being stored. */
export interface SnapshotPlace extends Lease {
  readonly revision: number;
}

/** What is stored of an installation. */
export interface StoredSnapshot {
  /** The life of the feed that it is of. */
  readonly feed: string;
  readonly revision: number;
  /** Absent if an older broker has stored it. */
  readonly lastChanges?: LastChanges | undefined;
  readonly parts: readonly StoredRecords[];
}

/** Moving 50,000 machines takes seconds on a busy disk. */
const readTimeoutMs = 10_000;

/** Writes one part. Nobody reads it until the snapshot is published. Throws as every query. */
export async function writeSnapshotPart(
  database: Database,
  { epoch, revision, part, content }: SnapshotPlace & { readonly part: number; readonly content: StoredRecords },
  signal: AbortSignal,
): Promise<void> {
  await database.run({ signal }, (queries) =>
    queries
      .insertInto('snapshot_part')
      .values({ epoch, revision, part, content: JSON.stringify(content) })
      .execute(),
  );
}

/**
 * Makes the written snapshot the one that is read, and drops the one before it with all changes that are neither after it
 * nor among the last `keepChanges` before it. False if another broker has the lease.
 */
export async function publishSnapshot(
  database: Database,
  {
    owner,
    epoch,
    revision,
    changes,
    keepChanges,
    lastChanges,
  }: SnapshotPlace & { readonly changes: number; readonly keepChanges: number; readonly lastChanges: LastChanges },
  signal: AbortSignal,
): Promise<boolean> {
  const { rows } = await database.run({ signal, timeoutMs: readTimeoutMs }, (queries) =>
    sql`
      with lease as (select epoch from watch where owner = ${owner} and epoch = ${epoch} for share),
      dropped as (
        delete from feed_change
        where exists (select from lease) and revision <= ${revision} and changes_until <= ${changes - keepChanges}
        returning revision
      ),
      replaced as (
        delete from snapshot_part
        where exists (select from lease) and (epoch, revision) <> (${epoch}, ${revision})
      )
      update feed_head set
        snapshot_epoch = ${epoch},
        snapshot_revision = ${revision},
        snapshot_changes = ${changes},
        snapshot_last_changes = ${JSON.stringify({ ...lastChanges, of: revision })},
        kept_after = greatest(kept_after, (select max(revision) from dropped))
      where exists (select from lease)
      returning revision
    `.execute(queries),
  );
  return rows.length > 0;
}

/** The stored snapshot, or null if there is none. Throws as every query. */
export async function readSnapshot(database: Database, signal: AbortSignal): Promise<StoredSnapshot | null> {
  const rows = await database.run({ signal, timeoutMs: readTimeoutMs }, (queries) =>
    queries
      .selectFrom('feed_head')
      .innerJoin('snapshot_part', (join) =>
        join
          .onRef('snapshot_part.epoch', '=', 'feed_head.snapshot_epoch')
          .onRef('snapshot_part.revision', '=', 'feed_head.snapshot_revision'),
      )
      .select(['feed', 'snapshot_part.revision', 'content', 'snapshot_last_changes as lastChanges'])
      .orderBy('part')
      .execute(),
  );
  const [first] = rows;
  if (first === undefined) {
    return null;
  }
  const { feed, revision, lastChanges } = first;
  return {
    feed,
    revision,
    // An older broker that stores a snapshot leaves those of another one.
    lastChanges: lastChanges?.of === revision ? lastChanges : undefined,
    parts: rows.map(({ content }) => content),
  };
}
