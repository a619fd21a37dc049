import { encodeId } from '../core/ids.ts';
import type { OrderDirection, Order, OrderTable } from '../model/order.ts';
import type { SortedRows } from '../model/page.ts';
import type { RecordKind, Records, Row } from '../model/resource.ts';
import { createSlotMap, type SlotMap } from './slot-map.ts';
import {
  buildIndex,
  patchIndex,
  sortedRows,
  type IndexOrder,
  type SlotChange,
  type SortedIndex,
} from './sorted-index.ts';

// The rows of one kind, immutable. A row keeps its slot as long as it lives, so that an index of slots outlives the
// changes of its rows. Indexes are built when a list first asks for their order and carried over by every patch.

/** Whose rows a table holds and how they may be sorted. */
export interface TableSpec<Kind extends RecordKind> {
  readonly kind: Kind;
  /** The configured id of the installation. */
  readonly installation: string;
  readonly order: OrderTable<Row<Kind>, string>;
}

/** What becomes of resources, by local id; null: it is gone. */
export type TableChanges<Kind extends RecordKind> = ReadonlyMap<string, Records[Kind] | null>;

/** The rows of one kind at one revision. */
export interface Table<Kind extends RecordKind> {
  readonly size: number;
  get(localId: string): Row<Kind> | null;
  rows(): Iterable<Row<Kind>>;
  /** The rows by slot: two tables of which one came from the other have what did not change at the same places. */
  slots(): readonly (Row<Kind> | undefined)[];
  sorted(order: Order): SortedRows<Row<Kind>>;
  /** The rows of each group in this order; a row whose group is null is in none. Made once for each revision. */
  grouped(order: Order, groupOf: (row: Row<Kind>) => string | null): (group: string) => SortedRows<Row<Kind>>;
  /** A table with these changes; the same one if there is nothing to change. */
  patch(changes: TableChanges<Kind>): Table<Kind>;
}

interface TableState<Kind extends RecordKind> {
  readonly rows: readonly (Row<Kind> | undefined)[];
  readonly slots: SlotMap;
  /** Slots below `rows.length` without a row. */
  readonly free: readonly number[];
  readonly indexes: Map<string, SortedIndex>;
}

/** A table of no rows. */
export function createTable<Kind extends RecordKind>(spec: TableSpec<Kind>): Table<Kind> {
  return fromState(spec, { rows: [], slots: createSlotMap(new Map()), free: [], indexes: new Map() });
}

function fromState<Kind extends RecordKind>(spec: TableSpec<Kind>, state: TableState<Kind>): Table<Kind> {
  const { rows, slots, indexes } = state;
  const groups = new Map<string, Map<string, SortedIndex>>();
  const indexOf = (order: Order): SortedIndex => {
    const name = indexName(order);
    const index = indexes.get(name) ?? buildIndex(rows, indexOrder(spec, order));
    indexes.set(name, index);
    return index;
  };
  const table: Table<Kind> = {
    size: slots.size,
    get: (localId) => rows[slots.get(localId) ?? -1] ?? null,
    *rows() {
      for (const row of rows) {
        if (row !== undefined) yield row;
      }
    },
    slots: () => rows,
    sorted: (order) => sortedRows(indexOf(order), rows, indexOrder(spec, order)),
    grouped(order, groupOf) {
      const name = indexName(order);
      const members = groups.get(name) ?? groupIndex(indexOf(order), (slot) => groupOf(rows[slot]!));
      groups.set(name, members);
      return (group) => sortedRows(members.get(group) ?? new Uint32Array(), rows, indexOrder(spec, order));
    },
    patch: (changes) => patchState(spec, state, changes) ?? table,
  };
  return table;
}

function patchState<Kind extends RecordKind>(
  spec: TableSpec<Kind>,
  state: TableState<Kind>,
  changes: TableChanges<Kind>,
): Table<Kind> | null {
  const rows = [...state.rows];
  const free = [...state.free];
  const slotChanges: SlotChange<Row<Kind>>[] = [];
  const membership = new Map<string, number | null>();
  for (const [localId, resource] of changes) {
    const known = state.slots.get(localId);
    if (known === undefined && resource === null) {
      continue;
    }
    const slot = known ?? free.pop() ?? rows.length;
    const from = state.rows[known ?? -1] ?? null;
    const to = resource === null ? null : rowOf(spec, resource, from);
    rows[slot] = to ?? undefined;
    slotChanges.push({ slot, from, to });
    if (from === null || to === null) {
      membership.set(localId, to === null ? null : slot);
    }
  }
  if (slotChanges.length === 0) {
    return null;
  }
  // Slots that became free in this patch are reused only from the next one on: an index must not meet a slot twice.
  free.push(...slotChanges.filter(({ to }) => to === null).map(({ slot }) => slot));
  return fromState(spec, {
    rows,
    slots: membership.size === 0 ? state.slots : state.slots.with(membership),
    free,
    indexes: patchIndexes(spec, state, { before: state.rows, after: rows, changes: slotChanges }),
  });
}

function rowOf<Kind extends RecordKind>(
  { kind, installation }: TableSpec<Kind>,
  resource: Records[Kind],
  previous: Row<Kind> | null,
): Row<Kind> {
  const id = previous?.id ?? encodeId({ type: kind, installation, localId: resource.localId });
  return { ...resource, id, installation };
}

function patchIndexes<Kind extends RecordKind>(
  spec: TableSpec<Kind>,
  { indexes }: TableState<Kind>,
  patch: Parameters<typeof patchIndex<Row<Kind>>>[2],
): Map<string, SortedIndex> {
  return new Map(
    Array.from(indexes, ([name, index]) => [name, patchIndex(index, indexOrder(spec, orderNamed(name)), patch)]),
  );
}

function groupIndex(index: SortedIndex, groupOf: (slot: number) => string | null): Map<string, SortedIndex> {
  const members = new Map<string, number[]>();
  for (const slot of index) {
    const group = groupOf(slot);
    if (group !== null) {
      const slots = members.get(group) ?? [];
      slots.push(slot);
      members.set(group, slots);
    }
  }
  return new Map(Array.from(members, ([group, slots]) => [group, Uint32Array.from(slots)]));
}

function indexOrder<Kind extends RecordKind>(
  { order }: TableSpec<Kind>,
  { field, direction }: Order,
): IndexOrder<Row<Kind>> {
  return { valueOf: order[field]!, direction };
}

function indexName({ field, direction }: Order): string {
  return `${field} ${direction}`;
}

function orderNamed(name: string): Order {
  const [field, direction] = name.split(' ') as [string, OrderDirection];
  return { field, direction };
}
