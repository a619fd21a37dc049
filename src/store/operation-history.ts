import { sql } from 'kysely';

import type { Operation } from '../model/operation.ts';
import type { Database } from './database.ts';
import { feedChannel } from './notify.ts';
import { changesPerPart, type OperationCondition } from './operation.ts';

// What concerns many operations at once: the parts of bulks, and those that ended long ago.

/** A bulk whose parts are known to be so. */
export function isOpenBulk(localId: string): OperationCondition {
  return sql<boolean>`local_id = ${localId} and action is null and state in ('QUEUED', 'RUNNING')`;
}

/** How the parts of an open bulk are doing. */
export interface BulkCounts {
  readonly localId: string;
  readonly counts: NonNullable<Operation['counts']>;
  /** As they were when somebody looked last. */
  readonly known: Operation['counts'];
  readonly cancelRequested: boolean;
}

/** The open bulks with the counts of their parts. Throws as every query. */
export async function countOpenBulks(database: Database, signal: AbortSignal): Promise<readonly BulkCounts[]> {
  const { rows } = await database.run({ signal }, (queries) =>
    sql<BulkCounts>`
      select
        bulk.local_id as "localId",
        bulk.content -> 'counts' as known,
        bulk.cancel_requested as "cancelRequested",
        json_build_object(
          'items', count(part.local_id),
          'progress', coalesce(sum((part.content ->> 'progress')::float8), 0)::bigint,
          'succeeded', count(*) filter (where part.state = 'SUCCEEDED'),
          'failed', count(*) filter (where part.state = 'FAILED'),
          'cancelled', count(*) filter (where part.state = 'CANCELLED')
        ) as counts
      from operation bulk join operation part on part.parent = bulk.local_id
      where bulk.action is null and bulk.state in ('QUEUED', 'RUNNING')
      group by bulk.local_id
    `.execute(queries),
  );
  return rows;
}

/** Takes ended operations out that are older than this or more than so many, some at a time. Gives how many. */
export async function dropEnded(
  database: Database,
  { keepMs, keepMost, atOnce }: { readonly keepMs: number; readonly keepMost: number; readonly atOnce: number },
  signal: AbortSignal,
): Promise<number> {
  const { rows } = await database.run({ signal }, (queries) =>
    sql<{ dropped: number }>`
      with ended as (
        select local_id, finished_at, row_number() over (order by finished_at desc, number desc) as place
        from operation where parent is null and state not in ('QUEUED', 'RUNNING')
      ),
      old as (
        select local_id from ended
        where place > ${keepMost} or finished_at < clock_timestamp() - ${keepMs} * interval '1 millisecond'
        order by finished_at limit ${atOnce}
      ),
      gone as (
        delete from operation
        where local_id in (select local_id from old) or parent in (select local_id from old)
        returning local_id, number, content
      ),
      head as (
        update feed_head set revision = revision + 1, changes = changes + (select count(*) from gone)
        where exists (select from gone)
        returning revision, changes
      ),
      placed as (select *, (row_number() over (order by number) - 1)::integer as at from gone),
      appended as (
        insert into feed_change (revision, part, changes, changes_until)
        select head.revision, at / ${sql.lit(changesPerPart)}, json_agg(
          json_build_object('kind', 'Operation', 'localId', local_id, 'before', content, 'after', null) order by at
        ), head.changes
        from placed, head
        group by head.revision, head.changes, at / ${sql.lit(changesPerPart)}
      )
      select (select count(*) from gone)::integer as dropped, pg_notify(${feedChannel}, '') from head
    `.execute(queries),
  );
  return rows[0]?.dropped ?? 0;
}
