import type { Place } from '../core/revision-vector.ts';
import type { Append } from '../store/feed.ts';

// The changes of the installation in their order, for readers that are each at a place of their own. A reader pulls: one
// that lags makes nobody wait and keeps nothing in memory.

/** The feed as one reader sees it. */
export interface FeedLog {
  /** Up to where this broker knows the feed; null before it knows anything. */
  place(): Place | null;
  /**
   * What comes after a place: first what there is, then what happens. It ends when the signal aborts, and throws
   * `STORE_UNAVAILABLE` only if changes that are no longer in memory cannot be read for longer than the reader's patience.
   * @param after Null: only what happens from now on.
   */
  follow(after: Place | null, signal: AbortSignal): AsyncIterable<LogBatch>;
  /** Waits until this broker knows the feed up to that place, 250 ms at most; false if it still does not. */
  reach(place: Place, signal: AbortSignal): Promise<boolean>;
}

/** What a reader gets next. */
export type LogBatch =
  /** Appends that follow each other without a gap. Of the first one, `skip` changes were seen before. */
  | { readonly kind: 'appends'; readonly feed: string; readonly appends: readonly Append[]; readonly skip: number }
  /** What was asked for is not kept, or is of another life of the feed; it goes on after this place. */
  | { readonly kind: 'gap'; readonly place: Place };
