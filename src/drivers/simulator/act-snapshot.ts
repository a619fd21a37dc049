import type { Action } from '../../model/action.ts';
import type { Vm, VmSnapshot } from '../../model/vm.ts';
import { type Act, type ActContext, impossible } from './act-context.ts';
import { upsert } from './manager.ts';
import { withPowerState } from './power.ts';

// Keeping the state of a machine, going back to it, and dropping it.

/** The key of a kept state. */
function keptKey(vm: string, snapshot: string): string {
  return `${vm} ${snapshot}`;
}

/** The machine with a new snapshot. Throws as `actOf`. */
export function newSnapshot(
  vm: Vm,
  { name, description }: Extract<Action, { readonly kind: 'CREATE_SNAPSHOT' }>,
  { now }: ActContext,
): Act {
  const snapshots = vm.snapshots ?? [];
  if (snapshots.some((snapshot) => snapshot.name === name)) {
    throw impossible(`${vm.name} has a snapshot "${name}" already`);
  }
  const made: VmSnapshot = {
    name,
    description,
    createdAt: now,
    parent: snapshots.find(({ isCurrent }) => isCurrent)?.name ?? null,
    isCurrent: true,
    powerState: vm.powerState,
  };
  const next = { ...vm, snapshots: [...withCurrent(snapshots, null), made] };
  return { vm: vm.localId, changes: [upsert(next)], keep: { key: keptKey(vm.localId, name), vm } };
}

/** The machine as it was. Of what the world began with, only the power state is known. */
export function revertedTo(vm: Vm, name: string, context: ActContext): Vm {
  const snapshot = snapshotOf(vm, name);
  const kept = context.kept.get(keptKey(vm.localId, name)) ?? vm;
  const { cpuCount, memoryMiB, guestOs, disks, labels, annotations } = kept;
  const spec = { ...vm, cpuCount, memoryMiB, guestOs, disks, labels, annotations };
  const powered = withPowerState(spec, snapshot.powerState, context);
  return { ...powered, snapshots: withCurrent(vm.snapshots ?? [], name) };
}

/** The machine without a snapshot; those based on it are based on what it was based on. */
export function deletedSnapshot(vm: Vm, name: string): Vm {
  const snapshots = vm.snapshots ?? [];
  const gone = snapshots.find((snapshot) => snapshot.name === name);
  if (gone === undefined) {
    return vm;
  }
  const left = snapshots
    .filter((snapshot) => snapshot !== gone)
    .map((snapshot) => (snapshot.parent === name ? { ...snapshot, parent: gone.parent } : snapshot));
  return { ...vm, snapshots: gone.isCurrent ? withCurrent(left, gone.parent) : left };
}

function snapshotOf(vm: Vm, name: string): VmSnapshot {
  const snapshot = vm.snapshots?.find((one) => one.name === name);
  if (snapshot === undefined) {
    throw impossible(`${vm.name} has no snapshot "${name}"`);
  }
  return snapshot;
}

function withCurrent(snapshots: readonly VmSnapshot[], name: string | null): readonly VmSnapshot[] {
  return snapshots.map((snapshot) => ({ ...snapshot, isCurrent: snapshot.name === name }));
}
