import { sql } from 'kysely';

import type { Operation } from '../model/operation.ts';
import { createBatcher } from './batch.ts';
import type { Database } from './database.ts';
import { insertOperations, type NewOperation } from './operation.ts';
import { changeAll, type OperationLease } from './operation-change.ts';

// What one broker writes of operations, as few appends of the feed as it can be.

/** What is to be different about an operation. */
export interface OperationNews {
  readonly content?: Partial<Pick<Operation, 'state' | 'progress' | 'target' | 'error'>>;
  /** Texts to be added to its steps. */
  readonly steps?: readonly string[];
  /** True: from now on it may have been handed to the driver. */
  readonly begun?: true;
}

/** Writes, each its own success or failure although they share statements. */
export interface OperationWriter {
  /**
   * Accepts an operation, and gives it as it is then; null if its key is taken. Throws as every query; then it may have been
   * accepted or not.
   */
  accept(operation: NewOperation, signal: AbortSignal): Promise<Operation | null>;
  /**
   * Changes an operation that this broker has; null if it has it no longer, or if it has ended. Throws as every query; then
   * it may have been changed or not.
   */
  change(lease: OperationLease, news: OperationNews, signal: AbortSignal): Promise<Operation | null>;
}

interface Change {
  readonly lease: OperationLease;
  readonly news: OperationNews;
}

/** A writer. */
export function createOperationWriter(database: Database): OperationWriter {
  const changes = createBatcher({
    run: (items: readonly Change[]) => changeOperations(database, items),
    keyOf: ({ lease }) => lease.localId,
  });
  const accepted = createBatcher({
    run: (items: readonly NewOperation[]) => acceptOperations(database, items),
    keyOf: ({ operation: { actor, idempotencyKey } }) => JSON.stringify([actor, idempotencyKey]),
  });
  return {
    accept: (operation, signal) => accepted.add(operation, signal),
    change: (lease, news, signal) => changes.add({ lease, news }, signal),
  };
}

/** Whoever waits for it may go; the statement itself ends by its own time limit. */
const untilDone = new AbortController().signal;

async function acceptOperations(
  database: Database,
  items: readonly NewOperation[],
): Promise<readonly (Operation | null)[]> {
  const together = await insertOperations(database, items, untilDone);
  if (together !== null || items.length === 1) {
    return together ?? [null];
  }
  // Some key is taken, which refuses all of them.
  const apart: (Operation | null)[] = [];
  for (const item of items) {
    apart.push((await insertOperations(database, [item], untilDone))?.[0] ?? null);
  }
  return apart;
}

async function changeOperations(database: Database, items: readonly Change[]): Promise<readonly (Operation | null)[]> {
  const rows = items.map(({ lease: { localId, owner, epoch }, news: { content = {}, steps = [], begun = false } }) => ({
    localId,
    owner,
    epoch,
    content,
    steps,
    begun,
  }));
  const changed = await changeAll(
    database,
    {
      found: sql`
        select local_id, operation.content, wanted.content as patch, wanted.steps, wanted.begun
        from operation join json_to_recordset(${JSON.stringify(rows)}::json) as wanted (
          "localId" text, owner text, epoch bigint, content jsonb, steps jsonb, begun boolean
        ) on local_id = wanted."localId"
        where operation.owner = wanted.owner and operation.epoch = wanted.epoch and state in ('QUEUED', 'RUNNING')
        order by position for update of operation
      `,
    },
    untilDone,
  );
  const byId = new Map(changed.map((operation) => [operation.localId, operation]));
  return items.map(({ lease }) => byId.get(lease.localId) ?? null);
}
