import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import { decodeRevisions, isLater, type Place } from '../core/revision-vector.ts';
import type { FeedLog, LogBatch } from '../inventory/feed-log.ts';
import { eventsOf, placeAfter, type RecordEvent, type ToRow, type Wanted } from '../model/event.ts';
import { createReminder } from './reminder.ts';

// One reader's way along the feed: its events, a GAP where changes are no longer kept, and now and then a BOOKMARK, so that
// the reader's place moves on although nothing happens that it wants.

/** An event that is of no record. */
export interface Mark {
  readonly type: 'GAP' | 'BOOKMARK';
  /** Where a reader who has this goes on. */
  readonly place: Place;
}

/** What a reader gets. */
export type FeedEvent = RecordEvent | Mark;

/** Where a reader begins. */
export interface Start {
  readonly place: Place;
  /** What the reader is told of that place first; null for one that goes on where it was. */
  readonly mark: Mark['type'] | null;
}

/** What following needs. */
export interface FollowOptions {
  readonly log: FeedLog;
  readonly clock: Clock;
  readonly wanted: Wanted;
  readonly toRow: ToRow;
}

/** Long enough not to matter to anybody, and short enough that the changes after it are still kept. */
const bookmarkAfterMs = 10_000;
/** How long a broker that has just started may take until it knows the feed. */
const feedPatienceMs = 5_000;
const feedLookMs = 100;

interface StartOptions extends Pick<FollowOptions, 'log' | 'clock'> {
  /** The configured id. */
  readonly installation: string;
  /** The token of an earlier event. */
  readonly after: string | null | undefined;
}

/**
 * Where a reader begins: after its token, or here. One that has no token is told its place at once, so that it can go on
 * even if it is cut off before the first event.
 * @throws SitewideError `REVISION_INVALID`, `STORE_UNAVAILABLE`, or the signal's reason.
 */
export async function startOf(
  { log, clock, installation, after = null }: StartOptions,
  signal: AbortSignal,
): Promise<Start> {
  const own = after === null ? undefined : decodeRevisions(after)[installation];
  if (own !== undefined) {
    return { place: own, mark: null };
  }
  const mark = after === null ? 'BOOKMARK' : 'GAP';
  return { place: await presentPlace(log, clock, signal), mark };
}

async function presentPlace(log: FeedLog, clock: Clock, signal: AbortSignal): Promise<Place> {
  for (const givesUpAt = clock.now() + feedPatienceMs; clock.now() < givesUpAt;) {
    const place = log.place();
    if (place !== null) {
      return place;
    }
    await clock.sleep(feedLookMs, signal);
  }
  throw new SitewideError('STORE_UNAVAILABLE', { problem: 'this broker has not read the feed yet' });
}

/** Reads on from a place until the signal aborts. Throws what reading the log throws. */
export async function* followFeed(
  { place, mark }: Start,
  options: FollowOptions,
  signal: AbortSignal,
): AsyncGenerator<FeedEvent, void, undefined> {
  if (mark !== null) {
    yield { type: mark, place };
  }
  const batches = options.log.follow(place, signal)[Symbol.asyncIterator]();
  try {
    yield* readBatches(batches, { ...options, from: place });
  } finally {
    // It may still wait, and then ends with the signal.
    batches.return?.().catch(() => undefined);
  }
}

async function* readBatches(
  batches: AsyncIterator<LogBatch>,
  { from, ...options }: FollowOptions & { readonly from: Place },
): AsyncGenerator<FeedEvent, void, undefined> {
  using bookmark = createReminder(options.clock);
  let [told, known] = [from, from];
  for (let next = batches.next(); ;) {
    const batch = await bookmark.orReminded(next);
    if (batch === 'reminded') {
      yield { type: 'BOOKMARK', place: known };
      told = known;
      continue;
    }
    if (batch.done === true) {
      return;
    }
    for (const event of readBatch(batch.value, options)) {
      bookmark.cancel();
      yield event;
      told = event.place;
    }
    known = endOf(batch.value) ?? known;
    if (isLater(known, told)) {
      bookmark.remind(bookmarkAfterMs);
    }
    next = batches.next();
  }
}

function* readBatch(batch: LogBatch, { wanted, toRow }: FollowOptions): Iterable<FeedEvent> {
  if (batch.kind === 'gap') {
    yield { type: 'GAP', place: batch.place };
  } else {
    yield* eventsOf(batch, wanted, toRow);
  }
}

function endOf(batch: LogBatch): Place | null {
  return batch.kind === 'gap' ? batch.place : placeAfter(batch);
}
