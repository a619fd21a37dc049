import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import type { WatchState } from '../store/tables.ts';
import type { Snapshot } from './snapshot.ts';
import type { InventoryState } from './state.ts';

// What a broker knows of an installation whose inventory it shares with others. How current that is, is a matter of time:
// it is current while some broker has lately confirmed it.

/** What is known, from the database and about it. */
interface Known {
  readonly snapshot: Snapshot | null;
  readonly watch: WatchState;
  /** What the watcher said is wrong. */
  readonly watchMessage: string | null;
  /** When some broker last confirmed the inventory, in milliseconds since 1970 by this broker's clock. */
  readonly confirmedAt: number | null;
  /** What is wrong with the database; null if it answered last time. */
  readonly storeMessage: string | null;
  /** Why this broker could not write what it watched; null once it could, or another one did. */
  readonly unwrittenMessage: string | null;
}

/** A place for that. */
export interface SharedState {
  current(): InventoryState;
  changed(revision: number, signal: AbortSignal): Promise<InventoryState>;
  /** Learns something. */
  learn(news: Partial<Known>): void;
}

/** @param graceMs How old a confirmation may be. */
export function createSharedState({
  clock,
  graceMs,
}: {
  readonly clock: Clock;
  readonly graceMs: number;
}): SharedState {
  let known: Known = {
    snapshot: null,
    watch: 'STARTING',
    watchMessage: null,
    confirmedAt: null,
    storeMessage: null,
    unwrittenMessage: null,
  };
  let told: Omit<InventoryState, 'revision'> = describe(known, clock.now(), graceMs);
  let revision = 0;
  let next = Promise.withResolvers<void>();
  const current = (): InventoryState => ({ revision, ...describe(known, clock.now(), graceMs) });
  return {
    current,
    async changed(after, signal) {
      while (revision <= after) {
        await abortable(next.promise, signal);
      }
      return current();
    },
    learn(news) {
      known = { ...known, ...news };
      const now = describe(known, clock.now(), graceMs);
      if (now.snapshot !== told.snapshot || now.status !== told.status || now.message !== told.message) {
        told = now;
        revision += 1;
        next.resolve();
        next = Promise.withResolvers<void>();
      }
    },
  };
}

function describe(known: Known, now: number, graceMs: number): Omit<InventoryState, 'revision'> {
  const { snapshot, watch, watchMessage, confirmedAt } = known;
  const storeMessage = known.storeMessage ?? known.unwrittenMessage;
  if (snapshot === null) {
    const message = storeMessage ?? watchMessage ?? 'the hypervisor manager has not been reached yet';
    return { snapshot, status: 'UNREACHABLE', asOf: null, message };
  }
  const isConfirmed = watch !== 'LOST' && confirmedAt !== null && now - confirmedAt <= graceMs;
  const reasons = [storeMessage, watchMessage].filter((reason) => reason !== null);
  if (!isConfirmed && reasons.length === 0) {
    reasons.push('no broker has the hypervisor manager under watch');
  }
  return {
    snapshot,
    status: isConfirmed ? 'OK' : 'STALE',
    asOf: confirmedAt,
    message: reasons.length === 0 ? null : reasons.join('; '),
  };
}
