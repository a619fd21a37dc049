import type { Append } from '../store/feed.ts';

// The latest appends of the feed in memory, so that readers who keep up never ask the database. Bounded by the changes they
// hold, and without gaps: what does not follow the last one begins it anew.

/** The latest appends. */
export interface AppendRing {
  push(append: Append): void;
  /** Some appends after this revision in their order; null if the next one is not here. Empty if there is none yet. */
  after(revision: number): readonly Append[] | null;
  clear(): void;
}

/** So many appends are given at once: a reader who lags lets others have their turn. */
const appendsPerRead = 200;

/** A ring of appends with so many changes together, and always at least the last append. */
export function createAppendRing(capacity: number): AppendRing {
  let appends: Append[] = [];
  let first = 0;
  let held = 0;
  const clear = (): void => {
    appends = [];
    first = 0;
    held = 0;
  };
  return {
    push(append) {
      const last = appends.at(-1);
      if (last !== undefined && append.revision !== last.revision + 1) clear();
      appends.push(append);
      held += append.changes.length;
      while (held > capacity && first < appends.length - 1) {
        held -= appends[first]!.changes.length;
        first += 1;
      }
      // Cut off in large pieces, since each cut moves all that stays.
      if (first > appends.length / 2) {
        appends = appends.slice(first);
        first = 0;
      }
    },
    after(revision) {
      const oldest = appends[first];
      if (oldest === undefined || revision + 1 < oldest.revision) return null;
      const from = first + (revision + 1 - oldest.revision);
      return appends.slice(from, from + appendsPerRead);
    },
    clear,
  };
}
