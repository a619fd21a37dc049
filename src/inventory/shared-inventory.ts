import { messageOf } from '../core/errors.ts';
import type { Place } from '../core/revision-vector.ts';
import type { Database } from '../store/database.ts';
import { openFeed, readChanges, readHead, renewFeed, type FeedHead } from '../store/feed.ts';
import { migrate } from '../store/migrate.ts';
import { listen } from '../store/notify.ts';
import type { ReadAppends } from './old-appends.ts';
import type { InventoryFeed } from './inventory.ts';
import { createFeedLog } from './create-feed-log.ts';
import { createReplica } from './replica.ts';
import { createSharedState } from './shared-state.ts';
import { createWatcher, type WatcherOptions } from './watcher.ts';

// Keeps the snapshot of one installation current together with its other brokers: one of them watches the driver and
// appends to the feed in the database, all follow the feed. Nothing here ends because the database is away: the snapshot
// stays, and everything goes on by itself when the database is back.

/** What a shared inventory needs. */
export interface SharedInventoryOptions extends Omit<
  WatcherOptions,
  'replica' | 'leaseMs' | 'keepChanges' | 'onUnwritten'
> {
  /** How many changes the feed keeps at least; a broker that is further behind reads the stored snapshot. */
  readonly keepChanges?: number;
}

/** A watcher that stops is replaced after this and a beat. Short, as nobody hears of changes meanwhile. */
const leaseMs = 3_000;
/** How often a broker looks at the head of the feed although nothing woke it: three times in a lease. */
const beatMs = 1_000;
/** A confirmation this old still counts as current: the time in which a watcher that died is replaced. */
const graceMs = 2 * leaseMs;
/** 50 moves of the usage of 10,000 machines. On disk 50 MB if many change at once, 600 MB if each changes alone. */
const defaultKeepChanges = 500_000;

/** Starts to follow, and to watch when it is this broker's turn. The database stays its creator's. */
export function createSharedInventory(options: SharedInventoryOptions): InventoryFeed {
  const { database, installation, clock, onError } = options;
  const stop = new AbortController();
  const { signal } = stop;
  const state = createSharedState({ clock, graceMs });
  let wake = Promise.withResolvers<void>();
  const read: ReadAppends = (place) => readChanges(database, place, signal);
  const log = createFeedLog({ clock, read, onWanted: () => wake.resolve() });
  const learn = (): void => {
    // While a new life of the feed is read, the last inventory of the old one is better than none.
    const snapshot = replica.inventory();
    if (snapshot !== null) state.learn({ snapshot });
  };
  const replica = createReplica({
    database,
    installation,
    onAppend(feed, append) {
      // Whoever hears of a change through the log finds it in the snapshot.
      learn();
      log.took(feed, append);
    },
    onJump(feed, revision) {
      learn();
      log.jumped(feed, revision);
    },
  });
  const onUnwritten = (error: unknown): void => state.learn({ unwrittenMessage: messageOf(error) });
  const watcher = createWatcher({ keepChanges: defaultKeepChanges, ...options, replica, leaseMs, onUnwritten });
  let isOpen = false;
  let problem: string | null = null;
  const beat = async (): Promise<void> => {
    if (!isOpen) {
      await migrate(database, signal);
      await openFeed(database, installation, signal);
      isOpen = true;
    }
    await watcher.renew(signal);
    const askedAt = clock.now();
    const looked = log.looking();
    const head = await readLiveHead(database, replica.place(), signal);
    await replica.follow(head, signal);
    looked();
    state.learn({
      snapshot: replica.inventory(),
      watch: head.state,
      watchMessage: head.message,
      confirmedAt: head.confirmedMsAgo === null ? null : Math.floor(askedAt - head.confirmedMsAgo),
      storeMessage: null,
      ...(head.isWatched && head.state !== 'STARTING' ? { unwrittenMessage: null } : {}),
    });
    await watcher.claim(head, signal);
    problem = null;
  };
  const failed = async (error: unknown): Promise<void> => {
    // It may be another database that comes back.
    isOpen = false;
    state.learn({ storeMessage: messageOf(error) });
    if (problem !== messageOf(error)) {
      problem = messageOf(error);
      onError?.(error);
    }
    await watcher.expire();
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      wake = Promise.withResolvers();
      await beat().catch((error: unknown) => (signal.aborted ? undefined : failed(error)));
      await soonest(wake.promise, (limit) => clock.sleep(beatMs, limit), signal);
    }
  };
  const listening = async (): Promise<void> => {
    while (!signal.aborted) {
      // The beat finds out, and tells, that the database is away.
      await listen(database.url, () => wake.resolve(), signal).catch(() => undefined);
      await clock.sleep(beatMs, signal).catch(() => undefined);
    }
  };
  const running = Promise.all([run(), listening()]);
  return {
    log,
    current: state.current,
    changed: state.changed,
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('The inventory was closed.'));
      log[Symbol.dispose]();
      await running;
      await watcher[Symbol.asyncDispose]();
    },
  };
}

/** The head of the feed; of one that lost what was seen of it, the head of its next life. */
async function readLiveHead(database: Database, seen: Place | null, signal: AbortSignal): Promise<FeedHead> {
  const head = await readHead(database, signal);
  if (seen === null || head.feed !== seen.feed || head.revision >= seen.revision) {
    return head;
  }
  await renewFeed(database, seen, signal);
  return readHead(database, signal);
}

/** Waits for the one or the other, and leaves no timer behind. */
async function soonest(
  event: Promise<void>,
  sleep: (limit: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  await Promise.race([event, sleep(AbortSignal.any([signal, over.signal])).catch(() => undefined)]);
  over.abort();
}
