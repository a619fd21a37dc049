import type { Clock } from '../core/clock.ts';
import { createDeadline } from '../core/deadline.ts';
import { isLater, type Place } from '../core/revision-vector.ts';
import type { Append } from '../store/feed.ts';
import { createAppendRing } from './append-ring.ts';
import type { FeedLog } from './feed-log.ts';
import { followLog } from './follow-log.ts';
import { createOldAppends, type ReadAppends } from './old-appends.ts';
import { createWaiter, type Waiter } from './waiter.ts';

// The log that a broker's replica writes and its readers follow. What somebody has seen elsewhere and this broker has not is
// waited for; that it is lost is believed only once the database has said so.

interface FeedLogOptions {
  readonly clock: Clock;
  /** Reads what is no longer in memory. */
  readonly read: ReadAppends;
  /** Has the replica look at the head of the feed at once. */
  readonly onWanted: () => void;
  /** How many changes are kept in memory. */
  readonly capacity?: number;
}

/** A log that can be written. Dispose it to end its readers. */
export interface WritableFeedLog extends FeedLog, Disposable {
  /** The replica took this append. */
  took(feed: string, append: Append): void;
  /** The replica has this revision without the appends before it. */
  jumped(feed: string, revision: number): void;
  /** To be called before the head of the feed is read; what it gives, once the replica has everything up to that head. */
  looking(): () => void;
}

/** About 40 MB of machines: a change of one takes some 2 kB. */
const defaultCapacity = 20_000;
/** How long a look-up that must not be older than something waits for it, in milliseconds. */
const reachMs = 250;

/** A log that knows nothing yet. */
export function createFeedLog(options: FeedLogOptions): WritableFeedLog {
  const { clock, read, onWanted, capacity = defaultCapacity } = options;
  const ring = createAppendRing(capacity);
  const old = createOldAppends(read);
  const closed = new AbortController();
  const followers = new Set<Waiter>();
  const missing = new Set<Waiter>();
  let head: Place | null = null;
  // As long as the replica reads its way up, what it meets is not what happens now.
  let isKnown = false;
  let looks = 0;
  let confirmed = 0;
  const place = (): Place | null => (isKnown ? head : null);
  const has = (wanted: Place): boolean => {
    const now = place();
    return now?.feed === wanted.feed && !isLater(wanted, now);
  };
  const advance = (feed: string, revision: number): void => {
    isKnown &&= head?.feed === feed;
    head = { feed, revision, part: 0 };
    wakeAll(followers);
    wakeAll(missing);
  };
  const settled = async (isSettled: () => boolean, signal: AbortSignal): Promise<void> => {
    using waiter = createWaiter(signal);
    missing.add(waiter);
    onWanted();
    while (!isSettled() && !signal.aborted) {
      await waiter.wait();
    }
    missing.delete(waiter);
    signal.throwIfAborted();
  };
  const find = async (wanted: Place, signal: AbortSignal): Promise<boolean> => {
    const looksBefore = looks;
    if (has(wanted)) return true;
    await settled(() => has(wanted) || (isKnown && confirmed > looksBefore), signal);
    return has(wanted);
  };
  const present = async (signal: AbortSignal): Promise<Place> => {
    if (!isKnown) await settled(() => isKnown, signal);
    return place()!;
  };
  return {
    place,
    async reach(wanted, signal) {
      if (has(wanted)) return true;
      using deadline = createDeadline({ clock, timeoutMs: reachMs, parent: signal });
      const isReached = await find(wanted, deadline.signal).catch(() => false);
      signal.throwIfAborted();
      return isReached;
    },
    follow(after, signal) {
      const limit = AbortSignal.any([signal, closed.signal]);
      return followLog({ clock, ring, old, followers, place, has, find, present }, after ?? place(), limit);
    },
    took(feed, append) {
      if (head?.feed !== feed) ring.clear();
      ring.push(append);
      advance(feed, append.revision);
    },
    jumped(feed, revision) {
      ring.clear();
      advance(feed, revision);
    },
    looking() {
      looks += 1;
      const look = looks;
      return () => {
        confirmed = Math.max(confirmed, look);
        isKnown = head !== null;
        wakeAll(missing);
      };
    },
    [Symbol.dispose]: () => closed.abort(new Error('The feed was closed.')),
  };
}

function wakeAll(waiters: ReadonlySet<Waiter>): void {
  waiters.forEach((waiter) => waiter.wake());
}
