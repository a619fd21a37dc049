import type { FeedChange } from '../model/resource.ts';
import type { Append } from '../store/feed.ts';

// The latest appends of the feed in memory, so that readers who keep up never ask the database. Bounded by the changes they
// hold, and without gaps: what does not follow the last one begins it anew.

/** The latest appends. */
export interface AppendRing {
  push(append: Append): void;
  /** Some appends after this revision in their order; null if the next one is not here. */
  after(revision: number): readonly Append[] | null;
  clear(): void;
}

/** So many appends are given at once: a reader who lags lets others have their turn. */
const appendsPerRead = 200;
/** A record is about as large as so many entries of its lists: disks, snapshots, steps. */
const entriesPerRecord = 8;

/** A ring of appends that weigh so much together, in changes of usual records, and always at least the last append. */
export function createAppendRing(capacity: number): AppendRing {
  let appends: Append[] = [];
  let weights: number[] = [];
  let first = 0;
  let held = 0;
  const clear = (): void => {
    appends = [];
    weights = [];
    first = 0;
    held = 0;
  };
  return {
    push(append) {
      const last = appends.at(-1);
      if (last !== undefined && append.revision !== last.revision + 1) clear();
      const weight = append.changes.reduce((sum, change) => sum + weightOf(change), 0);
      appends.push(append);
      weights.push(weight);
      held += weight;
      while (held > capacity && first < appends.length - 1) {
        held -= weights[first]!;
        first += 1;
      }
      // Cut off in large pieces, since each cut moves all that stays.
      if (first > appends.length / 2) {
        appends = appends.slice(first);
        weights = weights.slice(first);
        first = 0;
      }
    },
    after(revision) {
      const oldest = appends[first];
      const from = revision + 1 - (oldest?.revision ?? Infinity);
      return from < 0 || first + from >= appends.length
        ? null
        : appends.slice(first + from, first + from + appendsPerRead);
    },
    clear,
  };
}

function weightOf({ before, after }: FeedChange): number {
  let entries = 0;
  for (const record of [before, after]) {
    for (const value of Object.values(record ?? {}) as readonly unknown[]) {
      if (Array.isArray(value)) entries += value.length;
    }
  }
  return 1 + entries / entriesPerRecord;
}
