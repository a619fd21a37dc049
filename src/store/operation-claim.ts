import { sql } from 'kysely';

import type { Action } from '../model/action.ts';
import type { Operation } from '../model/operation.ts';
import type { Database } from './database.ts';
import { feedChannel } from './notify.ts';
import type { OperationCondition } from './operation.ts';

// Who carries out which operation: a lease in its own row, with an epoch that grows with every owner. All times are the
// database's, so that brokers need not agree on theirs.

/** An operation that this broker carries out as long as its lease holds. */
export interface ClaimedOperation {
  readonly operation: Operation;
  readonly action: Action;
  readonly epoch: number;
  /** Whether the driver may have been asked for it before. */
  readonly begun: boolean;
  readonly cancelRequested: boolean;
}

/** By whom, and for how long. */
export interface Claimant {
  readonly owner: string;
  readonly leaseMs: number;
}

/**
 * Takes some operations that nobody carries out, the oldest first, and never one before an earlier one of the same machine
 * has ended. Throws as every query; then they may have been taken, and are anybody's when the lease ends.
 */
export async function claimOperations(
  database: Database,
  { owner, leaseMs, most }: Claimant & { readonly most: number },
  signal: AbortSignal,
): Promise<readonly ClaimedOperation[]> {
  const { rows } = await database.run({ signal }, (queries) =>
    sql<ClaimedOperation>`
      with free as (
        select local_id from operation
        where state in ('QUEUED', 'RUNNING') and action is not null
          and (owner is null or lease_until < clock_timestamp())
          and not exists (
            select from operation earlier
            where earlier.serial_key = operation.serial_key and earlier.number < operation.number
              and earlier.state in ('QUEUED', 'RUNNING')
          )
        order by number
        limit ${most}
        for update skip locked
      )
      update operation set
        owner = ${owner}, epoch = epoch + 1, lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
      from free
      where operation.local_id = free.local_id
      returning content as operation, action, epoch, begun, cancel_requested as "cancelRequested"
    `.execute(queries),
  );
  return [...rows];
}

/** Keeps all leases of an owner that have not been taken by another; gives these. Throws as every query. */
export async function renewOperations(
  database: Database,
  { owner, leaseMs }: Claimant,
  signal: AbortSignal,
): Promise<readonly { readonly localId: string; readonly epoch: number; readonly cancelRequested: boolean }[]> {
  return database.run({ signal }, (queries) =>
    queries
      .updateTable('operation')
      .set({ lease_until: sql`clock_timestamp() + ${leaseMs} * interval '1 millisecond'` })
      .where('owner', '=', owner)
      .where('state', 'in', ['QUEUED', 'RUNNING'])
      .returning(['local_id as localId', 'epoch', 'cancel_requested as cancelRequested'])
      .execute(),
  );
}

/** Gives all leases of an owner back, so that nobody need wait for their end. Throws as every query. */
export async function releaseOperations(database: Database, owner: string, signal: AbortSignal): Promise<void> {
  await database.run({ signal }, (queries) =>
    sql`
      with released as (
        update operation set owner = null, lease_until = '-infinity'
        where owner = ${owner} and state in ('QUEUED', 'RUNNING')
        returning local_id
      )
      select pg_notify(${feedChannel}, '') from released limit 1
    `.execute(queries),
  );
}

/** The one with this id, as long as it is this owner's under this epoch and has not ended. */
export function isOwned(
  localId: string,
  { owner, epoch }: { readonly owner: string; readonly epoch: number },
): OperationCondition {
  return sql<boolean>`
    local_id = ${localId} and owner = ${owner} and epoch = ${epoch} and state in ('QUEUED', 'RUNNING')`;
}
