import { lists, type OrderFields } from '../model/lists.ts';
import type { Order } from '../model/order.ts';
import { type LastChanges, type Pace, paceOf } from '../model/pace.ts';
import type { SortedRows } from '../model/page.ts';
import {
  recordKinds,
  type Change,
  type FeedChange,
  type Inventory,
  type RecordKind,
  type Records,
  type Row,
} from '../model/resource.ts';
import { createTable, type Table } from './table.ts';

// Everything an installation had at one revision, in memory. Immutable: a patch gives a new snapshot that shares what did
// not change, so that an answer made of one snapshot never mixes revisions.

/** Everything an installation had at one revision. */
export interface Snapshot {
  /** The configured id of the installation. */
  readonly installation: string;
  /** Grows with every snapshot that differs from the one before it. */
  readonly revision: number;
  /** The last revision that changed something of each kind; as late as `revision` where that is not known. */
  readonly lastChanges: LastChanges;
  /** How many there are of a kind. */
  count(kind: RecordKind): number;
  /** The row with this local id, or null. */
  get<Kind extends RecordKind>(kind: Kind, localId: string): Row<Kind> | null;
  /** All rows of a kind, in no particular order. */
  rows<Kind extends RecordKind>(kind: Kind): Iterable<Row<Kind>>;
  /** The same by slot: two snapshots of which one came from the other have what did not change at the same places. */
  slots<Kind extends RecordKind>(kind: Kind): readonly (Row<Kind> | undefined)[];
  /** All rows of a kind in an order. The first time an order is asked for, it is sorted; from then on it is kept. */
  sorted<Kind extends RecordKind>(kind: Kind, order: Order<OrderFields[Kind]>): SortedRows<Row<Kind>>;
  /** The machines of a host in an order. */
  vmsOnHost(hostLocalId: string, order: Order<OrderFields['VirtualMachine']>): SortedRows<Row<'VirtualMachine'>>;
  /** The snapshot after these changes, in their order; this very one if they change nothing. */
  patch(changes: readonly (Change | FeedChange)[]): Snapshot;
  /** The snapshot of whole new lists, sharing the orders of this one where they still hold. Kinds left out stay. */
  replace(inventory: Inventory & Partial<Lists>): Snapshot;
  /**
   * The same under another revision: that of a feed, which several brokers agree on.
   * @param lastChanges If they are known; else what changed with this snapshot changed at that revision.
   */
  at(revision: number, lastChanges?: LastChanges): Snapshot;
}

type Lists = { readonly [Kind in RecordKind]: readonly Records[Kind][] };
type Tables = { readonly [Kind in RecordKind]: Table<Kind> };
type ChangesByKind = { readonly [Kind in RecordKind]: Map<string, Records[Kind] | null> };

/** The first snapshot of an installation. */
export function createSnapshot(installation: string, inventory: Inventory & Partial<Lists>): Snapshot {
  const tables = mapKinds((kind) => createTable({ kind, installation, order: lists[kind].order as never })) as Tables;
  return fromTables(installation, { revision: 0, lastChanges: allAt(0) }, tables).replace(inventory);
}

/** Every snapshot's tables, so that one can be made of two. */
const tablesOf = new WeakMap<Snapshot, Tables>();

/** The first snapshot with the operations of the second one, under the numbers of a third. */
export function withOperations(resources: Snapshot, operations: Snapshot, numbers: Numbers): Snapshot {
  const { Operation } = tablesOf.get(operations)!;
  return fromTables(resources.installation, numbers, { ...tablesOf.get(resources)!, Operation });
}

type Numbers = Pick<Snapshot, 'revision' | 'lastChanges'>;

