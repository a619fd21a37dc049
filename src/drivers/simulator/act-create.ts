import type { Action, NewVm } from '../../model/action.ts';
import type { Disk, NetworkInterface, Vm } from '../../model/vm.ts';
import { type ActContext, hostOf, impossible } from './act-context.ts';
import { withPowerState } from './power.ts';

// Machines that an action makes. Each carries the operation it was made by, as an annotation.

/** Where a machine says which operation made it. */
const operationAnnotation = 'sitewide.operation';

/** The machine that is to be made. Throws as `actOf`. */
export function createdVm(
  { spec, template }: Extract<Action, { readonly kind: 'CREATE_VIRTUAL_MACHINE' }>,
  context: ActContext,
): Vm {
  const { manager, now } = context;
  requireNewName(spec.name, context);
  const like = template === null ? null : (manager.vm(template) ?? null);
  if (template !== null && like === null) {
    throw impossible(`there is no template ${template}`);
  }
  const blank = manager.newVm('STOPPED', now);
  const off: Vm = {
    ...blank,
    name: spec.name,
    cpuCount: spec.cpuCount,
    memoryMiB: spec.memoryMiB,
    guestOs: spec.guestOs,
    host: hostRef(spec.host ?? blank.host?.localId ?? null, context),
    disks: disksOf(spec, like, context),
    networkInterfaces: interfacesOf(spec, blank, context),
    ipAddresses: [],
    labels: spec.labels,
    annotations: { ...spec.annotations, [operationAnnotation]: context.operationId },
    snapshots: [],
    createdAt: now,
    bootedAt: null,
  };
  return spec.start ? withPowerState(off, 'RUNNING', context) : off;
}

/** The copy that is to be made. Throws as `actOf`. */
export function copyOf(
  vm: Vm,
  { name, host, start }: Extract<Action, { readonly kind: 'CLONE_VIRTUAL_MACHINE' }>,
  context: ActContext,
): Vm {
  requireNewName(name, context);
  const blank = context.manager.newVm('STOPPED', context.now);
  const off: Vm = {
    ...withPowerState(vm, 'STOPPED', context),
    localId: blank.localId,
    name,
    host: hostRef(host ?? vm.host?.localId ?? null, context),
    networkInterfaces: vm.networkInterfaces.map((nic, at) => ({
      ...nic,
      macAddress: blank.networkInterfaces[at]?.macAddress ?? null,
      ipAddresses: [],
    })),
    annotations: { ...vm.annotations, [operationAnnotation]: context.operationId },
    snapshots: [],
    createdAt: context.now,
    bootedAt: null,
  };
  return start ? withPowerState(off, 'RUNNING', context) : off;
}

function requireNewName(name: string, { manager }: ActContext): void {
  for (const vm of manager.vms()) {
    if (vm.name === name) throw impossible(`there is a machine "${name}" already`);
  }
}

function hostRef(localId: string | null, { manager }: ActContext): Vm['host'] {
  if (localId === null) return null;
  const { name } = hostOf(localId, manager.hosts);
  return { localId, name };
}

function disksOf({ diskBytes, datastore }: NewVm, like: Vm | null, { manager }: ActContext): readonly Disk[] {
  if (diskBytes === null) {
    return like?.disks ?? [];
  }
  const datastores = manager.snapshot().inventory.Datastore;
  const chosen = datastore === null ? datastores[0] : datastores.find(({ localId }) => localId === datastore);
  if (datastore !== null && chosen === undefined) {
    throw impossible(`there is no datastore ${datastore}`);
  }
  const place = { datastore: chosen?.localId ?? null, path: null };
  return [{ name: 'vda', capacityBytes: diskBytes, allocatedBytes: 0, ...place }];
}

function interfacesOf({ network }: NewVm, blank: Vm, { manager }: ActContext): readonly NetworkInterface[] {
  if (network === null) {
    return [];
  }
  if (!manager.snapshot().inventory.Network.some(({ localId }) => localId === network)) {
    throw impossible(`there is no network ${network}`);
  }
  const macAddress = blank.networkInterfaces[0]?.macAddress ?? null;
  return [{ name: 'eth0', macAddress, network, ipAddresses: [] }];
}
