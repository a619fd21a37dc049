import type { GraphQLObjectType } from 'graphql';

import { decodeCursor, hashList, type Trail } from '../core/cursor.ts';
import { pageAlias } from '../core/reserved.ts';
import type { SelectedField, SelectionScope } from '../core/selection.ts';
import type { SourceError } from '../merge/combine.ts';
import { type BytesOut, mergePages } from '../merge/connection.ts';
import type { Place } from '../merge/k-way.ts';
import type { Part } from '../merge/strategy.ts';
import type { Subquery } from '../merge/subquery.ts';
import { extendTrail, markMissed } from '../merge/trail.ts';
import type { Coverage, SourceCoverage } from '../model/coverage.ts';
import { defaultPageSize, type PageArgs } from '../model/page.ts';
import type { RequestContext } from '../model/request.ts';
import type { ListAnswer } from './field-question.ts';
import type { Reading } from './reading.ts';
import { partOf } from './row-supply.ts';

// A page of a list made of the pages of its sources, with cursors that say what the pages so far rest on.

/** Which list it is, and where in it. */
export interface WantedList extends PageArgs {
  readonly hash: Buffer;
  /** What the earlier pages rest on; null on the first page, or when the cursor is that of a row. */
  readonly earlier: Trail | null;
}

interface ListQuestion {
  /** What is asked, if it is from a document; then what does not change from request to request is made once. */
  readonly subquery?: Subquery;
  /** The name of the list. */
  readonly field: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
}

/** Reads the cursor at the gateway already, so that a bad one is refused once and not by every source. */
export function readList({ field, args, context, subquery }: ListQuestion): WantedList {
  const { first, last, after, before, ...identity } = args as PageArgs & Readonly<Record<string, unknown>>;
  const hash = (subquery && knownHashes.get(subquery)) ?? hashList(field, identity);
  if (subquery?.variableNames.length === 0) {
    knownHashes.set(subquery, hash);
  }
  const trails = [after, before].map((cursor) =>
    typeof cursor === 'string' ? decodeCursor(cursor, hash).trail : null,
  );
  // A tier above knows all sources that the pages so far rest on; this one does not.
  const earlier = context.isPart === true ? null : (trails.find((trail) => trail !== null) ?? null);
  return { first, last, hash, earlier };
}

/** Those of lists without variables. */
const knownHashes = new WeakMap<Subquery, Buffer>();

/** The records of the sources in view of the earlier pages. */
export function withEarlier({ earlier }: WantedList, records: readonly SourceCoverage[]): SourceCoverage[] {
  return markMissed(records, earlier);
}

interface MergeListOptions {
  readonly list: WantedList;
  readonly scope: SelectionScope;
  readonly type: GraphQLObjectType;
  /** The root field as the client selected it. */
  readonly field: SelectedField;
  readonly coverage: Coverage;
  /** Null: rows leave as values. */
  readonly bytesOut?: Pick<BytesOut, 'splicer' | 'responseName'> | null;
}

/** The page that these parts make. */
export function mergeList(
  { list, scope, type, field, coverage, bytesOut = null }: MergeListOptions,
  parts: readonly Reading[],
): ListAnswer {
  const { hash, earlier } = list;
  const trail = extendTrail(coverage.sources, revisionsOf(parts, hash), earlier);
  const merged = mergePages(
    { scope, type, field, ...extentOf(list), coverage, trail, bytesOut: bytesOut && { ...bytesOut, listHash: hash } },
    parts.map(partOf),
  );
  return {
    value: merged.value,
    errors: rowErrors(parts, merged.places),
    rows: merged.places.length,
    places: merged.places,
  };
}

/** How many rows are wanted, and from which end. */
export function extentOf({ first, last }: PageArgs): { readonly limit: number; readonly fromEnd: boolean } {
  return { limit: first ?? last ?? defaultPageSize, fromEnd: first == null && last != null };
}

/** The revision of each source's data, from the cursors of its page. */
function revisionsOf(parts: readonly Reading[], hash: Buffer): Record<string, number> {
  return Object.assign(
    {},
    ...parts.map(({ value, rows }) => {
      if (rows) {
        return rows.seen;
      }
      const { endCursor } = (value as Part)[pageAlias] as { endCursor: string | null };
      return endCursor === null ? {} : decodeCursor(endCursor, hash).trail?.seen;
    }),
  ) as Record<string, number>;
}

/** The errors inside rows, at the places that the rows have in the merged page; those of rows left out are left out. */
function rowErrors(parts: readonly Reading[], places: readonly Place[]): SourceError[] {
  if (parts.every(({ errors }) => errors.length === 0)) {
    return [];
  }
  const merged = new Map(places.map(({ list, row }, at) => [`${list} ${row}`, at]));
  return parts.flatMap(({ errors }, list) =>
    errors.flatMap((error) => {
      const [responseName, listName, row, ...rest] = error.path ?? [];
      if (typeof row !== 'number') {
        return [error];
      }
      const at = merged.get(`${list} ${row}`);
      return at === undefined ? [] : [{ ...error, path: [responseName!, listName!, at, ...rest] }];
    }),
  );
}
