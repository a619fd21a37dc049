import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Driver } from '../drivers/driver.ts';
import type { FeedLog } from './feed-log.ts';
import { createSnapshot } from './snapshot.ts';
import { createStateBox, type InventoryState, type StateBox } from './state.ts';
import { keepWatching, type InventorySink } from './watch-driver.ts';

// Keeps the snapshot of one installation current, for this broker alone: it watches the driver, patches what changes, and
// starts over when the stream is lost. It answers no questions about rows.

/** The installation as far as a broker knows it. Dispose it to end its loop; the driver stays its creator's. */
export interface InventoryFeed extends AsyncDisposable {
  /** The changes in their order; null for an inventory that this broker keeps for itself, whose numbers nobody shares. */
  readonly log: FeedLog | null;
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

/** Starts the feed of an installation. */
export function createInventory(options: InventoryOptions): InventoryFeed {
  const box = createStateBox(options.clock);
  const stop = new AbortController();
  const onLost = (error: unknown): void => {
    box.lost(messageOf(error));
    options.onError?.(error);
  };
  const running = keepWatching({ ...options, onLost }, sinkOf(box, options.installation), stop.signal);
  return {
    log: null,
    current: box.current,
    changed: box.changed,
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('The inventory was closed.'));
      await running;
    },
  };
}

/** Everything there is goes into the snapshot at once. */
function sinkOf(box: StateBox, installation: string): InventorySink {
  return {
    replace(inventory, changes) {
      const last = box.current().snapshot;
      const next = last === null ? createSnapshot(installation, inventory) : last.replace(inventory);
      box.reached(next.patch(changes));
    },
    patch(changes) {
      const snapshot = box.current().snapshot!;
      const next = snapshot.patch(changes);
      if (next !== snapshot) {
        box.reached(next);
      }
    },
  };
}
