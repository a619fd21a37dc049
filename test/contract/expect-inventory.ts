import { expect } from '@jest/globals';

import { resourceKinds } from '../../src/model/resource.ts';
import type { Inventory } from '../../src/model/resource.ts';
import type { PowerState, Vm } from '../../src/model/vm.ts';

// What must hold in any inventory of any driver, whatever the manager has.

const powerStates: readonly PowerState[] = ['RUNNING', 'STOPPED', 'PAUSED', 'SUSPENDED', 'CRASHED', 'UNKNOWN'];
const macAddress = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

/** Every local id is there once and is not empty; every name is text. */
export function expectUniqueIds(inventory: Inventory): void {
  for (const kind of resourceKinds) {
    const ids = inventory[kind].map(({ localId }) => localId);
    expect(ids.filter((id) => typeof id !== 'string' || id === '')).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(inventory[kind].filter(({ name }) => typeof name !== 'string')).toEqual([]);
  }
}

/** Hosts, datastores and networks that machines name are in the inventory, the host under the same name. */
export function expectReferencesResolve(inventory: Inventory): void {
  const hosts = new Map(inventory.Host.map(({ localId, name }) => [localId, name]));
  const datastores = new Set(inventory.Datastore.map(({ localId }) => localId));
  const networks = new Set(inventory.Network.map(({ localId }) => localId));
  const dangling = inventory.VirtualMachine.flatMap((vm) => [
    ...(vm.host !== null && hosts.get(vm.host.localId) !== vm.host.name
      ? [`${vm.localId}: host ${vm.host.localId}`]
      : []),
    ...vm.disks.flatMap(({ datastore }) =>
      datastore !== null && !datastores.has(datastore) ? [`${vm.localId}: datastore ${datastore}`] : [],
    ),
    ...vm.networkInterfaces.flatMap(({ network }) =>
      network !== null && !networks.has(network) ? [`${vm.localId}: network ${network}`] : [],
    ),
  ]);
  expect(dangling).toEqual([]);
}

/** Every value of every machine is one that its field may have. */
export function expectValuesInRange(inventory: Inventory): void {
  const bad = inventory.VirtualMachine.flatMap((vm) =>
    problemsOf(vm).map((problem) => `${vm.localId} (${vm.name}): ${problem}`),
  );
  expect(bad).toEqual([]);
  for (const { capacityBytes, freeBytes } of inventory.Datastore) {
    expect(isCount(capacityBytes) && isCount(freeBytes) && (freeBytes ?? 0) <= (capacityBytes ?? Infinity)).toBe(true);
  }
  for (const { cpuCount, memoryMiB } of inventory.Host) {
    expect(isCount(cpuCount) && isCount(memoryMiB)).toBe(true);
  }
}

function problemsOf(vm: Vm): string[] {
  const checks: Record<string, boolean> = {
    powerState: powerStates.includes(vm.powerState),
    cpuCount: isCount(vm.cpuCount) && vm.cpuCount !== 0,
    memoryMiB: isCount(vm.memoryMiB) && vm.memoryMiB !== 0,
    createdAt: isTime(vm.createdAt),
    bootedAt: isTime(vm.bootedAt),
    cpuUsage: vm.cpuUsage === null || (vm.cpuUsage >= 0 && vm.cpuUsage <= 1),
    'usage only while it runs': vm.powerState !== 'STOPPED' || (vm.cpuUsage === null && vm.memoryUsageMiB === null),
    'bootedAt null while stopped': vm.powerState !== 'STOPPED' || vm.bootedAt === null,
    memoryUsageMiB: isCount(vm.memoryUsageMiB),
    labels: Object.values(vm.labels).every((value) => typeof value === 'string'),
    annotations: Object.values(vm.annotations).every((value) => typeof value === 'string'),
    disks: vm.disks.every((disk) => isCount(disk.capacityBytes) && isCount(disk.allocatedBytes)),
    macAddress: vm.networkInterfaces.every((nic) => nic.macAddress === null || macAddress.test(nic.macAddress)),
    ipAddresses: vm.networkInterfaces.every((nic) => nic.ipAddresses.every((ip) => vm.ipAddresses.includes(ip))),
  };
  return Object.entries(checks).flatMap(([name, holds]) => (holds ? [] : [`${name} in ${JSON.stringify(vm)}`]));
}

function isCount(value: number | null): boolean {
  return value === null || (Number.isSafeInteger(value) && value >= 0);
}

/** A time is in whole milliseconds; one before 2000 or after 2100 was read in the wrong unit. */
function isTime(value: number | null): boolean {
  return value === null || (Number.isSafeInteger(value) && value > Date.UTC(2000, 0) && value < Date.UTC(2100, 0));
}
