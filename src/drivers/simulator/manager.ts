import { EventEmitter } from 'node:events';

import type { Host } from '../../model/host.ts';
import type { Change, Inventory } from '../../model/resource.ts';
import type { PowerState, Vm } from '../../model/vm.ts';
import { createJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import type { World } from './world.ts';

// The simulated manager's memory: the world as it is now, with a revision that every change raises by one. Machines are
// never modified in place, so a snapshot stays what it was while it is being sent. It knows no HTTP and no timers.

interface ManagerOptions {
  readonly world: World;
  /** Names this life of the manager: revisions of different lives cannot be compared. */
  readonly instance: string;
  readonly journal?: Journal;
}

/** The world as it was at one revision. */
export interface Snapshot {
  readonly revision: number;
  readonly inventory: Inventory;
}

/** The simulated manager's memory. */
export interface Manager {
  readonly instance: string;
  /** The number of the last change. */
  readonly revision: number;
  readonly journal: Journal;
  /** Emits `commit` after every change. */
  readonly events: EventEmitter<{ commit: [] }>;
  readonly hosts: readonly Host[];
  snapshot(): Snapshot;
  vm(localId: string): Vm | undefined;
  vms(): Iterable<Vm>;
  /** Makes a new machine that is not yet in the world: `commit` puts it there. */
  newVm(powerState: PowerState, now: number): Vm;
  /** Puts machines into the world or takes them out, as one batch. An empty batch changes nothing. */
  commit(changes: readonly VmChange[]): void;
}

/** A change of a machine. */
export type VmChange = Extract<Change, { kind: 'VirtualMachine' }>;

/** A manager of that world. */
export function createManager({ world, instance, journal = createJournal() }: ManagerOptions): Manager {
  const vms = new Map(world.inventory.VirtualMachine.map((vm) => [vm.localId, vm]));
  const events = new EventEmitter<{ commit: [] }>();
  // Every open event stream listens; there is no number of them that would be a leak.
  events.setMaxListeners(0);
  let revision = 0;
  let nextNumber = world.nextNumber;
  return {
    instance,
    journal,
    events,
    get revision() {
      return revision;
    },
    hosts: world.inventory.Host,
    snapshot: () => ({ revision, inventory: { ...world.inventory, VirtualMachine: [...vms.values()] } }),
    vm: (localId) => vms.get(localId),
    vms: () => vms.values(),
    newVm(powerState, now) {
      const vm = world.generateVm(nextNumber, { createdAt: now, bootedAt: now, powerState });
      nextNumber += 1;
      return vm;
    },
    commit(changes) {
      if (changes.length === 0) {
        return;
      }
      changes.forEach((change) => applyTo(vms, change));
      revision += 1;
      journal.append(revision, changes);
      events.emit('commit');
    },
  };
}

/** The change that puts a machine into the world, or puts it there anew. */
export function upsert(resource: Vm): VmChange {
  return { type: 'upsert', kind: 'VirtualMachine', resource };
}

/** The change that takes a machine out of the world. */
export function remove(localId: string): VmChange {
  return { type: 'remove', kind: 'VirtualMachine', localId };
}

function applyTo(vms: Map<string, Vm>, change: VmChange): void {
  switch (change.type) {
    case 'upsert':
      vms.set(change.resource.localId, change.resource);
      return;
    case 'remove':
      vms.delete(change.localId);
      return;
  }
}
