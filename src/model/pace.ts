import { isDeepStrictEqual } from 'node:util';

import type { RecordKind, Records } from './resource.ts';

// What an installation tells changes at different paces: usage figures move all the time, operations while they run, the rest
// seldom. Whoever reads only the rest must see from the numbers that nothing it reads has changed.

/** The revision of the last change of each kind. */
export interface LastChanges {
  /** Resources came, went, or changed in more than their usage. */
  readonly inventory: number;
  readonly usage: number;
  readonly operations: number;
}

/** A kind of change. */
export type Pace = keyof LastChanges;

/** The figures that move by themselves, in the model as in the schema. */
const usageFields: { readonly [Kind in RecordKind]?: readonly (keyof Records[Kind])[] } = {
  VirtualMachine: ['cpuUsage', 'memoryUsageMiB'],
  Datastore: ['freeBytes'],
};

/** Every order that depends on such a figure. */
const usageOrders: ReadonlySet<string> = new Set(['FREE']);

const usageNames: ReadonlySet<string> = new Set(Object.values(usageFields).flat() as string[]);

/** The kind of a change. Values that are the same object are not compared any further. */
export function paceOf<Kind extends RecordKind>(
  kind: Kind,
  before: Records[Kind] | null,
  after: Records[Kind] | null,
): Pace {
  if (kind === 'Operation') {
    return 'operations';
  }
  const figures = usageFields[kind];
  if (figures === undefined || before === null || after === null) {
    return 'inventory';
  }
  const fields = Object.keys(after) as (keyof Records[Kind])[];
  return fields.every((field) => figures.includes(field) || isSame(before[field], after[field]))
    ? 'usage'
    : 'inventory';
}

/** The record with each value that says the same taken from another one, so that what is compared later is quickly found equal. */
export function shareValues<Record extends object>(record: Record, other: Record): Record {
  const shared = { ...record };
  for (const field of Object.keys(record) as (keyof Record)[]) {
    if (isSame(record[field], other[field])) {
      shared[field] = other[field];
    }
  }
  return shared;
}

/** True if a field of this name, selected or filtered by, is a usage figure. */
export function isUsageName(name: string): boolean {
  return usageNames.has(name);
}

/** True if a list with these arguments depends on usage figures. */
export function dependsOnUsage({
  filter,
  orderBy,
}: {
  readonly filter?: unknown;
  readonly orderBy?: unknown;
}): boolean {
  const order = (orderBy as { readonly field?: string } | null | undefined)?.field;
  return (order !== undefined && usageOrders.has(order)) || namesUsage(filter);
}

function namesUsage(filter: unknown): boolean {
  if (Array.isArray(filter)) {
    return filter.some(namesUsage);
  }
  return (
    typeof filter === 'object' &&
    filter !== null &&
    Object.entries(filter).some(([name, condition]) => isUsageName(name) || namesUsage(condition))
  );
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && isDeepStrictEqual(a, b));
}
