import { SitewideError } from '../core/errors.ts';
import type { Predicate } from './filter.ts';

// Pages of a sorted list by key (keyset paging): a page is what lies between two keys, so that rows that come and go
// elsewhere never shift it. Knows no cursors: keys come in, keys go out.

/** How many rows a page has when the caller does not say. */
export const defaultPageSize = 50;
/** How many rows a page has at most: enough for any screen, and quick to merge and to print. */
const maximumPageSize = 1000;

/** The paging arguments of a list as GraphQL coerces them. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** How much of a list is wanted, from which of its ends. */
export interface PageSize {
  readonly limit: number;
  readonly from: 'START' | 'END';
}

/** Rows in the order of their keys. */
export interface SortedRows<R> {
  readonly length: number;
  /** The row at a position from 0 to length - 1. */
  at(position: number): R;
  /** The sort key of the row at a position. */
  key(position: number): string;
}

/** Which page of a list is wanted. */
export interface PageWanted<R> extends PageSize {
  /** Null: every row. */
  readonly predicate: Predicate<R> | null;
  /** Only rows with a greater key. */
  readonly after: string | null;
  /** Only rows with a smaller key. */
  readonly before: string | null;
}

/** A page, always in the order of the list, from whichever end it was taken. */
export interface Page<R> {
  readonly rows: readonly R[];
  /** The position of each row in the list, for its key. */
  readonly positions: readonly number[];
  /** True exactly if a row that meets the predicate follows the page. */
  readonly hasNextPage: boolean;
  /** True exactly if a row that meets the predicate precedes the page. */
  readonly hasPreviousPage: boolean;
}

/**
 * How much is wanted.
 * @throws SitewideError `INVALID_ARGUMENT` naming the argument and its value.
 */
export function validatePageArgs({ first, last }: PageArgs): PageSize {
  if (typeof first === 'number' && typeof last === 'number') {
    throw new SitewideError('INVALID_ARGUMENT', {
      argument: 'last',
      problem: 'it cannot be given together with "first"',
      found: `first ${first} and last ${last}`,
    });
  }
  if (typeof last === 'number') {
    return { limit: checkSize('last', last), from: 'END' };
  }
  return { limit: checkSize('first', first ?? defaultPageSize), from: 'START' };
}

function checkSize(argument: string, size: number): number {
  if (size < 1 || size > maximumPageSize) {
    const problem = `it must be from 1 to ${maximumPageSize}`;
    throw new SitewideError('INVALID_ARGUMENT', { argument, problem, found: size });
  }
  return size;
}

/** The wanted page of a sorted list. Costs the rows it looks at: few without a predicate. */
export function page<R>(rows: SortedRows<R>, { predicate, after, before, limit, from }: PageWanted<R>): Page<R> {
  const start = after === null ? 0 : firstBeyond(rows, after, true);
  const end = Math.max(start, before === null ? rows.length : firstBeyond(rows, before, false));
  const holds = (position: number): boolean => predicate === null || predicate(rows.at(position));
  const positions: number[] = [];
  let low = start;
  let high = end;
  if (from === 'START') {
    for (; low < end && positions.length < limit; low += 1) {
      if (holds(low)) positions.push(low);
    }
    high = low;
    low = start;
  } else {
    for (; high > start && positions.length < limit; high -= 1) {
      if (holds(high - 1)) positions.push(high - 1);
    }
    low = high;
    high = end;
    positions.reverse();
  }
  return {
    rows: positions.map((position) => rows.at(position)),
    positions,
    hasNextPage: someBetween(holds, high, rows.length),
    hasPreviousPage: someBetween(holds, 0, low),
  };
}

/** How many rows meet the predicate on all pages together. */
export function count<R>(rows: SortedRows<R>, predicate: Predicate<R> | null): number {
  if (predicate === null) {
    return rows.length;
  }
  let found = 0;
  for (let at = 0; at < rows.length; at += 1) {
    found += predicate(rows.at(at)) ? 1 : 0;
  }
  return found;
}

/** The first position whose key is greater than (or, unless strict, equal to) the given one. */
function firstBeyond(rows: SortedRows<unknown>, key: string, strict: boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = rows.key(middle);
    if (found < key || (strict && found === key)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Whether any position of a stretch holds. Without a predicate the first one does, so that this costs nothing. */
function someBetween(holds: (position: number) => boolean, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (holds(at)) return true;
  }
  return false;
}
