import { powerTransitions, type Action } from './action.ts';
import type { CheckedInventory } from './action-check.ts';

// What a change would do, for those who only try it.

/** What an action would do, as a line for people. */
export function previewOf(action: Action, inventory: CheckedInventory): string {
  const name = 'vm' in action ? (inventory.vm(action.vm)?.name ?? action.vm) : action.spec.name;
  return `${name}: ${verbOf(action, inventory)}`;
}

function verbOf(action: Action, inventory: CheckedInventory): string {
  switch (action.kind) {
    case 'SET_POWER_STATE': {
      const from = inventory.vm(action.vm)?.powerState ?? 'UNKNOWN';
      return `${action.action}, from ${from} to ${powerTransitions[action.action].to}`;
    }
    case 'CREATE_VIRTUAL_MACHINE': {
      const { cpuCount, memoryMiB, diskBytes, start } = action.spec;
      const disk = diskBytes === null ? 'no disk' : `a disk of ${diskBytes} bytes`;
      return `create with ${cpuCount} CPUs, ${memoryMiB} MiB, ${disk}${start ? ', and start' : ''}`;
    }
    case 'DELETE_VIRTUAL_MACHINE':
      return `delete${action.keepDisks ? ', and keep its disks' : ' with its disks'}`;
    case 'RECONFIGURE_VIRTUAL_MACHINE':
      return `change ${Object.entries(action.changes)
        .map(([key, value]) => `${key} to ${JSON.stringify(value)}`)
        .join(', ')}`;
    case 'CREATE_SNAPSHOT':
      return `keep the state as "${action.name}"`;
    case 'REVERT_TO_SNAPSHOT':
      return `go back to "${action.name}"; the present state is lost`;
    case 'DELETE_SNAPSHOT':
      return `drop the snapshot "${action.name}"`;
    case 'CLONE_VIRTUAL_MACHINE':
      return `copy as "${action.name}"${action.start ? ', and start that' : ''}`;
    case 'MIGRATE_VIRTUAL_MACHINE':
      return `move to ${inventory.host(action.host)?.name ?? action.host}`;
  }
}
