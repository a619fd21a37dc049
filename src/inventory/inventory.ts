import { setImmediate as nextTurn } from 'node:timers/promises';

import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { createDeadline } from '../core/deadline.ts';
import { messageOf } from '../core/errors.ts';
import type { Driver } from '../drivers/driver.ts';
import type { Change, Inventory } from '../model/resource.ts';
import { backOffMs } from './back-off.ts';
import { createSnapshot, type Snapshot } from './snapshot.ts';
import { createStateBox, type InventoryState } from './state.ts';

// Keeps the snapshot of one installation current: it watches the driver, takes an inventory, patches what changes, takes
// a whole new inventory now and then, and starts over when the stream is lost. It answers no questions about rows.

/** The installation as far as a broker knows it. Dispose it to end its loop; the driver stays its creator's. */
export interface InventoryFeed extends AsyncDisposable {
  /** What is known now. */
  current(): InventoryState;
  /** Waits for a state with a greater revision than this one; rejects with the signal's reason when it aborts. */
  changed(revision: number, signal: AbortSignal): Promise<InventoryState>;
}

/** What a feed needs. */
export interface InventoryOptions {
  readonly driver: Driver;
  /** The configured id of the installation. */
  readonly installation: string;
  readonly clock: Clock;
  /** From 0 to below 1, for the jitter of reconnecting. */
  readonly random: () => number;
  /** How long until a whole new inventory is taken although nothing was lost. */
  readonly resyncIntervalMs?: number;
  /** Told each time the driver fails; the feed itself goes on. */
  readonly onError?: (error: unknown) => void;
}

/** A full inventory is dear for a large installation, and only makes up for changes that a manager failed to report. */
const defaultResyncIntervalMs = 300_000;
/** How long the manager may take to give an inventory or to begin a watch: 50,000 machines of a slow one. */
const callTimeoutMs = 60_000;
/** At most 50 patches a second: a patch costs up to some milliseconds, and a storm of changes must not take all time. */
const patchIntervalMs = 20;
/** A connection that held this long counts as good, and the next loss starts with the shortest wait again. */
const steadyMs = 10_000;

/** Starts the feed of an installation. */
export function createInventory(options: InventoryOptions): InventoryFeed {
  const { clock, random, onError } = options;
  const box = createStateBox(clock);
  const stop = new AbortController();
  const run = async (): Promise<void> => {
    for (let failures = 0; !stop.signal.aborted;) {
      const startedAt = clock.now();
      try {
        await follow(options, box, stop.signal);
      } catch (error) {
        if (stop.signal.aborted) return;
        box.lost(messageOf(error));
        onError?.(error);
      }
      failures = clock.now() - startedAt >= steadyMs ? 1 : failures + 1;
      await clock.sleep(backOffMs(failures, random), stop.signal).catch(() => undefined);
    }
  };
  const running = run();
  return {
    current: box.current,
    changed: box.changed,
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('The inventory was closed.'));
      await running;
    },
  };
}

type StateBox = ReturnType<typeof createStateBox>;

/** One connection, from the watch to its loss. Ends only by throwing. */
async function follow(options: InventoryOptions, box: StateBox, parent: AbortSignal): Promise<never> {
  const { driver, clock, installation, resyncIntervalMs = defaultResyncIntervalMs } = options;
  const connection = new AbortController();
  const signal = AbortSignal.any([parent, connection.signal]);
  const stream = driver.watch(signal)[Symbol.asyncIterator]();
  try {
    await withTimeout(clock, signal, (limit) => abortable(stream.next(), limit));
    const incoming = readAll(stream, signal);
    const takeInventory = async (): Promise<Snapshot> => {
      const since = incoming.record();
      const inventory: Inventory = await withTimeout(clock, signal, (limit) =>
        abortable(Promise.race([driver.inventory(limit), incoming.lost]), limit),
      );
      const last = box.current().snapshot;
      const next = last === null ? createSnapshot(installation, inventory) : last.replace(inventory);
      return next.patch(since());
    };
    box.reached(await takeInventory());
    const patching = patchForever(clock, box, incoming, signal);
    const resyncing = (async (): Promise<never> => {
      for (;;) {
        await clock.sleep(resyncIntervalMs, signal);
        box.reached(await takeInventory());
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

async function patchForever(clock: Clock, box: StateBox, incoming: Incoming, signal: AbortSignal): Promise<never> {
  for (;;) {
    await abortable(incoming.arrived(), signal);
    await nextTurn(undefined, { signal });
    const snapshot = box.current().snapshot!;
    const next = snapshot.patch(incoming.take());
    if (next !== snapshot) {
      box.reached(next);
    }
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
