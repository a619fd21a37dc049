import type { Datastore } from './datastore.ts';
import type { Host } from './host.ts';
import type { Network } from './network.ts';
import type { Vm } from './vm.ts';

// What all kinds of resources have in common: an inventory holds them by kind, changes name them, rows are found by id.

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

/** Everything an installation has at one instant. */
export type Inventory = { readonly [Kind in ResourceKind]: readonly Resources[Kind][] };

/** One change of an installation: a resource is now so, or is gone. */
export type Change = {
  [Kind in ResourceKind]:
    | { readonly type: 'upsert'; readonly kind: Kind; readonly resource: Resources[Kind] }
    | { readonly type: 'remove'; readonly kind: Kind; readonly localId: string };
}[ResourceKind];

/** A resource with its place in the world. */
export type Row<Kind extends ResourceKind = ResourceKind> = Resources[Kind] & {
  /** The global id. */
  readonly id: string;
  /** The configured id of the installation. */
  readonly installation: string;
};
