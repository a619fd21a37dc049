import { sql } from 'kysely';

import type { Database } from './database.ts';
import { feedChannel } from './notify.ts';

// Operations that ended long ago go, from the table and by the feed from every broker's memory. A bulk is kept as long as
// its latest part, and its parts go before it.

/** How long ended operations are kept. */
export interface Retention {
  /** In milliseconds. */
  readonly keepMs: number;
  /** The latest so many, if they are not too old. */
  readonly keepMost: number;
}

/** As many as go in one append, so that it is never a large one. */
const removedAtOnce = 500;

/** Removes some that are not to be kept; gives how many. Throws as every query. */
export async function removeEnded(
  database: Database,
  { keepMs, keepMost }: Retention,
  signal: AbortSignal,
): Promise<number> {
  const { rows } = await database.run({ signal }, (queries) =>
    sql<{ removed: number }>`
      with line as (
        select greatest(
          (extract(epoch from clock_timestamp()) * 1000)::bigint - ${keepMs}::bigint,
          (select finished_ms from operation where finished_ms is not null
            order by finished_ms desc offset ${keepMost} limit 1)
        ) as ms
      ),
      found as (
        select operation.local_id, operation.content
        from line, operation left join operation as bulk on bulk.local_id = operation.parent
        where operation.finished_ms <= line.ms
          and (operation.parent is null or bulk.finished_ms <= line.ms)
          and not exists (select from operation as part where part.parent = operation.local_id)
        order by operation.finished_ms limit ${removedAtOnce} for update of operation skip locked
      ),
      head as (
        update feed_head set revision = revision + 1, changes = changes + (select count(*) from found)
        where (select count(*) from found) > 0
        returning revision, changes
      ),
      removed as (
        delete from operation using found, head where operation.local_id = found.local_id
      ),
      appended as (
        insert into feed_change (revision, part, changes, changes_until)
        select revision, 0, json_agg(json_build_object(
          'kind', 'Operation', 'localId', local_id, 'before', content, 'after', null
        )), changes
        from found, head group by revision, changes
      )
      select (select count(*) from found) as removed, pg_notify(${feedChannel}, '') from head
    `.execute(queries),
  );
  return rows[0]?.removed ?? 0;
}
