import { sql, type RawBuilder } from 'kysely';
import { DatabaseError } from 'pg';

import type { Action } from '../model/action.ts';
import type { Operation } from '../model/operation.ts';
import type { Database } from './database.ts';
import { feedChannel } from './notify.ts';

// The operations of an installation. Each change of one is a statement that appends it to the feed as well, so that the two
// never disagree, and that changes nothing if its condition does not hold any more.

/** An operation to be accepted. */
export interface NewOperation {
  readonly operation: Operation;
  /** Null for a bulk. */
  readonly action: Action | null;
  /** Of those with the same one, the later waits for the earlier. */
  readonly serialKey: string | null;
  readonly inputHash: string;
}

/** What becomes of the content, and of what the queries look at besides. */
export interface OperationChange {
  readonly patch: Partial<Operation>;
  readonly begun?: boolean;
  readonly cancelRequested?: boolean;
}

/** An operation with what it was asked for by. */
export interface KeptOperation {
  readonly operation: Operation;
  readonly inputHash: string;
}

/** A large bulk is some megabytes. */
const acceptTimeoutMs = 10_000;
/** As many changes as are one JSON text in the feed. */
export const changesPerPart = 500;
const uniqueViolation = '23505';

/**
 * Accepts operations as one append of the feed; the first one is what somebody asked for, the others are its parts. False
 * if its key was used before. Throws as every query.
 */
export async function insertOperations(
  database: Database,
  given: readonly NewOperation[],
  signal: AbortSignal,
): Promise<boolean> {
  const rows = JSON.stringify(given.map(rowOf));
  try {
    await database.run({ signal, timeoutMs: acceptTimeoutMs }, (queries) =>
      sql`
        with given as materialized (
          select * from json_to_recordset(${rows}::json) as row (
            local_id text, kind text, state text, serial_key text, parent text, actor text, idempotency_key text,
            input_hash text, action json, content jsonb, finished boolean, at integer
          )
        ),
        head as (
          update feed_head set revision = revision + 1, changes = changes + ${given.length} returning revision, changes
        ),
        inserted as (
          insert into operation (
            local_id, kind, state, serial_key, parent, actor, idempotency_key, input_hash, action, content, revision, finished_at
          )
          select
            local_id, kind, state, serial_key, parent, actor, idempotency_key, input_hash, action,
            content || jsonb_build_object('revision', head.revision), head.revision,
            case when finished then clock_timestamp() end
          from given, head
          order by at
        ),
        appended as (
          insert into feed_change (revision, part, changes, changes_until)
          select head.revision, at / ${sql.lit(changesPerPart)}, json_agg(
            json_build_object(
              'kind', 'Operation', 'localId', local_id, 'before', null,
              'after', content || jsonb_build_object('revision', head.revision)
            ) order by at
          ), head.changes
          from given, head
          group by head.revision, head.changes, at / ${sql.lit(changesPerPart)}
        )
        select pg_notify(${feedChannel}, '') from head
      `.execute(queries),
    );
    return true;
  } catch (thrown) {
    if (thrown instanceof DatabaseError && thrown.code === uniqueViolation) return false;
    throw thrown;
  }
}

function rowOf({ operation, action, serialKey, inputHash }: NewOperation, at: number) {
  const { localId, kind, state, parent, actor, idempotencyKey, finishedAt } = operation;
  return {
    local_id: localId,
    kind,
    state,
    serial_key: serialKey,
    parent,
    actor,
    idempotency_key: idempotencyKey,
    input_hash: inputHash,
    action,
    content: operation,
    finished: finishedAt !== null,
    at,
  };
}

/** The operation as it is; null if there is none. Throws as every query. */
export async function readOperation(
  database: Database,
  localId: string,
  signal: AbortSignal,
): Promise<Operation | null> {
  const row = await database.run({ signal }, (queries) =>
    queries.selectFrom('operation').select('content').where('local_id', '=', localId).executeTakeFirst(),
  );
  return row?.content ?? null;
}

