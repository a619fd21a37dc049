import { messageOf, SitewideError } from '../core/errors.ts';
import { readHead, type FeedHead } from '../store/feed.ts';
import { claimLease, releaseLease, renewLease, type Lease } from '../store/lease.ts';
import { createFeedSink, type FeedSinkOptions } from './feed-sink.ts';
import type { InventoryOptions } from './inventory.ts';
import { keepWatching } from './watch-driver.ts';

// This broker's part in watching the manager: it takes the lease when nobody has it, and watches as long as it has it. A
// watch ends with its lease and a lease with its watch, so that nobody confirms what nobody watches.

/** What a watcher needs. */
export interface WatcherOptions
  extends InventoryOptions, Pick<FeedSinkOptions, 'database' | 'replica' | 'keepChanges'> {
  /** Names this process; no other one ever has the same name. */
  readonly owner: string;
  readonly leaseMs: number;
  /** Told when a watch ended because nothing can be written, although the database may answer: its disk is full. */
  readonly onUnwritten?: (error: unknown) => void;
}

/** A broker that watches, or would. Dispose it to give the lease back. */
export interface Watcher extends AsyncDisposable {
  /** Keeps the lease if it has it. Throws as every query. */
  renew(signal: AbortSignal): Promise<void>;
  /** Takes the lease if nobody has it, once everything up to this head is known. Throws as every query. */
  claim(head: FeedHead, signal: AbortSignal): Promise<void>;
  /** Gives up a lease that must have ended, as it could not be renewed. */
  expire(): Promise<void>;
}

interface Watch {
  readonly lease: Lease;
  readonly stop: AbortController;
  readonly done: Promise<void>;
  /** When it was renewed last, at the latest. */
  renewedAt: number;
}

/** Ending must not wait for a database that is away: the lease ends by itself. */
const releaseTimeoutMs = 500;

/** So often in a row the manager is tried until another broker may, which perhaps reaches it. */
const attempts = 3;

/** Starts without a lease. */
export function createWatcher(options: WatcherOptions): Watcher {
  const { database, replica, owner, leaseMs, clock, onError, onUnwritten } = options;
  let watch: Watch | null = null;
  let noClaimBefore = -Infinity;
  const end = async (reason: string): Promise<void> => {
    const ended = watch;
    watch = null;
    ended?.stop.abort(new Error(reason));
    await ended?.done;
  };
  const onGiveWay = (): void => {
    noClaimBefore = clock.now() + leaseMs;
  };
  const begin = (lease: Lease, head: FeedHead, claimedAt: number): Watch => {
    const stop = new AbortController();
    const done = watchAndAppend({ ...options, lease, head, onGiveWay }, stop.signal).catch((error: unknown) => {
      if (watch?.lease === lease) watch = null;
      if (stop.signal.aborted) return;
      if (error instanceof SitewideError && error.code === 'STORE_UNAVAILABLE') {
        onUnwritten?.(error);
        // Each attempt takes a whole inventory of the manager.
        if (clock.now() - claimedAt < leaseMs) onGiveWay();
      }
      onError?.(error);
    });
    return { lease, stop, done: done.then(() => release(lease)), renewedAt: claimedAt };
  };
  const release = async (lease: Lease): Promise<void> => {
    // A lease that cannot be given back ends by itself.
    await releaseLease(database, lease, AbortSignal.timeout(releaseTimeoutMs)).catch(() => undefined);
  };
  return {
    async renew(signal) {
      const kept = watch;
      const sentAt = clock.now();
      if (kept === null || sentAt - kept.renewedAt < leaseMs / 4) return;
      if (await renewLease(database, { ...kept.lease, leaseMs }, signal)) {
        kept.renewedAt = sentAt;
      } else if (watch === kept) {
        await end('Another broker has the lease.');
      }
    },
    async claim(head, signal) {
      if (watch !== null || head.isWatched || replica.revision() < head.revision) return;
      const claimedAt = clock.now();
      if (claimedAt < noClaimBefore) return;
      const lease = await claimLease(database, { owner, leaseMs }, signal);
      if (lease === null) return;
      try {
        // From now on nobody else appends what the manager tells; operations may be appended at any time.
        const last = await readHead(database, signal);
        await replica.follow(last, signal);
        watch = begin(lease, last, claimedAt);
      } catch (thrown) {
        await release(lease);
        throw thrown;
      }
    },
    async expire() {
      if (watch !== null && clock.now() - watch.renewedAt > leaseMs) {
        await end('The lease could not be renewed.');
      }
    },
    [Symbol.asyncDispose]: () => end('The inventory was closed.'),
  };
}

/** Ends when the signal aborts; throws when nothing can be appended any more. */
async function watchAndAppend(
  options: WatcherOptions & { readonly lease: Lease; readonly head: FeedHead; onGiveWay(): void },
  signal: AbortSignal,
): Promise<void> {
  const sink = createFeedSink(options, signal);
  let failures = 0;
  const onLost = async (error: unknown): Promise<void> => {
    if (sink.failed) throw error;
    failures = sink.isInForce ? 1 : failures + 1;
    await sink.lost(messageOf(error));
    if (failures >= attempts) {
      options.onGiveWay();
      throw error;
    }
    options.onError?.(error);
  };
  await keepWatching({ ...options, onLost }, sink, signal);
}
