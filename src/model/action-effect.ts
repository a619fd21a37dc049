import { isDeepStrictEqual } from 'node:util';

import { powerTransitions, type Action } from './action.ts';
import type { Row } from './resource.ts';

// Whether the inventory shows what an action led to, so that whoever is told that it succeeded finds it so.

/** The inventory as far as it is looked at. */
export interface EffectInventory {
  vm(localId: string): Row<'VirtualMachine'> | null;
}

/**
 * True if the effect can be seen; null if this action leaves nothing that could be.
 * @param vm The local id of the machine that it changed or made.
 */
export function showsEffect(action: Action, vm: string, inventory: EffectInventory): boolean | null {
  const row = inventory.vm(vm);
  switch (action.kind) {
    case 'SET_POWER_STATE':
      if (action.action === 'REBOOT' || action.action === 'RESET') return null;
      return row?.powerState === powerTransitions[action.action].to;
    case 'CREATE_VIRTUAL_MACHINE':
      return row !== null && (!action.spec.start || row.powerState === 'RUNNING');
    case 'CLONE_VIRTUAL_MACHINE':
      return row !== null && (!action.start || row.powerState === 'RUNNING');
    case 'DELETE_VIRTUAL_MACHINE':
      return row === null;
    case 'RECONFIGURE_VIRTUAL_MACHINE':
      return (
        row !== null &&
        Object.entries(action.changes).every(([key, value]) =>
          isDeepStrictEqual(row[key as keyof typeof action.changes], value),
        )
      );
    case 'CREATE_SNAPSHOT':
    case 'DELETE_SNAPSHOT': {
      if (row === null || row.snapshots === null) return null;
      const isThere = row.snapshots.some(({ name }) => name === action.name);
      return isThere === (action.kind === 'CREATE_SNAPSHOT');
    }
    case 'REVERT_TO_SNAPSHOT':
      return null;
    case 'MIGRATE_VIRTUAL_MACHINE':
      return row?.host?.localId === action.host;
  }
}
