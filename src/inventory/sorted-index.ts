import type { KeyValue } from '../core/key.ts';
import { compareValues, keyOf, type OrderDirection } from '../model/order.ts';
import type { SortedRows } from '../model/page.ts';

// The slots of a table in the order of their rows. Immutable; a patch takes out and puts in a few slots and copies the
// stretches between them, and leaves the index alone if no row's value changed.

/** Anything with a global id. */
interface Identified {
  readonly id: string;
}

/** How an index is sorted. */
export interface IndexOrder<R> {
  readonly valueOf: (row: R) => KeyValue;
  readonly direction: OrderDirection;
}

/** A row that left, came or changed. */
export interface SlotChange<R> {
  readonly slot: number;
  readonly from: R | null;
  readonly to: R | null;
}

/** The slots of rows in an order. */
export type SortedIndex = Uint32Array;

type Rows<R> = readonly (R | undefined)[];

/** Sorts all rows there are. */
export function buildIndex<R extends Identified>(rows: Rows<R>, order: IndexOrder<R>): SortedIndex {
  const entries: { readonly slot: number; readonly value: KeyValue; readonly id: string }[] = [];
  rows.forEach((row, slot) => {
    if (row !== undefined) {
      entries.push({ slot, value: order.valueOf(row), id: row.id });
    }
  });
  entries.sort((a, b) => compareValues(a.value, b.value, order.direction) || compareIds(a.id, b.id));
  return Uint32Array.from(entries, ({ slot }) => slot);
}

/**
 * The index after these changes; the very same one if none of them moves a row.
 * @param before The rows the index was built on.
 * @param after The rows with all changes made.
 */
export function patchIndex<R extends Identified>(
  index: SortedIndex,
  order: IndexOrder<R>,
  { before, after, changes }: { before: Rows<R>; after: Rows<R>; changes: readonly SlotChange<R>[] },
): SortedIndex {
  const moved = changes.filter(({ from, to }) => moves(from, to, order));
  if (moved.length === 0) {
    return index;
  }
  const gone = moved.flatMap(({ from }) => (from === null ? [] : [seek(index, before, order, from)]));
  const kept = without(index, gone);
  const come = moved
    .flatMap(({ slot, to }) => (to === null ? [] : [{ slot, row: to }]))
    .sort((a, b) => compareRows(a.row, b.row, order))
    .map(({ slot, row }) => ({ slot, at: seek(kept, after, order, row) }));
  return withSlots(kept, come);
}

/** The index as a list of rows that can be paged. */
export function sortedRows<R extends Identified>(
  index: SortedIndex,
  rows: Rows<R>,
  order: IndexOrder<R>,
): SortedRows<R> {
  const at = (position: number): R => rows[index[position]!]!;
  return {
    length: index.length,
    at,
    key(position) {
      const keys = keysOf(index);
      const slot = index[position]!;
      const known = keys.get(slot);
      if (known !== undefined) {
        return known;
      }
      const row = at(position);
      const key = keyOf(order.valueOf(row), order.direction, row.id);
      keys.set(slot, key);
      return key;
    },
  };
}

/** The keys of rows that were wanted lately, by slot: as long as an index is the same, so are they. */
const keysByIndex = new WeakMap<SortedIndex, Map<number, string>>();
/** So many of an index are kept, about 100 bytes each; making one takes ten times as long as finding it. */
const keptKeys = 8_192;

function keysOf(index: SortedIndex): Map<number, string> {
  const known = keysByIndex.get(index);
  if (known && known.size < keptKeys) {
    return known;
  }
  const none = new Map<number, string>();
  keysByIndex.set(index, none);
  return none;
}

function moves<R>(from: R | null, to: R | null, { valueOf }: IndexOrder<R>): boolean {
  return from === null || to === null ? from !== to : valueOf(from) !== valueOf(to);
}

function compareRows<R extends Identified>(a: R, b: R, { valueOf, direction }: IndexOrder<R>): number {
  return compareValues(valueOf(a), valueOf(b), direction) || compareIds(a.id, b.id);
}

/** Global ids are ASCII, where code units and code points are in the same order. */
function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The first position whose row does not come before the given one. */
function seek<R extends Identified>(index: SortedIndex, rows: Rows<R>, order: IndexOrder<R>, row: R): number {
  let low = 0;
  let high = index.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareRows(rows[index[middle]!]!, row, order) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function without(index: SortedIndex, positions: number[]): SortedIndex {
  const result = new Uint32Array(index.length - positions.length);
  let from = 0;
  let to = 0;
  for (const position of [...positions.sort((a, b) => a - b), index.length]) {
    result.set(index.subarray(from, position), to);
    to += position - from;
    from = position + 1;
  }
  return result;
}

/** @param come In ascending order; `at` is the position in the index before which the slot goes. */
function withSlots(index: SortedIndex, come: readonly { readonly slot: number; readonly at: number }[]): SortedIndex {
  const result = new Uint32Array(index.length + come.length);
  let from = 0;
  let to = 0;
  for (const { slot, at } of come) {
    result.set(index.subarray(from, at), to);
    to += at - from;
    result[to] = slot;
    to += 1;
    from = at;
  }
  result.set(index.subarray(from), to);
  return result;
}
