import {
  getNamedType,
  getNullableType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isListType,
  isObjectType,
} from 'graphql';

import { type Trail, withTrail } from '../core/cursor.ts';
import type { Coverage } from '../model/coverage.ts';
import { isExact } from '../model/coverage.ts';
import { mergeRuleOf } from './directives.ts';
import { mergeSorted, type Place } from './k-way.ts';
import { project } from './project.ts';
import { pageAlias, rowsAlias } from './reserved.ts';
import { collectSelection, type SelectedField, type SelectionScope, subselections } from './selection.ts';
import { mergeField, type Part } from './strategy.ts';

// Merging the pages of several sources into one page. The lists of a page (`edges`, `nodes`, under whatever alias) are
// aligned row by row with the cursors that the gateway asked for beside them, so that a row is moved without being read.

/** A page as one source answered it. */
export interface PagePart {
  readonly source: string;
  readonly value: Part;
}

interface MergePagesOptions {
  readonly scope: SelectionScope;
  readonly type: GraphQLObjectType;
  /** The root field as the client selected it. */
  readonly field: SelectedField;
  /** How many rows are wanted, and from which end. */
  readonly limit: number;
  readonly fromEnd: boolean;
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
  const { scope, type, field, limit, fromEnd } = options;
  const cursors = parts.map(({ value }) => cursorsOf(value));
  const keys = cursors.map((list) => list.map(keyOf));
  const places = mergeSorted(keys, { limit, fromEnd });
  const pageInfo = mergePageInfo(options, { parts, places, cursors });
  const value: Record<string, unknown> = {};
  for (const [responseName, selected] of collectSelection(scope, type, subselections(field))) {
    value[responseName] = mergePageField(options, { responseName, selected, parts, places, pageInfo });
  }
  return { value, places };
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
  readonly pageInfo: Record<string, unknown>;
}

function mergePageField(options: MergePagesOptions, page: PageFieldOptions): unknown {
  const { scope, type, coverage } = options;
  const { responseName, selected, parts, places } = page;
  if (selected.name === '__typename') {
    return type.name;
  }
  if (isRowList(type, selected.name)) {
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

interface MergedRows {
  readonly parts: readonly PagePart[];
  readonly places: readonly Place[];
  readonly cursors: readonly (readonly string[])[];
}

function mergePageInfo(
  { fromEnd, trail }: MergePagesOptions,
  { parts, places, cursors }: MergedRows,
): Record<string, unknown> {
  const pages = parts.map(({ value }) => value[pageAlias] as { hasNextPage: boolean; hasPreviousPage: boolean });
  const dropped = places.length < cursors.reduce((total, list) => total + list.length, 0);
  const end = (place: Place | undefined): string | null =>
    place ? withTrail(cursors[place.list]![place.row]!, trail) : null;
  return {
    hasNextPage: pages.some(({ hasNextPage }) => hasNextPage) || (dropped && !fromEnd),
    hasPreviousPage: pages.some(({ hasPreviousPage }) => hasPreviousPage) || (dropped && fromEnd),
    startCursor: end(places[0]),
    endCursor: end(places.at(-1)),
  };
}

function cursorsOf(value: Part): string[] {
  return (value[rowsAlias] as { cursor: string }[]).map(({ cursor }) => cursor);
}

function keyOf(cursor: string): string {
  return cursor.slice(0, cursor.indexOf('.'));
}

/** True for the lists of a page that have one element a row. */
function isRowList(type: GraphQLObjectType, fieldName: string): boolean {
  const field = type.getFields()[fieldName];
  return field !== undefined && isListType(getNullableType(field.type)) && isObjectType(getNamedType(field.type));
}
