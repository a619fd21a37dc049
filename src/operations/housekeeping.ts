import type { Clock } from '../core/clock.ts';
import { areLaterCounts, bulkNewsOf } from '../model/bulk.ts';
import type { Operation } from '../model/operation.ts';
import { removeOldAuditEvents } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import { changeBulk, readOpenBulks } from '../store/operation-bulk.ts';
import { removeEnded } from '../store/operation-retention.ts';

// What no single operation does: bulks whose parts go on, and the history that is not kept for ever. Any broker does it, and
// doing it twice does no harm.

interface HousekeepingOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly limits: { readonly keepMs: number; readonly keepMost: number };
  /** How long the audit trail is kept, in milliseconds. */
  readonly auditKeepMs: number;
  /** Told of each bulk that ended here. */
  readonly onEnded?: ((operation: Operation) => void) | undefined;
}

/** The work, and when it is due. */
export interface Housekeeping {
  /** Throws as every query, or the signal's reason. */
  tidy(signal: AbortSignal): Promise<void>;
  /** Resolves when it is to be done again. */
  due(signal: AbortSignal): Promise<void>;
  /** An operation ended here, which may be a part of a bulk. */
  partEnded(): void;
}

/** Bulks of other brokers go on as well; of our own parts we know at once, a few times a second at most. */
const lookMs = 1_000;
const soonMs = 250;
const retentionMs = 60_000;

/** Housekeeping that has not been done yet. */
export function createHousekeeping({
  database,
  clock,
  limits,
  auditKeepMs,
  onEnded,
}: HousekeepingOptions): Housekeeping {
  let ended = Promise.withResolvers<void>();
  let removedAt = -Infinity;
  const count = async (signal: AbortSignal): Promise<void> => {
    for (const { operation, counts } of await readOpenBulks(database, signal)) {
      if (!areLaterCounts(counts, operation.counts)) continue;
      const news = bulkNewsOf(counts, operation.cancelRequested);
      const changed = await changeBulk(database, operation.localId, news, signal);
      if (changed?.state !== undefined && changed.state !== 'RUNNING') onEnded?.(changed);
    }
  };
  const remove = async (signal: AbortSignal): Promise<void> => {
    if (clock.now() - removedAt < retentionMs) return;
    removedAt = clock.now();
    // The parts of a bulk go before it, so that what follows may be removed only in the next step.
    while ((await removeEnded(database, limits, signal)) > 0) {
      await clock.sleep(soonMs, signal);
    }
    while ((await removeOldAuditEvents(database, auditKeepMs, signal)) > 0) {
      await clock.sleep(soonMs, signal);
    }
  };
  return {
    async tidy(signal) {
      await count(signal);
      await remove(signal);
    },
    async due(signal) {
      const over = new AbortController();
      const limit = AbortSignal.any([signal, over.signal]);
      await Promise.race([ended.promise, clock.sleep(lookMs, limit).catch(() => undefined)]);
      over.abort();
      ended = Promise.withResolvers<void>();
      await clock.sleep(soonMs, signal).catch(() => undefined);
    },
    partEnded: () => ended.resolve(),
  };
}
