import type { AuditEvent } from '../model/audit.ts';
import { countAuditEvents, hasAuditEvent, readAuditEvents, type AuditWanted } from '../store/audit-query.ts';
import type { Database } from '../store/database.ts';
import type { OrderDirection } from '../model/order.ts';

// The audit trail of one installation, to be read.

/** Which events are looked for, in the trail of the installation. */
export type TrailWanted = Omit<AuditWanted, 'installation'>;

/** The trail. All throw `STORE_UNAVAILABLE`, or the signal's reason. */
export interface AuditTrail {
  /** The first so many in this order. */
  read(
    wanted: TrailWanted & { readonly direction: OrderDirection; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly AuditEvent[]>;
  /** True if there is any. */
  has(wanted: TrailWanted, signal: AbortSignal): Promise<boolean>;
  /** How many there are. */
  count(wanted: TrailWanted, signal: AbortSignal): Promise<number>;
}

/** The trail in the database of an installation. */
export function createAuditTrail(database: Database, installation: string): AuditTrail {
  return {
    read: (wanted, signal) => readAuditEvents(database, { ...wanted, installation }, signal),
    has: (wanted, signal) => hasAuditEvent(database, { ...wanted, installation }, signal),
    count: (wanted, signal) => countAuditEvents(database, { ...wanted, installation }, signal),
  };
}
