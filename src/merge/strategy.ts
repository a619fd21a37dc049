import { getNamedType, getNullableType, type GraphQLObjectType, isObjectType } from 'graphql';

import { neededAlias } from '../core/reserved.ts';
import { decodeRevisions, encodeRevisions, laterRevisions } from '../core/revision-vector.ts';
import { collectSelection, type SelectedField, type SelectionScope, subselections } from '../core/selection.ts';
import { mergeRuleOf, type MergeRule } from './directives.ts';
import { compareKeys, type GroupKey } from './group-key.ts';
import { isMergedByField } from './shape.ts';

// Merging the values that several sources give for one field, by the rule that the schema writes beside the field.

/** An object as a source answered it, by response name. */
export type Part = Readonly<Record<string, unknown>>;

interface MergeFieldOptions {
  readonly scope: SelectionScope;
  /** The type of the objects. */
  readonly type: GraphQLObjectType;
  readonly responseName: string;
  readonly field: SelectedField;
}

/**
 * The objects of several sources as one object, each field by its own rule; fields without one take the first value.
 * Merging is associative, so that tiers may merge what tiers below them have merged.
 */
export function mergeObjects(
  scope: SelectionScope,
  { type, field }: { readonly type: GraphQLObjectType; readonly field: SelectedField },
  parts: readonly Part[],
): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const [responseName, selected] of collectSelection(scope, type, subselections(field))) {
    merged[responseName] = mergeField({ scope, type, responseName, field: selected }, parts);
  }
  return merged;
}

/** One field of the objects of several sources. */
export function mergeField(options: MergeFieldOptions, parts: readonly Part[]): unknown {
  const { type, field, responseName } = options;
  if (field.name === '__typename') {
    return type.name;
  }
  const values = parts.map((part) => part[responseName] ?? null);
  const rule = mergeRuleOf(type.getFields()[field.name]!) ?? { kind: 'ANY' };
  switch (rule.kind) {
    case 'SUM':
      return sum(values);
    case 'MIN':
      return extreme(values, (a, b) => a < b);
    case 'MAX':
      return extreme(values, (a, b) => a > b);
    case 'MAX_OF_ALL':
      return values.includes(null) ? null : extreme(values, (a, b) => a > b);
    case 'ANY':
      return any(options, values);
    case 'CONCAT':
      return values.every((value) => value === null) ? null : values.flatMap((value) => value ?? []);
    case 'AVG':
      return average(rule, parts);
    case 'GROUP':
      return group(options, rule.by, values);
    case 'FIRST_OF':
      return firstOf(rule.order, values);
    case 'REVISION':
      return latestRevisions(values);
  }
}

/** The sum of what is there; null if nothing is. */
function sum(values: readonly unknown[]): number | null {
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length === 0 ? null : numbers.reduce((total, value) => total + value, 0);
}

function extreme(values: readonly unknown[], isBetter: (a: Comparable, b: Comparable) => boolean): Comparable | null {
  return (values as readonly (Comparable | null)[]).reduce(
    (best, value) => (value !== null && (best === null || isBetter(value, best)) ? value : best),
    null,
  );
}

/** Numbers, instants as RFC 3339 text in UTC, and truth, which is greater than its opposite. */
type Comparable = number | string | boolean;

/** The first that is not null; of an object whose fields have rules of their own, all that are not null as one. */
function any({ scope, type, field }: MergeFieldOptions, values: readonly unknown[]): unknown {
  const found = (values as readonly (Part | null)[]).filter((value) => value !== null);
  const fieldType = getNullableType(type.getFields()[field.name]!.type);
  return found.length > 0 && isMergedByField(fieldType)
    ? mergeObjects(scope, { type: fieldType, field }, found)
    : (found[0] ?? null);
}

function average(rule: MergeRule & { kind: 'AVG' }, parts: readonly Part[]): number | null {
  const total = sum(parts.map((part) => part[neededAlias(rule.sum)]));
  const count = sum(parts.map((part) => part[neededAlias(rule.count)]));
  return total === null || count === null || count === 0 ? null : total / count;
}

/** The value that comes first in `order`. A value that a newer broker has added counts least. */
function firstOf(order: readonly string[], values: readonly unknown[]): string | null {
  const rank = (value: string): number => (order.includes(value) ? order.indexOf(value) : order.length);
  return extreme(values, (a, b) => {
    const [left, right] = [String(a), String(b)];
    return rank(left) < rank(right) || (rank(left) === rank(right) && left < right);
  }) as string | null;
}

/** One token that shows what all of these show. */
function latestRevisions(values: readonly unknown[]): string | null {
  const vectors = values.filter((value) => typeof value === 'string').map(decodeRevisions);
  return vectors.length === 0 ? null : encodeRevisions(vectors.reduce(laterRevisions));
}

/** Elements with equal keys become one. The groups are sorted by their keys, null last. */
function group(
  { scope, type, field }: MergeFieldOptions,
  by: readonly string[],
  values: readonly unknown[],
): unknown[] | null {
  const elementType = getNamedType(type.getFields()[field.name]!.type);
  if (!isObjectType(elementType) || values.every((value) => value === null)) {
    return null;
  }
  const groups = new Map<string, { key: readonly GroupKey[]; parts: Part[] }>();
  for (const element of values.flatMap((value) => (value ?? []) as Part[])) {
    const key = by.map((name) => (element[neededAlias(name)] ?? null) as GroupKey);
    const text = JSON.stringify(key);
    const found = groups.get(text);
    if (found) {
      found.parts.push(element);
    } else {
      groups.set(text, { key, parts: [element] });
    }
  }
  return [...groups.values()]
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ parts }) => mergeObjects(scope, { type: elementType, field }, parts));
}
