import { sql } from 'kysely';

import type { Database } from './database.ts';
import { feedChannel } from './notify.ts';
import type { WatchState } from './tables.ts';

// Who watches the hypervisor manager: one row with an owner, an epoch and an expiry. All times are the database's, so that
// brokers need not agree on theirs.

/** A lease that is held, or was. */
export interface Lease {
  readonly owner: string;
  /** Grows with every claim; an append under an older one is refused. */
  readonly epoch: number;
}

/** Takes the lease if nobody holds it; gives null if somebody does. Throws as every query. */
export async function claimLease(
  database: Database,
  { owner, leaseMs }: { readonly owner: string; readonly leaseMs: number },
  signal: AbortSignal,
): Promise<Lease | null> {
  const claimed = await database.run({ signal }, (queries) =>
    queries
      .updateTable('watch')
      .set({ owner, epoch: sql`epoch + 1`, expires_at: inMs(leaseMs), state: begun })
      .where(sql<boolean>`expires_at <= clock_timestamp()`)
      .returning('epoch')
      .executeTakeFirst(),
  );
  return claimed === undefined ? null : { owner, epoch: claimed.epoch };
}

/** Keeps the lease, and confirms the inventory if the watch is in force; false if another broker took the lease. */
export async function renewLease(
  database: Database,
  { owner, epoch, leaseMs }: Lease & { readonly leaseMs: number },
  signal: AbortSignal,
): Promise<boolean> {
  const { numUpdatedRows } = await database.run({ signal }, (queries) =>
    queries
      .updateTable('watch')
      .set({
        expires_at: inMs(leaseMs),
        confirmed_at: sql`case when state = 'WATCHING' then clock_timestamp() else confirmed_at end`,
      })
      .where('owner', '=', owner)
      .where('epoch', '=', epoch)
      .executeTakeFirst(),
  );
  return numUpdatedRows > 0n;
}

/** Gives the lease back, so that another broker need not wait for its end. */
export async function releaseLease(database: Database, { owner, epoch }: Lease, signal: AbortSignal): Promise<void> {
  await database.run({ signal }, (queries) =>
    sql`
      with released as (
        update watch set expires_at = clock_timestamp() where owner = ${owner} and epoch = ${epoch} returning epoch
      )
      select pg_notify(${feedChannel}, '') from released
    `.execute(queries),
  );
}

/** Tells how the watch goes; false if another broker took the lease. */
export async function reportWatch(
  database: Database,
  report: Lease & { readonly state: Exclude<WatchState, 'STARTING'>; readonly message: string | null },
  signal: AbortSignal,
): Promise<boolean> {
  const { owner, epoch, state, message } = report;
  const { rows } = await database.run({ signal }, (queries) =>
    sql`
      with reported as (
        update watch set
          confirmed_at = case
            when ${state} = 'WATCHING' or state = 'WATCHING' then clock_timestamp() else confirmed_at end,
          state = ${state},
          message = ${message}
        where owner = ${owner} and epoch = ${epoch}
        returning epoch
      )
      select pg_notify(${feedChannel}, '') from reported
    `.execute(queries),
  );
  return rows.length > 0;
}

/** A manager that could not be reached is that until somebody reaches it. */
const begun = sql<WatchState>`case when state = 'LOST' then state else 'STARTING' end`;

function inMs(milliseconds: number) {
  return sql<Date>`clock_timestamp() + ${milliseconds} * interval '1 millisecond'`;
}
