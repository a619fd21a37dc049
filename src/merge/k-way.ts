// Merging sorted lists. Keys are texts whose order is the order of the rows (core/key.ts), so that nothing here knows
// what the rows are.

/** The place of a row in its list. */
export interface Place {
  /** Which list. */
  readonly list: number;
  /** Which row of it. */
  readonly row: number;
}

/** The sort keys of a list, ascending. */
export interface SortedKeys {
  readonly length: number;
  key(at: number): string;
  /** True if rows follow in the wanted direction that are not here. */
  readonly hasMore?: boolean | undefined;
}

/** What was merged. */
export interface Merged {
  readonly places: readonly Place[];
  /** The list that came to its end although it has more, so that nothing can be said of what comes next; null if none did. */
  readonly starved: number | null;
}

interface KWayOptions {
  /** How many rows are wanted at most. */
  readonly limit: number;
  /** True: the last rows are wanted instead of the first. The result is in list order all the same. */
  readonly fromEnd: boolean;
}

/**
 * The first (or last) rows of several sorted lists together, in order, by a binary heap of the lists' heads. Equal keys
 * come in the order of the lists.
 */
export function mergeSorted(lists: readonly SortedKeys[], { limit, fromEnd }: KWayOptions): Merged {
  const step = fromEnd ? -1 : 1;
  const heads: Head[] = [];
  lists.forEach((keys, list) => {
    const row = fromEnd ? keys.length - 1 : 0;
    if (keys.length > 0) {
      heads.push({ list, row, key: keys.key(row) });
    }
  });
  const precedes = fromEnd ? (a: Head, b: Head) => isBefore(b, a) : isBefore;
  for (let at = (heads.length >> 1) - 1; at >= 0; at -= 1) {
    sink(heads, at, precedes);
  }
  const places: Place[] = [];
  let starved: number | null = null;
  const empty = lists.findIndex(({ length, hasMore }) => length === 0 && hasMore === true);
  if (empty >= 0) {
    return { places, starved: empty };
  }
  while (places.length < limit && heads.length > 0 && starved === null) {
    const head = heads[0]!;
    places.push({ list: head.list, row: head.row });
    const row = head.row + step;
    const keys = lists[head.list]!;
    if (row < 0 || row >= keys.length) {
      starved = keys.hasMore === true && places.length < limit ? head.list : null;
      const moved = heads.pop()!;
      if (heads.length > 0) {
        heads[0] = moved;
      }
    } else {
      heads[0] = { list: head.list, row, key: keys.key(row) };
    }
    sink(heads, 0, precedes);
  }
  return { places: fromEnd ? places.reverse() : places, starved };
}

interface Head extends Place {
  readonly key: string;
}

function isBefore(a: Head, b: Head): boolean {
  return a.key < b.key || (a.key === b.key && (a.list < b.list || (a.list === b.list && a.row < b.row)));
}

function sink(heads: Head[], from: number, precedes: (a: Head, b: Head) => boolean): void {
  let at = from;
  for (;;) {
    const left = 2 * at + 1;
    const right = left + 1;
    let least = at;
    if (left < heads.length && precedes(heads[left]!, heads[least]!)) {
      least = left;
    }
    if (right < heads.length && precedes(heads[right]!, heads[least]!)) {
      least = right;
    }
    if (least === at) {
      return;
    }
    [heads[at], heads[least]] = [heads[least]!, heads[at]!];
    at = least;
  }
}
