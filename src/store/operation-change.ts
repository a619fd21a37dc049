import { sql, type RawBuilder } from 'kysely';

import type { Operation } from '../model/operation.ts';
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

/** What is to be different about an operation. */
export interface OperationNews {
  readonly content?: Partial<Pick<Operation, 'state' | 'progress' | 'target' | 'error'>>;
  /** Texts to be added to its steps. */
  readonly steps?: readonly string[];
  /** True: from now on it may have been handed to the driver. */
  readonly begun?: true;
}

/**
 * Changes an operation that this broker has; null if it has it no longer, or if it has ended. Throws as every query; then
 * it may have been changed or not.
 */
export async function changeOperation(
  database: Database,
  { localId, owner, epoch }: OperationLease,
  news: OperationNews,
  signal: AbortSignal,
): Promise<Operation | null> {
  const { content = {}, steps = [], begun = false } = news;
  const [changed] = await changeAll(
    database,
    {
      which: sql`local_id = ${localId} and owner = ${owner} and epoch = ${epoch}
        and state in ('QUEUED', 'RUNNING')`,
      patch: sql`${JSON.stringify(content)}::jsonb`,
      steps,
      columns: sql`begun = operation.begun or ${begun},`,
    },
    signal,
  );
  return changed ?? null;
}

/**
 * Asks for an operation to be ended, and of a bulk all its parts: what nobody has begun ends at once. Gives what was changed.
 * Throws as every query.
 */
export async function cancelOperations(
  database: Database,
  localId: string,
  signal: AbortSignal,
): Promise<readonly Operation[]> {
  return changeAll(
    database,
    {
      which: sql`(local_id = ${localId} or parent = ${localId})
        and state in ('QUEUED', 'RUNNING') and not (cancel_requested and state = 'RUNNING')`,
      patch: sql`case
        when content ->> 'state' = 'QUEUED' then '{"state":"CANCELLED","cancelRequested":true}'::jsonb
        else '{"cancelRequested":true}'::jsonb end`,
    },
    signal,
  );
}

/** Something that is done to several operations. */
export interface ManyChanged {
  /** Which rows. */
  readonly which: RawBuilder<unknown>;
  /** What of `content` is different. */
  readonly patch: RawBuilder<unknown>;
  readonly steps?: readonly string[];
  /** Further columns to be set, each with a comma behind it. */
  readonly columns?: RawBuilder<unknown>;
}

/** Changes operations in one append of the feed; gives them as they are now. Throws as every query. */
export async function changeAll(
  database: Database,
  { which, patch, steps = [], columns = sql`` }: ManyChanged,
  signal: AbortSignal,
): Promise<readonly Operation[]> {
  const { rows } = await database.run({ signal }, (queries) =>
    sql<{ content: Operation }>`
      with found as (
        select local_id, content from operation where ${which} order by position for update
      ),
      due as (
        select found.*, patch, (row_number() over () - 1) / ${changesPerPart}::integer as part,
          (extract(epoch from clock_timestamp()) * 1000)::bigint as now
        from found, lateral (select ${patch} as patch) as news
      ),
      head as (
        update feed_head set revision = revision + 1, changes = changes + (select count(*) from due)
        where (select count(*) from due) > 0
        returning revision, changes
      ),
      changed as (
        select local_id, part, content as before, head.revision, head.changes,
          content || patch || jsonb_build_object(
            'revision', head.revision,
            'steps', content -> 'steps' || ${stepsAt(steps)},
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
        update operation set ${columns} content = changed.after, revision = changed.revision
        from changed where operation.local_id = changed.local_id
      ),
      appended as (
        insert into feed_change (revision, part, changes, changes_until)
        select revision, part, json_agg(json_build_object(
          'kind', 'Operation', 'localId', local_id, 'before', before, 'after', after
        )), changes
        from changed group by revision, part, changes
      ),
      told as (select pg_notify(${feedChannel}, '') from head)
      select after as content from changed, told
    `.execute(queries),
  );
  return rows.map(({ content }) => content);
}

function stepsAt(steps: readonly string[]): RawBuilder<unknown> {
  const each = steps.map((message) => sql`jsonb_build_object('message', ${message}::text, 'at', now)`);
  return sql`jsonb_build_array(${sql.join(each)})`;
}