/** What was accepted under a key, parts of bulks aside; null if nothing was. Throws as every query. */
export async function readByKey(
  database: Database,
  { actor, idempotencyKey }: { readonly actor: string; readonly idempotencyKey: string },
  signal: AbortSignal,
): Promise<KeptOperation | null> {
  const row = await database.run({ signal }, (queries) =>
    queries
      .selectFrom('operation')
      .select(['content', 'input_hash as inputHash'])
      .where('actor', '=', actor)
      .where('idempotency_key', '=', idempotencyKey)
      .where('parent', 'is', null)
      .executeTakeFirst(),
  );
  return row === undefined ? null : { operation: row.content, inputHash: row.inputHash };
}

/** Whether one of those that wait for each other has not ended. Throws as every query. */
export async function hasOpen(database: Database, serialKey: string, signal: AbortSignal): Promise<boolean> {
  const row = await database.run({ signal }, (queries) =>
    queries
      .selectFrom('operation')
      .select('local_id')
      .where('serial_key', '=', serialKey)
      .where('state', 'in', ['QUEUED', 'RUNNING'])
      .limit(1)
      .executeTakeFirst(),
  );
  return row !== undefined;
}

/** Which operations are meant, by conditions that are part of the change. */
export type OperationCondition = RawBuilder<boolean>;

/**
 * Changes all operations that meet a condition, as one append of the feed; gives them as they are then. Throws as every
 * query; then they may have been changed or not.
 */
export async function changeOperations(
  database: Database,
  condition: OperationCondition,
  change: OperationChange,
  signal: AbortSignal,
): Promise<readonly Operation[]> {
  const { patch, begun, cancelRequested } = change;
  const isFinal = patch.finishedAt !== undefined && patch.finishedAt !== null;
  const { rows } = await database.run({ signal }, (queries) =>
    sql<{ content: Operation }>`
      with old as (select local_id, content from operation where ${condition} order by number for update),
      head as (
        update feed_head set revision = revision + 1, changes = changes + (select count(*) from old)
        where exists (select from old)
        returning revision, changes
      ),
      changed as (
        update operation set
          content = operation.content || ${JSON.stringify(patch)}::jsonb
            || jsonb_build_object('revision', head.revision),
          revision = head.revision,
          state = coalesce(${patch.state ?? null}, operation.state),
          begun = coalesce(${begun ?? null}, operation.begun),
          cancel_requested = coalesce(${cancelRequested ?? null}, operation.cancel_requested),
          finished_at = case when ${isFinal} then clock_timestamp() else operation.finished_at end,
          owner = case when ${isFinal} then null else operation.owner end
        from head, old
        where operation.local_id = old.local_id
        returning operation.local_id, operation.number, operation.content, old.content as before
      ),
      placed as (select *, (row_number() over (order by number) - 1)::integer as at from changed),
      appended as (
        insert into feed_change (revision, part, changes, changes_until)
        select head.revision, at / ${sql.lit(changesPerPart)}, json_agg(
          json_build_object('kind', 'Operation', 'localId', local_id, 'before', before, 'after', content) order by at
        ), head.changes
        from placed, head
        group by head.revision, head.changes, at / ${sql.lit(changesPerPart)}
      )
      select content, pg_notify(${feedChannel}, '') from changed
    `.execute(queries),
  );
  return rows.map(({ content }) => content);
}

/** The one with this id, as long as nobody has begun it. */
export function isWaiting(localId: string): OperationCondition {
  return sql<boolean>`local_id = ${localId} and state = 'QUEUED' and (owner is null or lease_until < clock_timestamp())`;
}

/** The one with this id, as long as it has not ended. */
export function isOpen(localId: string): OperationCondition {
  return sql<boolean>`local_id = ${localId} and state in ('QUEUED', 'RUNNING')`;
}

/** The parts of a bulk that nobody has begun. */
export function areWaitingParts(parent: string): OperationCondition {
  return sql<boolean>`parent = ${parent} and state = 'QUEUED' and (owner is null or lease_until < clock_timestamp())`;
}

/** The parts of a bulk that have not ended. */
export function areOpenParts(parent: string): OperationCondition {
  return sql<boolean>`parent = ${parent} and state in ('QUEUED', 'RUNNING')`;
}
