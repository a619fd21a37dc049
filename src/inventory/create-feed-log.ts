import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import { isLater, type Place } from '../core/revision-vector.ts';
import type { Database } from '../store/database.ts';
import { readChanges, type Append } from '../store/feed.ts';
import { createAppendRing } from './append-ring.ts';
import type { FeedLog, LogBatch } from './feed-log.ts';
import { numbered } from './replica.ts';

// The log that a broker's replica writes and its readers follow: from memory as long as they keep up, from the database
// when they lag. A reader who waits costs one promise that all of them share.

interface FeedLogOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** Has the replica look at the head of the feed at once. */
  readonly onWanted: () => void;
  /** How many changes are kept in memory. */
  readonly capacity?: number;
}

/** A log that can be written. */
export interface WritableFeedLog extends FeedLog {
  /** The replica took this append. */
  took(feed: string, append: Append): void;
  /** The replica has this revision without the appends before it. */
  jumped(feed: string, revision: number): void;
}

/** Some 40 MB at most: a change of a machine has about 2 kB. */
const defaultCapacity = 20_000;
/** How long a look-up that must not be older than something waits for it, in milliseconds. */
const reachMs = 250;
/** How long a token may be ahead of this broker before it is taken for one of a feed that was lost, in milliseconds. */
const aheadMs = 2_000;
/** How long a reader who lags waits for a database that is away, and how often it asks, in milliseconds. */
const patienceMs = 30_000;
const retryMs = 250;

/** A log that knows nothing yet. */
export function createFeedLog(options: FeedLogOptions): WritableFeedLog {
  const { clock, onWanted, capacity = defaultCapacity } = options;
  const ring = createAppendRing(capacity);
  let head: Place | null = null;
  let next = Promise.withResolvers<void>();
  const advance = (feed: string, revision: number): void => {
    head = { feed, revision, part: 0 };
    next.resolve();
    next = Promise.withResolvers<void>();
  };
  const present = async (signal: AbortSignal): Promise<Place> => {
    while (head === null) {
      await abortable(next.promise, signal);
    }
    return head;
  };
  const has = (place: Place): boolean => head !== null && (head.feed !== place.feed || !isLater(place, head));
  const reach = async (place: Place, signal: AbortSignal, limitMs = reachMs): Promise<boolean> => {
    if (has(place)) return true;
    onWanted();
    const over = new AbortController();
    const limit = AbortSignal.any([signal, over.signal]);
    const time = clock.sleep(limitMs, limit).then(() => over.abort());
    time.catch(() => undefined);
    while (!has(place) && !limit.aborted) {
      await abortable(next.promise, limit).catch(() => undefined);
    }
    over.abort();
    signal.throwIfAborted();
    return has(place);
  };
  const read = async (after: Place, signal: AbortSignal): Promise<readonly Append[]> =>
    ring.after(after.revision) ?? (await readStored(options, after.revision, signal));
  return {
    place: () => head,
    reach,
    took(feed, append) {
      if (head?.feed !== feed) ring.clear();
      ring.push(append);
      advance(feed, append.revision);
    },
    jumped(feed, revision) {
      ring.clear();
      advance(feed, revision);
    },
    async *follow(after, signal) {
      let place = after ?? (await present(signal));
      while (!signal.aborted) {
        const now = await present(signal);
        if (place.feed !== now.feed || (isLater(place, now) && !(await reach(place, signal, aheadMs)))) {
          place = await present(signal);
          yield { kind: 'gap', place };
          continue;
        }
        if (place.revision >= now.revision) {
          await abortable(next.promise, signal);
          continue;
        }
        const appends = await read(place, signal);
        if (appends[0]?.revision !== place.revision + 1) {
          place = await present(signal);
          yield { kind: 'gap', place };
          continue;
        }
        yield { kind: 'appends', feed: place.feed, appends, skip: place.part } satisfies LogBatch;
        place = { feed: place.feed, revision: appends.at(-1)!.revision, part: 0 };
      }
    },
  };
}

/** What the database keeps after a revision. While it is away, a reader waits for a while. */
async function readStored(
  { database, clock }: FeedLogOptions,
  revision: number,
  signal: AbortSignal,
): Promise<readonly Append[]> {
  const startedAt = clock.now();
  for (;;) {
    try {
      const appends = await readChanges(database, revision, signal);
      return appends.map((append) => ({ ...append, changes: numbered(append.changes, append.revision) }));
    } catch (thrown) {
      const isAway = thrown instanceof SitewideError && thrown.code === 'STORE_UNAVAILABLE';
      if (!isAway || clock.now() - startedAt > patienceMs) throw thrown;
      await clock.sleep(retryMs, signal);
    }
  }
}
