import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import type { Driver } from '../drivers/driver.ts';
import type { InventoryFeed } from '../inventory/inventory.ts';
import { hasEnded, type Operation } from '../model/operation.ts';
import type { Database } from '../store/database.ts';
import type { OperationWriter } from '../store/operation-writer.ts';
import { claimOperations, releaseOperations } from '../store/operation-claim.ts';
import { createHousekeeping } from './housekeeping.ts';
import { createRunning, leaseMs } from './running.ts';

// This broker's part in carrying out operations: it takes as many as it has room for, keeps their leases, and lets go of
// what it can no longer keep. The feed wakes it, and it looks by itself every second.

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
  readonly writer: OperationWriter;
  readonly driver: Driver;
  readonly inventory: InventoryFeed;
  /** Names this process; no other one ever has the same name. */
  readonly owner: string;
  readonly clock: Clock;
  readonly limits: WorkerLimits;
  /** How long the audit trail is kept, in milliseconds. */
  readonly auditKeepMs: number;
  readonly onError: (error: unknown) => void;
  /** Told of each operation that ended here. */
  readonly onEnded?: ((operation: Operation) => void) | undefined;
}

/** A worker. Disposing it finishes what takes no time, and leaves the rest to other brokers. */
export interface Worker extends AsyncDisposable {
  /** There may be something to do. */
  wake(): void;
  /** How many operations it carries out now. */
  readonly running: number;
}

/** Three times in a lease, so that one that fails does not lose it. */
const beatMs = 1_500;
const lookMs = 1_000;
/** How long operations under way may go on when the broker ends, in milliseconds. Less than a lease that was just renewed. */
const graceMs = 2_000;
const releaseTimeoutMs = 1_000;

/** Starts to work. */
export function createWorker(options: WorkerOptions): Worker {
  const { database, inventory, owner, clock, limits } = options;
  const stop = new AbortController();
  const hardStop = new AbortController();
  const { signal } = stop;
  const housekeeping = createHousekeeping(options);
  let woken = Promise.withResolvers<void>();
  const wake = (): void => woken.resolve();
  const onOver = (): void => {
    housekeeping.partEnded();
    wake();
  };
  const running = createRunning({ ...options, stop: hardStop.signal, onOver });
  // Before there is an inventory there may be no tables either.
  const isReady = (): boolean => inventory.current().snapshot !== null;
  const look = async (): Promise<void> => {
    woken = Promise.withResolvers();
    const limit = limits.concurrent - running.size;
    if (limit <= 0 || !isReady()) return;
    const sentAt = clock.now();
    const claimed = await claimOperations(database, { owner, leaseMs, limit }, signal);
    claimed.forEach((one) => running.begin(one, sentAt));
  };
  const tidy = async (): Promise<void> => {
    if (isReady()) await housekeeping.tidy(signal);
  };
  const listen = (): Promise<void> =>
    listenToLog({ inventory, signal, onNews: wake, onCancel: () => running.renew(signal).catch(() => undefined) });
  const loop = { signal, onError: options.onError };
  const pause = (milliseconds: number): Promise<void> => clock.sleep(milliseconds, signal);
  const loops = [
    repeat({ ...loop, work: look, wait: () => wokenOr(clock, woken.promise, signal) }),
    repeat({ ...loop, work: () => running.renew(signal), wait: () => pause(beatMs) }),
    repeat({ ...loop, work: listen, wait: () => pause(lookMs) }),
    repeat({ ...loop, work: tidy, wait: () => housekeeping.due(signal) }),
  ];
  return {
    wake: onOver,
    get running() {
      return running.size;
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('The broker ends.'));
      await Promise.all(loops);
      const ended = running.ended();
      await Promise.race([ended, clock.sleep(graceMs, hardStop.signal).catch(() => undefined)]);
      const left = running.abandon();
      hardStop.abort(new Error('The broker ends.'));
      await ended;
      await releaseOperations(database, left, AbortSignal.timeout(releaseTimeoutMs)).catch(() => undefined);
    },
  };
}

interface Loop {
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
  readonly work: () => Promise<void>;
  readonly wait: () => Promise<void>;
}

/** Does it again and again until the signal aborts. */
async function repeat({ signal, onError, work, wait }: Loop): Promise<void> {
  let problem = '';
  while (!signal.aborted) {
    try {
      await work();
      problem = '';
    } catch (thrown) {
      // The same trouble again and again is said once.
      if (!signal.aborted && problem !== String(thrown)) onError(thrown);
      problem = String(thrown);
    }
    await wait().catch(() => undefined);
  }
}

async function wokenOr(clock: Clock, woken: Promise<void>, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const time = clock.sleep(lookMs, AbortSignal.any([signal, over.signal])).catch(() => undefined);
  await abortable(Promise.race([woken, time]), signal).catch(() => undefined);
  over.abort();
}

interface Listening {
  readonly inventory: InventoryFeed;
  readonly signal: AbortSignal;
  readonly onNews: () => void;
  readonly onCancel: () => Promise<void>;
}

/** Hears of operations in the feed: of new ones, of those that ended, and of those that somebody wants ended. */
async function listenToLog({ inventory, signal, onNews, onCancel }: Listening): Promise<void> {
  if (inventory.log === null) return;
  for await (const batch of inventory.log.follow(null, signal)) {
    const changes = batch.kind === 'gap' ? [] : batch.appends.flatMap((append) => append.changes);
    const operations = changes.flatMap((change) => (change.kind === 'Operation' ? (change.after ?? []) : []));
    if (batch.kind === 'gap' || operations.some(({ state }) => state !== 'RUNNING')) onNews();
    if (operations.some((operation) => operation.cancelRequested && !hasEnded(operation))) await onCancel();
  }
}
