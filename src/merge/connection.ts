import { getNamedType, type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql';

import { encodeCursor, type Trail, withTrail } from '../core/cursor.ts';
import type { JsonSplicer } from '../core/json-splicer.ts';
import { pageAlias, rowsAlias } from '../core/reserved.ts';
import { collectSelection, type SelectedField, type SelectionScope, subselections } from '../core/selection.ts';
import type { Coverage } from '../model/coverage.ts';
import { isExact } from '../model/coverage.ts';
import { PageInfo } from '../model/page-info.ts';
import { blockOfTexts, type RowBlock } from '../rows/row-block.ts';
import { rowTypeOf } from '../rows/row-form.ts';
import { rowList } from '../rows/row-list.ts';
import { mergeRuleOf } from './directives.ts';
import { type Merged, mergeSorted, type Place, type SortedKeys } from './k-way.ts';
import { project } from './project.ts';
import { mergeField, type Part } from './strategy.ts';

// Merging the pages of several sources into one page. The lists of a page (`edges`, `nodes`, under whatever alias) are
// aligned row by row with the cursors that the gateway asked for beside them, so that a row is moved without being read. Of
// rows that came as bytes, not even that is known; they leave as bytes as well.

/** A page as one source answered it. */
export interface PagePart {
  readonly source: string;
  readonly value: Part;
  /** Its rows, if they came as bytes; null if they are in the lists of `value`. */
  readonly rows: PartRows | null;
}

/** The rows of one source as bytes. */
export interface PartRows {
  readonly block: RowBlock;
  /** True if they are as many as were asked for, so that there may be more. */
  readonly isFull: boolean;
}

/** How rows leave as bytes. */
export interface BytesOut {
  readonly splicer: JsonSplicer;
  /** The response name of the one list that is asked for. */
  readonly responseName: string;
  /** That of the list, for the cursors of rows that came as bytes. */
  readonly listHash: Buffer;
}

interface MergePagesOptions {
  readonly scope: SelectionScope;
  readonly type: GraphQLObjectType;
  /** The root field as the client selected it. */
  readonly field: SelectedField;
  /** How many rows are wanted, and from which end. */
  readonly limit: number;
  readonly fromEnd: boolean;
  /** Null: rows leave as values. */
  readonly bytesOut: BytesOut | null;
  readonly coverage: Coverage;
  /** What the cursors of this page carry. */
  readonly trail: Trail;
}

/** The merged page, and where each of its rows came from. */
export interface MergedPage {
  readonly value: Record<string, unknown>;
  readonly places: readonly Place[];
}

/** Merges pages. */
export function mergePages(options: MergePagesOptions, parts: readonly PagePart[]): MergedPage {
  const { scope, type, field } = options;
  const { places } = placeRows(parts, options);
  const cursorAt = ({ list, row }: Place): string => cursorOf(parts[list]!, row, options.bytesOut);
  const pageInfo = mergePageInfo(options, { parts, places, cursorAt });
  const value: Record<string, unknown> = {};
  for (const [responseName, selected] of collectSelection(scope, type, subselections(field))) {
    value[responseName] = mergePageField(options, { responseName, selected, parts, places, pageInfo, cursorAt });
  }
  return { value, places };
}

/** Which rows of these pages are on the merged one, in its order; as far as can be told. */
export function placeRows(
  parts: readonly PagePart[],
  { limit, fromEnd }: Pick<MergePagesOptions, 'limit' | 'fromEnd'>,
): Merged {
  return mergeSorted(
    parts.map((part) => keysOf(part, { limit, fromEnd })),
    { limit, fromEnd },
  );
}

/** What came as values is as much as can be on the merged page; what came as bytes may be the beginning of it. */
function keysOf(
  { value, rows }: PagePart,
  { limit, fromEnd }: Pick<MergePagesOptions, 'limit' | 'fromEnd'>,
): SortedKeys {
  if (rows === null) {
    const keys = cursorsOf(value).map(keyOf);
    return { length: keys.length, key: (at) => keys[at]! };
  }
  const { block, isFull } = rows;
  const { hasNextPage, hasPreviousPage } = pageOf(value);
  const hasMore = isFull && block.length < limit && (fromEnd ? hasPreviousPage : hasNextPage);
  return { length: block.length, key: (at) => block.key(at), hasMore };
}

/** The cursor of a row. */
function cursorOf({ value, rows }: PagePart, row: number, bytesOut: BytesOut | null): string {
  return rows === null || bytesOut === null
    ? (value[rowsAlias] as { cursor: string }[])[row]!.cursor
    : encodeCursor(rows.block.key(row), bytesOut.listHash);
}

/** What a source says of where its page is. */
export function pageOf(value: Part): { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean } {
  return value[pageAlias] as { hasNextPage: boolean; hasPreviousPage: boolean };
}

/**
 * What is wrong with a page, or null if nothing is: its lists must be as long as its cursors, and its keys ascending.
 * A page that is wrong must not be merged, for it would spoil the order of all.
 */
export function problemOfPage(value: Part): string | null {
  const keys = cursorsOf(value).map(keyOf);
  if (keys.some((key, at) => at > 0 && key < keys[at - 1]!)) {
    return 'its rows are out of order';
  }
  // Every list on a page has one element a row.
  const odd = Object.entries(value).find(([, list]) => Array.isArray(list) && list.length !== keys.length);
  return odd ? `its list "${odd[0]}" is not as long as its page` : null;
}

/** How many rows a page has. */
export function rowCount(value: Part): number {
  return (value[rowsAlias] as unknown[]).length;
}

interface PageFieldOptions {
  readonly responseName: string;
  readonly selected: SelectedField;
  readonly parts: readonly PagePart[];
  readonly places: readonly Place[];
  readonly pageInfo: PageInfo;
  readonly cursorAt: (place: Place) => string;
}

function mergePageField(options: MergePagesOptions, page: PageFieldOptions): unknown {
  const { scope, type, coverage, bytesOut } = options;
  const { responseName, selected, parts, places } = page;
  if (selected.name === '__typename') {
    return type.name;
  }
  if (rowTypeOf(type, selected.name) !== null) {
    if (bytesOut !== null) {
      return responseName === bytesOut.responseName
        ? bytesOut.splicer.place(
            rowList(
              parts.map((part) => blockOf(part, responseName)),
              places,
            ),
          )
        : places.map((place) => ({ cursor: page.cursorAt(place) }));
    }
    // A list may be null with an error beside it: then its rows are null.
    const lists = parts.map(({ value }) => value[responseName] as unknown[] | null);
    return places.map(({ list, row }) => lists[list]?.[row] ?? null);
  }
  const values = parts.map(({ value }) => value);
  const fieldType = getNamedType(type.getFields()[selected.name]!.type);
  switch (fieldType.name) {
    case 'PageInfo':
      return project(scope, { type: fieldType as GraphQLObjectType, field: selected }, page.pageInfo);
    case 'Coverage':
      return project(scope, { type: fieldType as GraphQLObjectType, field: selected }, { ...coverage });
    case 'TotalCountRelation':
      return mergeRelation(
        // What is below the rows is not counted.
        { coverage, counts: (name) => name.startsWith(`${type.name}.`) && isCounted(scope.schema, name) },
        values.map((value) => value[responseName]),
      );
    default:
      return mergeField({ scope, type, responseName, field: selected }, values);
  }
}

interface Totals {
  readonly coverage: Coverage;
  /** Whether a field, as `Type.field`, is a part of what is counted. */
  readonly counts: (field: string) => boolean;
}

/** Exact only if no source is missing, old or without a part of it, and every one says that it is exact itself. */
export function mergeRelation({ coverage, counts }: Totals, relations: readonly unknown[]): 'EQUAL' | 'AT_LEAST' {
  const isEqual = isExact(coverage.sources, counts) && relations.every((relation) => relation === 'EQUAL');
  return isEqual ? 'EQUAL' : 'AT_LEAST';
}

/** True if the values of a field, as `Type.field`, are put together, so that one that is missing makes the whole less. */
export function isCounted(schema: GraphQLSchema, name: string): boolean {
  const [typeName = '', fieldName = ''] = name.split('.');
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  const rule = field && mergeRuleOf(field);
  return rule != null && rule.kind !== 'ANY';
}

/** The rows of a part as bytes, whichever way they came. */
function blockOf({ value, rows }: PagePart, responseName: string): RowBlock {
  // A list may be null with an error beside it: then its rows are null.
  const list = value[responseName] as readonly unknown[] | null;
  return (
    rows?.block ??
    blockOfTexts({ length: rowCount(value), key: () => '', text: (at) => JSON.stringify(list?.[at] ?? null) })
  );
}

interface MergedRows {
  readonly parts: readonly PagePart[];
  readonly places: readonly Place[];
  readonly cursorAt: (place: Place) => string;
}

function mergePageInfo({ fromEnd, trail }: MergePagesOptions, { parts, places, cursorAt }: MergedRows): PageInfo {
  const pages = parts.map(({ value }) => pageOf(value));
  const dropped = places.length < parts.reduce((total, part) => total + countRows(part), 0);
  const more = {
    hasNextPage: pages.some(({ hasNextPage }) => hasNextPage) || (dropped && !fromEnd),
    hasPreviousPage: pages.some(({ hasPreviousPage }) => hasPreviousPage) || (dropped && fromEnd),
  };
  return new PageInfo(more, (end) => {
    const place = places.at(end === 'START' ? 0 : -1);
    return place ? withTrail(cursorAt(place), trail) : null;
  });
}

function countRows({ value, rows }: PagePart): number {
  return rows?.block.length ?? rowCount(value);
}

function cursorsOf(value: Part): string[] {
  return (value[rowsAlias] as { cursor: string }[]).map(({ cursor }) => cursor);
}

function keyOf(cursor: string): string {
  return cursor.slice(0, cursor.indexOf('.'));
}
