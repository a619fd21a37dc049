import { setImmediate as nextTurn } from 'node:timers/promises';

import { sql, type RawBuilder } from 'kysely';
import pg from 'pg';

import type { Action } from '../model/action.ts';
import type { Operation } from '../model/operation.ts';
import { endRecords } from './audit.ts';
import type { Database } from './database.ts';
import { changesPerPart } from './feed.ts';
import { feedChannel } from './notify.ts';

// Operations as they are accepted and looked up. Accepting is one statement, as every append of the feed: what it gives is
// committed, and in the feed.

/** An operation that is to be accepted. What the database adds: the instants, and its number in the feed. */
export interface NewOperation {
  readonly operation: Operation;
  /** Of those with the same one, the later waits for the earlier; null waits for nobody. */
  readonly serialKey: string | null;
  /** Null for a bulk. */
  readonly action: Action | null;
  readonly inputHash: string;
  /** What its only step says; null for none. */
  readonly step: string | null;
  /** What the audit trail says of its acceptance; null for a part of a bulk. */
  readonly audit: string | null;
}

/** What there is already of what is asked for. */
export interface AskedBefore {
  /** Where the feed is. */
  readonly revision: number;
  readonly feed: string;
  /** Of this actor under this key, or with this id. */
  readonly known: { readonly operation: Operation; readonly inputHash: string } | null;
  /** True if an operation that this one would wait for has not ended. */
  readonly hasEarlier: boolean;
}

/** Looks up what there is before something is accepted. Throws as every query. */
export async function readAskedBefore(
  database: Database,
  asked: {
    readonly actor: string;
    readonly idempotencyKey: string;
    readonly localId: string | null;
    readonly serialKey: string | null;
  },
  signal: AbortSignal,
): Promise<AskedBefore> {
  const { actor, idempotencyKey, localId, serialKey } = asked;
  const { rows } = await database.run({ signal }, (queries) =>
    sql<{ feed: string; revision: number; hasEarlier: boolean; content: Operation | null; inputHash: string }>`
      select feed_head.feed, feed_head.revision, known.content, known.input_hash as "inputHash", exists (
        select from operation where serial_key = ${serialKey} and state in ('QUEUED', 'RUNNING')
      ) as "hasEarlier"
      from feed_head left join lateral (
        select content, input_hash from operation
        where local_id = ${localId}
          or (parent is null and actor = ${actor} and idempotency_key = ${idempotencyKey})
        limit 1
      ) as known on true
    `.execute(queries),
  );
  const { feed, revision, hasEarlier, content, inputHash } = rows[0]!;
  return { feed, revision, hasEarlier, known: content === null ? null : { operation: content, inputHash } };
}

/**
 * Accepts operations together, all in one append of the feed; gives those that are no parts as they are then, or null if a
 * key or an id is taken. Throws as every query; then they may have been accepted or not.
 */
export async function insertOperations(
  database: Database,
  accepted: readonly NewOperation[],
  signal: AbortSignal,
): Promise<readonly Operation[] | null> {
  const parts: RawBuilder<unknown>[] = [];
  for (let from = 0; from < accepted.length; from += changesPerPart) {
    if (from > 0) await nextTurn();
    const items = accepted.slice(from, from + changesPerPart);
    parts.push(sql`(${parts.length}::integer, ${JSON.stringify(items)}::jsonb)`);
  }
  try {
    const { rows } = await database.run({ signal, timeoutMs: insertTimeoutMs }, (queries) =>
      insertion(parts, accepted.length).execute(queries),
    );
    return rows.map(({ content }) => content);
  } catch (thrown) {
    if (thrown instanceof pg.DatabaseError && thrown.code === uniqueViolation) {
      return null;
    }
    throw thrown;
  }
}

/** Thousands of parts of a bulk take a second. */
const insertTimeoutMs = 10_000;
/** https://www.postgresql.org/docs/18/errcodes-appendix.html */
const uniqueViolation = '23505';

function insertion(parts: readonly RawBuilder<unknown>[], count: number): RawBuilder<{ content: Operation }> {
  return sql`
    with head as (
      update feed_head set revision = revision + 1, changes = changes + ${count}
      returning revision, changes, (extract(epoch from clock_timestamp()) * 1000)::bigint as now
    ),
    accepted as (
      select part, place, item, head.revision, head.changes,
        item -> 'operation' || jsonb_build_object(
          'revision', head.revision,
          'createdAt', head.now,
          'startedAt', case when item #>> '{operation,state}' = 'RUNNING' then head.now end,
          'finishedAt', case when item #>> '{operation,state}' in ('QUEUED', 'RUNNING') then null else head.now end,
          'steps', case
            when item ->> 'step' is null then '[]'::jsonb
            else jsonb_build_array(jsonb_build_object('message', item ->> 'step', 'at', head.now))
          end
        ) as content
      from head, (values ${sql.join(parts)}) as given (part, items),
        jsonb_array_elements(items) with ordinality as each (item, place)
    ),
    inserted as (
      insert into operation (local_id, serial_key, action, input_hash, revision, content)
      select content ->> 'localId', item ->> 'serialKey', nullif(item -> 'action', 'null')::json, item ->> 'inputHash', revision, content
      from accepted order by part, place
    ),
    appended as (
      insert into feed_change (revision, part, changes, changes_until)
      select revision, part, json_agg(json_build_object(
        'kind', 'Operation', 'localId', content ->> 'localId', 'before', null, 'after', content
      ) order by place), changes
      from accepted group by revision, part, changes
    ),
    audited as (
      insert into audit_event (record)
      select record from (
        select 0, part, place, item ->> 'audit' as record from accepted where item ->> 'audit' is not null
        union all
        select 1, 0, 0, ended.record from (${endRecords(sql`(select content as after from accepted)`)}) as ended
      ) as said (turn, part, place, record) order by turn, part, place
    )
    select content, pg_notify(${feedChannel}, '')
    from accepted where content ->> 'parent' is null order by part, place
  `;
}

/** An operation as it is; null if there is none. Throws as every query. */
export async function findOperation(
  database: Database,
  localId: string,
  signal: AbortSignal,
): Promise<Operation | null> {
  const row = await database.run({ signal }, (queries) =>
    queries.selectFrom('operation').select('content').where('local_id', '=', localId).executeTakeFirst(),
  );
  return row?.content ?? null;
}

/** What operations that have not ended make others wait for. Throws as every query. */
export async function readOpenSerialKeys(database: Database, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const rows = await database.run({ signal }, (queries) =>
    queries
      .selectFrom('operation')
      .select('serial_key as key')
      .distinct()
      .where('state', 'in', ['QUEUED', 'RUNNING'])
      .where('serial_key', 'is not', null)
      .$narrowType<{ key: string }>()
      .execute(),
  );
  return new Set(rows.map(({ key }) => key));
}
