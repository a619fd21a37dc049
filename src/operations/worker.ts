import type { Clock } from '../core/clock.ts';
import type { Driver } from '../drivers/driver.ts';
import type { InventoryFeed } from '../inventory/inventory.ts';
import type { Database } from '../store/database.ts';
import {
  claimOperations,
  releaseOperations,
  renewOperations,
  type ClaimedOperation,
} from '../store/operation-claim.ts';
import { createHousekeeping } from './housekeeping.ts';
import { createRecord, LeaseLost } from './operation-record.ts';
import { runOperation } from './run-operation.ts';

// This broker's part in carrying out operations: it takes as many as it has room for, keeps their leases, and lets go of
// what it can no longer keep. It waits to be woken, and looks by itself every second.

/** What a worker may do at most. */
export interface WorkerLimits {
  /** How many operations it carries out at a time. */
  readonly concurrent: number;
  /** How long one may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How long those that have ended are kept, in milliseconds, and how many of them. */
  readonly keepMs: number;
  readonly keepMost: number;
}

/** What a worker needs. */
export interface WorkerOptions {
  readonly database: Database;
  readonly driver: Driver;
  readonly inventory: InventoryFeed;
  /** Names this process; no other one ever has the same name. */
  readonly owner: string;
  readonly clock: Clock;
  readonly limits: WorkerLimits;
  readonly onError: (error: unknown) => void;
  /** Told of each operation that ended here. */
  readonly onEnded?: (claimed: ClaimedOperation) => void;
}

/** A worker. Disposing it finishes what takes no time, and leaves the rest to other brokers. */
export interface Worker extends AsyncDisposable {
  /** There may be something to do. */
  wake(): void;
  /** How many operations it carries out now. */
  readonly running: number;
}

/** After this another broker takes over what a dead one had. */
const leaseMs = 5_000;
/** Three chances to renew before the end. */
const beatMs = 1_500;
const lookMs = 1_000;
/** How long operations under way may go on when the broker ends, in milliseconds. */
const graceMs = 2_000;
const releaseTimeoutMs = 1_000;

interface Run {
  readonly claimed: ClaimedOperation;
  readonly lease: AbortController;
  readonly cancel: AbortController;
  readonly done: Promise<void>;
}

/** Starts to work. */
export function createWorker(options: WorkerOptions): Worker {
  const { database, inventory, owner, clock, limits, onError } = options;
  const runs = new Map<string, Run>();
  const stop = new AbortController();
  const hardStop = new AbortController();
  let wake = Promise.withResolvers<void>();
  let renewedAt = clock.now();
  const housekeeping = createHousekeeping(options);
  const begin = (claimed: ClaimedOperation): void => {
    const [lease, cancel] = [new AbortController(), new AbortController()];
    if (claimed.cancelRequested) cancel.abort();
    const record = createRecord(claimed, { database, owner, clock, stop: hardStop.signal });
    const { timeoutMs } = limits;
    const running = runOperation({ ...options, record, timeoutMs, lease: lease.signal, cancel: cancel.signal });
    const done = running
      .then(() => options.onEnded?.(claimed))
      .catch((thrown: unknown) => {
        if (!lease.signal.aborted && !(thrown instanceof LeaseLost)) onError(thrown);
      })
      .finally(() => {
        runs.delete(claimed.operation.localId);
        housekeeping.partEnded();
        wake.resolve();
      });
    runs.set(claimed.operation.localId, { claimed, lease, cancel, done });
  };
  const look = async (): Promise<void> => {
    const most = limits.concurrent - runs.size;
    if (most <= 0 || inventory.current().snapshot === null) return;
    if (runs.size === 0) renewedAt = clock.now();
    for (const claimed of await claimOperations(database, { owner, leaseMs, most }, stop.signal)) {
      begin(claimed);
    }
  };
  const tidy = async (): Promise<void> => {
    // Before there is an inventory there may be no tables either.
    if (inventory.current().snapshot !== null) await housekeeping.tidy(stop.signal);
  };
  const renew = async (): Promise<void> => {
    const sentAt = clock.now();
    const held = new Map(
      (await renewOperations(database, { owner, leaseMs }, stop.signal)).map((one) => [one.localId, one]),
    );
    renewedAt = sentAt;
    for (const [localId, { claimed, lease, cancel }] of runs) {
      const kept = held.get(localId);
      if (kept?.epoch !== claimed.epoch) lease.abort(new LeaseLost());
      else if (kept.cancelRequested) cancel.abort();
    }
  };
  const beat = async (): Promise<void> => {
    if (runs.size === 0) return;
    try {
      await renew();
    } catch (thrown) {
      if (clock.now() - renewedAt > leaseMs) {
        for (const { lease } of runs.values()) lease.abort(new LeaseLost());
      }
      throw thrown;
    }
  };
  const loop = async (work: () => Promise<void>, wait: () => Promise<unknown>): Promise<void> => {
    let problem = '';
    while (!stop.signal.aborted) {
      try {
        await work();
        problem = '';
      } catch (thrown) {
        if (stop.signal.aborted) return;
        // The same trouble again and again is said once.
        if (problem !== String(thrown)) onError(thrown);
        problem = String(thrown);
      }
      await wait();
    }
  };
  const wokenOr = async (limitMs: number): Promise<void> => {
    const over = new AbortController();
    const time = clock.sleep(limitMs, AbortSignal.any([stop.signal, over.signal])).catch(() => undefined);
    await Promise.race([wake.promise, time]);
    over.abort();
    wake = Promise.withResolvers<void>();
  };
  const pause = (limitMs: number): Promise<void> => clock.sleep(limitMs, stop.signal).catch(() => undefined);
  const loops = [
    loop(look, () => wokenOr(lookMs)),
    loop(beat, () => pause(beatMs)),
    loop(
      () => listenToLog({ inventory, signal: stop.signal, onNews: () => wake.resolve(), onCancel: renew }),
      () => pause(lookMs),
    ),
    loop(tidy, () => housekeeping.due(stop.signal)),
  ];
  return {
    wake: () => wake.resolve(),
    get running() {
      return runs.size;
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('The broker ends.'));
      const ended = Promise.all([...runs.values()].map(({ done }) => done));
      await Promise.race([ended, clock.sleep(graceMs, hardStop.signal).catch(() => undefined)]);
      for (const { lease } of runs.values()) lease.abort(new LeaseLost());
      hardStop.abort(new Error('The broker ends.'));
      await Promise.all([ended, ...loops]);
      await releaseOperations(database, owner, AbortSignal.timeout(releaseTimeoutMs)).catch(() => undefined);
    },
  };
}

interface Listening {
  readonly inventory: InventoryFeed;
  readonly signal: AbortSignal;
  readonly onNews: () => void;
  readonly onCancel: () => Promise<void>;
}

/** Hears of operations in the feed: of new ones, and of those that somebody wants ended. */
async function listenToLog({ inventory, signal, onNews, onCancel }: Listening): Promise<void> {
  if (inventory.log === null) return;
  for await (const batch of inventory.log.follow(null, signal)) {
    const changes = batch.kind === 'gap' ? [] : batch.appends.flatMap((append) => append.changes);
    const operations = changes.flatMap((change) => (change.kind === 'Operation' ? (change.after ?? []) : []));
    if (batch.kind === 'gap' || operations.some(({ state }) => state !== 'RUNNING')) onNews();
    if (operations.some(({ cancelRequested, finishedAt }) => cancelRequested && finishedAt === null)) {
      await onCancel().catch(() => undefined);
    }
  }
}
