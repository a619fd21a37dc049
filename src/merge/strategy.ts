import { type GraphQLObjectType, isObjectType, getNamedType } from 'graphql';

import { mergeRuleOf, type MergeRule } from './directives.ts';
import { neededAlias } from './reserved.ts';
import { collectSelection, type SelectedField, type SelectionScope, subselections } from './selection.ts';

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

/** The objects of several sources as one object, each field by its own rule; fields without one take the first value. */
function mergeObjects(
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
    case 'ANY':
      return values.find((value) => value !== null) ?? null;
    case 'CONCAT':
      return values.every((value) => value === null) ? null : values.flatMap((value) => value ?? []);
    case 'AVG':
      return average(rule, parts);
    case 'GROUP':
      return group(options, rule.by, values);
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

/** Numbers, and instants as RFC 3339 text in UTC. */
type Comparable = number | string;

function average(rule: MergeRule & { kind: 'AVG' }, parts: readonly Part[]): number | null {
  const total = sum(parts.map((part) => part[neededAlias(rule.sum)]));
  const count = sum(parts.map((part) => part[neededAlias(rule.count)]));
  return total === null || count === null || count === 0 ? null : total / count;
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

type GroupKey = string | number | boolean | null;

function compareKeys(a: readonly GroupKey[], b: readonly GroupKey[]): number {
  for (const [at, left] of a.entries()) {
    const order = compareKey(left, b[at] ?? null);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

/** Numbers by size, text by code point, null last. */
function compareKey(a: GroupKey, b: GroupKey): number {
  if (a === b) {
    return 0;
  }
  if (a === null || b === null) {
    return a === null ? 1 : -1;
  }
  if (typeof a === 'string' && typeof b === 'string') {
    return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
  }
  return a < b ? -1 : 1;
}
