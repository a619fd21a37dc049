import type { Operation } from '../model/operation.ts';
import { renewOperations, type ClaimedOperation } from '../store/operation-claim.ts';
import { holdLease, type HeldLease } from './held-lease.ts';
import { createRecord, LeaseLost } from './operation-record.ts';
import { runOperation } from './run-operation.ts';
import type { WorkerOptions } from './worker.ts';

// The operations that this broker carries out now. Each has a lease of its own that ends by itself; one that is not here is
// not kept, even if the database says that it is this broker's.

/** The operations under way. */
export interface Running {
  readonly size: number;
  /** Begins to carry one out that was taken by a statement sent at this time. */
  begin(claimed: ClaimedOperation, sentAt: number): void;
  /** Keeps all leases, and hears what is to be cancelled. Throws as every query. */
  renew(signal: AbortSignal): Promise<void>;
  /** Resolves when all that are under way now have ended. */
  ended(): Promise<void>;
  /** Gives all of them up; gives what they were. */
  abandon(): readonly ClaimedOperation[];
}

interface RunningOptions extends WorkerOptions {
  /** Aborts when this broker ends. */
  readonly stop: AbortSignal;
  /** One ended, or was given up. */
  readonly onOver: () => void;
}

interface Run {
  readonly claimed: ClaimedOperation;
  readonly lease: HeldLease;
  readonly cancel: AbortController;
  readonly done: Promise<void>;
}

/** After this another broker takes over what a dead one had, in milliseconds. */
export const leaseMs = 5_000;

/** Nothing under way yet. */
export function createRunning(options: RunningOptions): Running {
  const { database, writer, clock, limits, stop, onOver, onError, onEnded } = options;
  const runs = new Map<string, Run>();
  const carryOut = async (claimed: ClaimedOperation, lease: HeldLease, cancel: AbortSignal): Promise<void> => {
    const onLost = (): void => lease.lose(new LeaseLost());
    const record = createRecord(claimed, { writer, clock, lease: lease.signal, stop, onLost });
    let operation: Operation | null = null;
    try {
      const { timeoutMs } = limits;
      operation = await runOperation({ ...options, record, timeoutMs, lease: lease.signal, cancel });
    } catch (thrown) {
      if (!lease.signal.aborted && !stop.aborted && !(thrown instanceof LeaseLost)) onError(thrown);
    } finally {
      lease[Symbol.dispose]();
      runs.delete(claimed.localId);
      onOver();
    }
    if (operation !== null) onEnded?.(operation);
  };
  return {
    get size() {
      return runs.size;
    },
    begin(claimed, sentAt) {
      const lease = holdLease({ clock, leaseMs, sentAt, onExpired: () => new LeaseLost() });
      const cancel = new AbortController();
      if (claimed.operation.cancelRequested) cancel.abort(new Error('Somebody wants the operation ended.'));
      runs.set(claimed.localId, { claimed, lease, cancel, done: carryOut(claimed, lease, cancel.signal) });
    },
    async renew(signal) {
      const asked = [...runs.values()];
      if (asked.length === 0) return;
      const sentAt = clock.now();
      const leases = asked.map(({ claimed: { localId, owner, epoch } }) => ({ localId, owner, epoch }));
      const held = await renewOperations(database, { leases, leaseMs }, signal);
      const byId = new Map(held.map((one) => [one.localId, one]));
      for (const { claimed, lease, cancel } of asked) {
        const kept = byId.get(claimed.localId);
        if (kept === undefined) lease.lose(new LeaseLost());
        else lease.renewed(sentAt);
        if (kept?.cancelRequested) cancel.abort(new Error('Somebody wants the operation ended.'));
      }
    },
    async ended() {
      await Promise.all([...runs.values()].map(({ done }) => done));
    },
    abandon() {
      const left = [...runs.values()];
      for (const { lease } of left) lease.lose(new LeaseLost());
      return left.map(({ claimed }) => claimed);
    },
  };
}
