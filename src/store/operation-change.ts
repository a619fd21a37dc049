import { sql, type RawBuilder } from 'kysely';

import type { Operation } from '../model/operation.ts';
import { endRecords } from './audit.ts';
import type { Database } from './database.ts';
import { changesPerPart } from './feed.ts';
import { feedChannel } from './notify.ts';

// Changes of operations. Each is one statement that changes the rows and appends to the feed what changed, or does neither.
// It locks the rows before the head of the feed, as every other statement does, so that no two wait for each other.

/** An operation in the hands of a broker. */
export interface OperationLease {
  readonly localId: string;
  readonly owner: string;
  readonly epoch: number;
}

/**
 * Asks for an operation to be ended, and of a bulk all its parts: what nobody has begun ends at once. Gives what was changed.
 * Throws as every query.
 * @param audit What the audit trail says of it, if anything is changed.
 */
export async function cancelOperations(
  database: Database,
  { localId, audit }: { readonly localId: string; readonly audit: string },
  signal: AbortSignal,
): Promise<readonly Operation[]> {
  const found = sql`
      select local_id, content, '[]'::jsonb as steps, false as begun, case
        when state = 'QUEUED' then '{"state":"CANCELLED","cancelRequested":true}'::jsonb
        else '{"cancelRequested":true}'::jsonb end as patch
      from operation
      where (local_id = ${localId} or parent = ${localId})
        and state in ('QUEUED', 'RUNNING') and not (cancel_requested and state = 'RUNNING')
      order by position for update
    `;
  return changeAll(database, { found, audit }, signal);
}

/** A change of operations. */
export interface ChangeStatement {
  /**
   * Locks the rows, and gives of each `local_id`, `content`, what of that is different (`patch`), the texts to be added to its
   * steps, and whether it is begun now.
   */
  readonly found: RawBuilder<unknown>;
  /** What the audit trail says of it; of operations that end, it says so in any case. */
  readonly audit?: string;
}

/** Changes operations in one append of the feed; gives them as they are now. Throws as every query. */
export async function changeAll(
  database: Database,
  { found, audit }: ChangeStatement,
  signal: AbortSignal,
): Promise<readonly Operation[]> {
  const { rows } = await database.run({ signal }, (queries) =>
    sql<{ content: Operation }>`
      with found as (${found}),
      due as (
        select found.*, (row_number() over () - 1) / ${changesPerPart}::integer as part,
          (extract(epoch from clock_timestamp()) * 1000)::bigint as now
        from found
      ),
      head as (
        update feed_head set revision = revision + 1, changes = changes + (select count(*) from due)
        where (select count(*) from due) > 0
        returning revision, changes
      ),
      changed as (
        select local_id, part, begun, content as before, head.revision, head.changes,
          content || patch || jsonb_build_object(
            'revision', head.revision,
            'steps', content -> 'steps' || (
              select coalesce(jsonb_agg(jsonb_build_object('message', message, 'at', now)), '[]')
              from jsonb_array_elements_text(steps) as message
            ),
            'startedAt', case
              when patch ->> 'state' = 'RUNNING' then coalesce(nullif(content -> 'startedAt', 'null'), to_jsonb(now))
              else content -> 'startedAt' end,
            'finishedAt', case
              when patch ->> 'state' in ('SUCCEEDED', 'FAILED', 'CANCELLED') then to_jsonb(now)
              else content -> 'finishedAt' end
          ) as after
        from due, head
      ),
      updated as (
        update operation set
          content = changed.after, revision = changed.revision, begun = operation.begun or changed.begun
        from changed where operation.local_id = changed.local_id
      ),
      appended as (
        insert into feed_change (revision, part, changes, changes_until)
        select revision, part, json_agg(json_build_object(
          'kind', 'Operation', 'localId', local_id, 'before', before, 'after', after
        )), changes
        from changed group by revision, part, changes
      ),
      told as (select pg_notify(${feedChannel}, '') from head),
      audited as (
        insert into audit_event (record)
        select record from (
          select 0, ${audit ?? null}::text from head
          union all
          select 1, ended.record from (${endRecords(sql`changed`)}) as ended
        ) as said (turn, record) where record is not null order by turn
      )
      select after as content from changed, told
    `.execute(queries),
  );
  return rows.map(({ content }) => content);
}
