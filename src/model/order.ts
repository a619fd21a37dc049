import { encodeKey, type KeyValue } from '../core/key.ts';
import { compareText } from './code-point.ts';

// The order of a list. Rows are compared by value, which is quick and needs no keys in memory; the key of a row
// (src/core/key.ts) is made only where a cursor or a merge needs it. Both give the same order, which a property test checks.

/** Up or down. Ascending, rows without a value come last; descending, first. */
export type OrderDirection = 'ASC' | 'DESC';

/** How a list is sorted. Rows with equal values are always in ascending order of their global ids. */
export interface Order<Field extends string = string> {
  readonly field: Field;
  readonly direction: OrderDirection;
}

/** For each order field the value of a row. */
export type OrderTable<R, Field extends string> = Readonly<Record<Field, (row: R) => KeyValue>>;

/** The sort key of a row whose value by the order's field is known. */
export function keyOf(value: KeyValue, direction: OrderDirection, id: string): string {
  return encodeKey([{ value, descending: direction === 'DESC' }], id);
}

/** The order of two values of one order field. */
export function compareValues(a: KeyValue, b: KeyValue, direction: OrderDirection): number {
  return direction === 'DESC' ? compareAscending(b, a) : compareAscending(a, b);
}

/** Numbers before texts before null, as the tags of keys are. */
function compareAscending(a: KeyValue, b: KeyValue): number {
  if (a === null || b === null) {
    return Number(a === null) - Number(b === null);
  }
  if (typeof a === 'number') {
    return typeof b === 'number' ? compareNumbers(a, b) : -1;
  }
  return typeof b === 'number' ? 1 : compareText(a, b);
}

/** Not by subtraction, which gives NaN for two infinities. */
function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
