import { encodeId } from '../core/ids.ts';
import type { Datastore } from './datastore.ts';
import type { Host } from './host.ts';
import type { Network } from './network.ts';
import type { Operation } from './operation.ts';
import type { Vm } from './vm.ts';

// What all kinds of resources have in common: an inventory holds them by kind, changes name them, rows are found by id.
// A manager tells of resources; what brokers share among themselves are records: resources and operations.

/** The resources of each kind, by the name of their GraphQL type. */
export interface Resources {
  readonly VirtualMachine: Vm;
  readonly Host: Host;
  readonly Datastore: Datastore;
  readonly Network: Network;
}

/** A kind of resource. */
export type ResourceKind = keyof Resources;

/** All kinds. */
export const resourceKinds = ['VirtualMachine', 'Host', 'Datastore', 'Network'] as const satisfies ResourceKind[];

/** What the brokers of an installation share through its feed, by the name of its GraphQL type. */
export interface Records extends Resources {
  readonly Operation: Operation;
}

/** A kind of record. */
export type RecordKind = keyof Records;

/** All kinds of records. */
export const recordKinds = [...resourceKinds, 'Operation'] as const satisfies RecordKind[];

/** Everything an installation has at one instant. */
export type Inventory = { readonly [Kind in ResourceKind]: readonly Resources[Kind][] };

/** One change of an installation: a resource is now so, or is gone. */
export type Change = {
  [Kind in ResourceKind]:
    | { readonly type: 'upsert'; readonly kind: Kind; readonly resource: Resources[Kind] }
    | { readonly type: 'remove'; readonly kind: Kind; readonly localId: string };
}[ResourceKind];

/** One change in the feed of an installation, with what it replaces. */
export type FeedChange = {
  [Kind in RecordKind]: {
    readonly kind: Kind;
    readonly localId: string;
    /** Null: it was not there. */
    readonly before: Records[Kind] | null;
    /** Null: it is gone. */
    readonly after: Records[Kind] | null;
  };
}[RecordKind];

/** A resource or operation with its place in the world. */
export type Row<Kind extends RecordKind = RecordKind> = Records[Kind] & {
  /** The global id. */
  readonly id: string;
  /** The configured id of the installation. */
  readonly installation: string;
};

/** A record of an installation as a row. */
export function rowOf<Kind extends RecordKind>(kind: Kind, record: Records[Kind], installation: string): Row<Kind> {
  const id = encodeId({ type: kind, installation, localId: record.localId });
  return { ...record, id, installation };
}
