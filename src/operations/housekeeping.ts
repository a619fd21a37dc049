import { isDeepStrictEqual } from 'node:util';

import type { Clock } from '../core/clock.ts';
import type { Operation } from '../model/operation.ts';
import type { Database } from '../store/database.ts';
import { changeOperations } from '../store/operation.ts';
import { countOpenBulks, dropEnded, isOpenBulk, type BulkCounts } from '../store/operation-history.ts';

// What no single operation does: bulks whose parts go on, and the history that is not kept for ever. Any broker does it, and
// doing it twice does no harm.

interface HousekeepingOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly limits: { readonly keepMs: number; readonly keepMost: number };
}

/** The work, and when it is due. */
export interface Housekeeping {
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
const droppedAtOnce = 200;

/** Housekeeping that has not been done yet. */
export function createHousekeeping({ database, clock, limits }: HousekeepingOptions): Housekeeping {
  let ended = Promise.withResolvers<void>();
  let droppedAt = -Infinity;
  return {
    async tidy(signal) {
      for (const bulk of await countOpenBulks(database, signal)) {
        await updateBulk(database, { bulk, now: clock.now() }, signal);
      }
      if (clock.now() - droppedAt >= retentionMs) {
        droppedAt = clock.now();
        while ((await dropEnded(database, { ...limits, atOnce: droppedAtOnce }, signal)) > 0) {
          await clock.sleep(soonMs, signal);
        }
      }
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

async function updateBulk(
  database: Database,
  { bulk, now }: { readonly bulk: BulkCounts; readonly now: number },
  signal: AbortSignal,
): Promise<void> {
  const { localId, counts, known } = bulk;
  const hasEnded = counts.succeeded + counts.failed + counts.cancelled === counts.items;
  if (!hasEnded && isDeepStrictEqual(counts, known)) return;
  const progress = counts.items === 0 ? 100 : counts.progress / counts.items;
  const patch: Partial<Operation> = { counts, progress, ...(hasEnded ? { ...endOf(bulk), finishedAt: now } : {}) };
  await changeOperations(database, isOpenBulk(localId), { patch }, signal);
}

function endOf({ counts, cancelRequested }: BulkCounts): Pick<Operation, 'state' | 'error'> {
  const { items, succeeded, failed, cancelled } = counts;
  if (succeeded === items) {
    return { state: 'SUCCEEDED', error: null };
  }
  if (failed === 0 && cancelled > 0 && cancelRequested) {
    return { state: 'CANCELLED', error: null };
  }
  const message = `Of ${items} machines ${succeeded} succeeded, ${failed} failed and ${cancelled} were cancelled.`;
  return { state: 'FAILED', error: { code: 'PARTIAL_FAILURE', message } };
}
