import { encodeId } from '../../src/core/ids.ts';
import type { Datastore } from '../../src/model/datastore.ts';
import type { Host } from '../../src/model/host.ts';
import type { Network } from '../../src/model/network.ts';
import type { Inventory, ResourceKind, Resources, Row } from '../../src/model/resource.ts';
import type { Vm } from '../../src/model/vm.ts';

// Resources for tests: what a test does not name is filled in. The local id is the name unless it is given.

/** A machine. */
export function vm(given: Partial<Vm> & { readonly name: string }): Vm {
  return {
    localId: given.name,
    powerState: 'RUNNING',
    cpuCount: 2,
    memoryMiB: 2048,
    guestOs: null,
    host: null,
    disks: [],
    networkInterfaces: [],
    ipAddresses: [],
    labels: {},
    annotations: {},
    snapshots: [],
    createdAt: null,
    bootedAt: null,
    cpuUsage: null,
    memoryUsageMiB: null,
    ...given,
  };
}

/** A host. */
export function host(given: Partial<Host> & { readonly name: string }): Host {
  const rest = { state: 'UP', cpuCount: 32, cpuModel: null, memoryMiB: 65_536, hypervisor: null } as const;
  return { localId: given.name, ...rest, ...given };
}

/** A datastore. */
export function datastore(given: Partial<Datastore> & { readonly name: string }): Datastore {
  return { localId: given.name, kind: 'dir', capacityBytes: null, freeBytes: null, ...given };
}

/** A network. */
export function network(given: Partial<Network> & { readonly name: string }): Network {
  return { localId: given.name, kind: 'nat', vlanId: null, bridge: null, cidrs: [], ...given };
}

/** An inventory. */
export function inventory(given: Partial<Inventory> = {}): Inventory {
  return { VirtualMachine: [], Host: [], Datastore: [], Network: [], ...given };
}

/** A resource as a row of an installation. */
export function row<Kind extends ResourceKind>(kind: Kind, resource: Resources[Kind], installation = 'a'): Row<Kind> {
  return {
    ...resource,
    installation,
    id: encodeId({ type: kind, installation, localId: resource.localId }),
  } as Row<Kind>;
}