function fromTables(installation: string, { revision, lastChanges }: Numbers, tables: Tables): Snapshot {
  const snapshot: Snapshot = {
    installation,
    revision,
    lastChanges,
    count: (kind) => tables[kind].size,
    get: (kind, localId) => tables[kind].get(localId),
    rows: (kind) => tables[kind].rows(),
    slots: (kind) => tables[kind].slots(),
    sorted: (kind, order) => tables[kind].sorted(order),
    vmsOnHost: (hostLocalId, order) =>
      tables.VirtualMachine.grouped(order, (vm) => vm.host?.localId ?? null)(hostLocalId),
    patch(changes) {
      const next = patchTables(tables, collect(changes));
      return recordKinds.every((kind) => next[kind] === tables[kind])
        ? snapshot
        : fromTables(installation, advance(snapshot, pacesOf(tables, changes)), next);
    },
    replace(inventory) {
      const next = patchTables(tables, difference(tables, inventory));
      return fromTables(installation, { revision: revision + 1, lastChanges: allAt(revision + 1) }, next);
    },
    at(other, known = moved(snapshot, other)) {
      const isSame = other === revision && known === lastChanges;
      return isSame ? snapshot : fromTables(installation, { revision: other, lastChanges: known }, tables);
    },
  };
  tablesOf.set(snapshot, tables);
  return snapshot;
}

function allAt(revision: number): LastChanges {
  return { inventory: revision, usage: revision, operations: revision };
}

function advance({ revision, lastChanges }: Numbers, paces: ReadonlySet<Pace>): Numbers {
  const next = revision + 1;
  return {
    revision: next,
    lastChanges: { ...lastChanges, ...Object.fromEntries([...paces].map((pace) => [pace, next])) },
  };
}

/** The last changes of a snapshot that is to have another revision. */
function moved({ revision, lastChanges }: Numbers, other: number): LastChanges {
  const move = (at: number): number => (at === revision ? other : at);
  const { inventory, usage, operations } = lastChanges;
  return other === revision
    ? lastChanges
    : { inventory: move(inventory), usage: move(usage), operations: move(operations) };
}

/** What kinds of change these are. */
function pacesOf(tables: Tables, changes: readonly (Change | FeedChange)[]): ReadonlySet<Pace> {
  const paces = new Set<Pace>();
  for (const change of changes) {
    // Usage has moved as well where the inventory has changed, for all that anybody needs to know.
    if (change.kind === 'Operation' || !paces.has('inventory')) {
      paces.add(paceOfChange(tables, change));
    }
  }
  return paces;
}

function paceOfChange(tables: Tables, change: Change | FeedChange): Pace {
  if (!('type' in change)) {
    return paceOf(change.kind, change.before, change.after);
  }
  return change.type === 'remove'
    ? 'inventory'
    : paceOf(change.kind, tables[change.kind].get(change.resource.localId), change.resource);
}

/** The last word on each resource: a burst of changes of one machine is one change. */
function collect(changes: readonly (Change | FeedChange)[]): ChangesByKind {
  const byKind = noChanges();
  for (const change of changes) {
    const record = 'type' in change ? (change.type === 'upsert' ? change.resource : null) : change.after;
    const localId = 'localId' in change ? change.localId : change.resource.localId;
    (byKind[change.kind] as Map<string, unknown>).set(localId, record);
  }
  return byKind;
}

/** Everything that is there is put, and everything else there was of these kinds is removed. */
function difference(tables: Tables, inventory: Partial<Lists>): ChangesByKind {
  const byKind = noChanges();
  for (const kind of recordKinds) {
    const records = inventory[kind];
    if (records === undefined) continue;
    const changes = byKind[kind] as Map<string, unknown>;
    for (const { localId } of tables[kind].rows()) {
      changes.set(localId, null);
    }
    for (const record of records) {
      changes.set(record.localId, record);
    }
  }
  return byKind;
}

function patchTables(tables: Tables, changes: ChangesByKind): Tables {
  return mapKinds((kind) => tables[kind].patch(changes[kind] as never)) as Tables;
}

function noChanges(): ChangesByKind {
  return mapKinds(() => new Map()) as ChangesByKind;
}

function mapKinds(map: (kind: RecordKind) => unknown): unknown {
  return Object.fromEntries(recordKinds.map((kind) => [kind, map(kind)]));
}
