import { setImmediate as nextTurn } from 'node:timers/promises';

import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { createDeadline } from '../core/deadline.ts';
import type { Driver } from '../drivers/driver.ts';
import type { Change, Inventory } from '../model/resource.ts';
import { backOffMs } from './back-off.ts';

// Watches a hypervisor manager: over one connection after the other it takes an inventory, then what changes, and a whole
// new inventory now and then. What becomes of them is up to the sink.

/** What takes what a manager tells. It takes one thing after the other, in the order in which it was told. */
export interface InventorySink {
  /** Everything there was at some instant, and what changed during or after it. */
  replace(inventory: Inventory, changes: readonly Change[]): void | Promise<void>;
  /** What changed; may repeat what is known. */
  patch(changes: readonly Change[]): void | Promise<void>;
}

/** What a connection needs. */
export interface WatchOptions {
  readonly driver: Driver;
  readonly clock: Clock;
  /** How long until a whole new inventory is taken although nothing was lost. */
  readonly resyncIntervalMs?: number | undefined;
}

/** A full inventory is dear for a large installation, and only makes up for changes that a manager failed to report. */
const defaultResyncIntervalMs = 300_000;
/** How long the manager may take to give an inventory or to begin a watch: 50,000 machines of a slow one. */
const callTimeoutMs = 60_000;
/** At most 50 patches a second: a patch costs up to some milliseconds, and a storm of changes must not take all time. */
const patchIntervalMs = 20;

/** A connection that held this long counts as good, and the next loss starts with the shortest wait again. */
const steadyMs = 10_000;

/**
 * Watches, and connects again whenever the connection is lost, until the signal aborts.
 * @param onLost Told of each loss; what it throws ends the watching.
 */
export async function keepWatching(
  options: WatchOptions & { readonly random: () => number; onLost(error: unknown): void | Promise<void> },
  sink: InventorySink,
  signal: AbortSignal,
): Promise<void> {
  const { clock, random, onLost } = options;
  for (let failures = 0; !signal.aborted;) {
    const startedAt = clock.now();
    try {
      await watchDriver(options, sink, signal);
    } catch (error) {
      if (signal.aborted) return;
      await onLost(error);
    }
    failures = clock.now() - startedAt >= steadyMs ? 1 : failures + 1;
    await clock.sleep(backOffMs(failures, random), signal).catch(() => undefined);
  }
}

/**
 * Watches until the connection is lost, the sink fails or the signal aborts.
 * @throws SitewideError of a driver code, what the sink threw, or the signal's reason. It never ends otherwise.
 */
async function watchDriver(options: WatchOptions, sink: InventorySink, parent: AbortSignal): Promise<never> {
  const { driver, clock, resyncIntervalMs = defaultResyncIntervalMs } = options;
  const connection = new AbortController();
  const signal = AbortSignal.any([parent, connection.signal]);
  const stream = driver.watch(signal)[Symbol.asyncIterator]();
  try {
    await withTimeout(clock, signal, (limit) => abortable(stream.next(), limit));
    const incoming = readAll(stream, signal);
    const takeInventory = async (): Promise<void> => {
      const since = incoming.record();
      const inventory: Inventory = await withTimeout(clock, signal, (limit) =>
        abortable(Promise.race([driver.inventory(limit), incoming.lost]), limit),
      );
      await sink.replace(inventory, since());
    };
    await takeInventory();
    const patching = patchForever({ clock, sink, incoming }, signal);
    const resyncing = (async (): Promise<never> => {
      for (;;) {
        await clock.sleep(resyncIntervalMs, signal);
        await takeInventory();
      }
    })();
    return await Promise.race([incoming.lost, patching, resyncing].map(silenced));
  } finally {
    connection.abort(new Error('The connection to the hypervisor manager was given up.'));
    stream.return?.().then(undefined, () => undefined);
  }
}

interface Incoming {
  /** Never resolves; rejects when the stream ends, whatever the reason. */
  readonly lost: Promise<never>;
  /** Resolves when there is something to take. */
  arrived(): Promise<void>;
  /** Everything that arrived since the last time. */
  take(): readonly Change[];
  /** Starts to keep a copy of what arrives; the function it gives ends that and hands the copy over. */
  record(): () => readonly Change[];
}

/** Reads the stream as fast as it comes, so that a burst waits here and not at the manager. */
function readAll(stream: AsyncIterator<readonly Change[]>, signal: AbortSignal): Incoming {
  let pending: Change[] = [];
  let wake = Promise.withResolvers<void>();
  const recordings = new Set<Change[]>();
  const read = async (): Promise<never> => {
    for (;;) {
      const batch = await abortable(stream.next(), signal);
      if (batch.done === true) {
        throw new Error('The stream of changes ended.');
      }
      for (const change of batch.value) {
        pending.push(change);
        recordings.forEach((recording) => recording.push(change));
      }
      wake.resolve();
    }
  };
  return {
    lost: silenced(read()),
    arrived: () => wake.promise,
    take() {
      const taken = pending;
      pending = [];
      wake = Promise.withResolvers<void>();
      return taken;
    },
    record() {
      const recording: Change[] = [];
      recordings.add(recording);
      return () => {
        recordings.delete(recording);
        return recording;
      };
    },
  };
}

interface Patching {
  readonly clock: Clock;
  readonly sink: InventorySink;
  readonly incoming: Incoming;
}

async function patchForever({ clock, sink, incoming }: Patching, signal: AbortSignal): Promise<never> {
  for (;;) {
    await abortable(incoming.arrived(), signal);
    await nextTurn(undefined, { signal });
    await sink.patch(incoming.take());
    await clock.sleep(patchIntervalMs, signal);
  }
}

async function withTimeout<T>(
  clock: Clock,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  using deadline = createDeadline({ clock, timeoutMs: callTimeoutMs, parent });
  return await work(deadline.signal);
}

/** The same promise, whose rejection may also go unseen: several of them end together and the first one is heard. */
function silenced<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
