import { sql } from 'kysely';

import type { Action } from '../model/action.ts';
import type { Operation } from '../model/operation.ts';
import type { Database } from './database.ts';
import type { OperationLease } from './operation-change.ts';

// Who carries out which operation. The table is the queue: a broker takes what nobody has, for as long as it says that it
// lives, under an epoch that all it writes is checked against. All times are the database's.

/** An operation that this broker took. */
export interface ClaimedOperation extends OperationLease {
  readonly operation: Operation;
  readonly action: Action;
  /** True if somebody may have handed it to the driver. */
  readonly begun: boolean;
  /** How long ago it was begun first, in milliseconds; 0 if it was not. */
  readonly runningMs: number;
  /** Where the feed was when it was taken: what ended before is in it. */
  readonly feed: string;
  readonly revision: number;
}

/** By whom, for how long, and how many at most. */
export interface Claim {
  readonly owner: string;
  readonly leaseMs: number;
  readonly limit: number;
}

/**
 * Takes operations that nobody has, in the order of their acceptance. Of those
 * that wait for each other only the earliest that has not ended can be taken. Throws as every query; then they may have been taken, and are free again when their leases end.
 */
export async function claimOperations(
  database: Database,
  { owner, leaseMs, limit }: Claim,
  signal: AbortSignal,
): Promise<readonly ClaimedOperation[]> {
  const { rows } = await database.run({ signal }, (queries) =>
    sql<ClaimedOperation>`
      with free as (
        select local_id from operation
        where state in ('QUEUED', 'RUNNING') and action is not null
          and (lease_until is null or lease_until <= clock_timestamp())
          and not exists (
            select from operation as earlier
            where earlier.serial_key = operation.serial_key and earlier.state in ('QUEUED', 'RUNNING')
              and earlier.position < operation.position
          )
        order by position limit ${limit} for update skip locked
      )
      update operation set owner = ${owner}, epoch = epoch + 1,
        lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
      from free, feed_head where operation.local_id = free.local_id
      returning operation.local_id as "localId", owner, epoch, content as operation, action, begun,
        feed_head.feed, feed_head.revision, greatest(0, coalesce(
          extract(epoch from clock_timestamp()) * 1000 - (content ->> 'startedAt')::bigint, 0
        ))::float8 as "runningMs"
    `.execute(queries),
  );
  return rows;
}

/** What is known of an operation that a broker still has. */
export interface HeldOperation {
  readonly localId: string;
  readonly epoch: number;
  readonly cancelRequested: boolean;
}

/** Keeps operations for longer; gives those that this broker still has. Throws as every query. */
export async function renewOperations(
  database: Database,
  { leases, leaseMs }: { readonly leases: readonly OperationLease[]; readonly leaseMs: number },
  signal: AbortSignal,
): Promise<readonly HeldOperation[]> {
  const { rows } = await database.run({ signal }, (queries) =>
    sql<HeldOperation>`
      with held as (
        select local_id
        from operation join json_to_recordset(${JSON.stringify(leases)}::json)
          as wanted ("localId" text, owner text, epoch bigint) on local_id = wanted."localId"
        where operation.owner = wanted.owner and operation.epoch = wanted.epoch and state in ('QUEUED', 'RUNNING')
        order by position for update of operation
      )
      update operation set lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
      from held where operation.local_id = held.local_id
      returning operation.local_id as "localId", epoch, cancel_requested as "cancelRequested"
    `.execute(queries),
  );
  return rows;
}

/** Gives operations back, so that nobody need wait for the end of their leases. Throws as every query. */
export async function releaseOperations(
  database: Database,
  leases: readonly OperationLease[],
  signal: AbortSignal,
): Promise<void> {
  if (leases.length === 0) return;
  await database.run({ signal }, (queries) =>
    queries
      .updateTable('operation')
      .set({ lease_until: null })
      .where((row) => row.or(leases.map(({ localId: local_id, owner, epoch }) => row.and({ local_id, owner, epoch }))))
      .execute(),
  );
}
