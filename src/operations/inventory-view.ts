import type { CheckedInventory } from '../model/action-check.ts';
import type { Snapshot } from '../inventory/snapshot.ts';

// A snapshot as the checks and effects of actions see it.

/** The view of a snapshot. */
export function viewOf(snapshot: Snapshot): CheckedInventory {
  return {
    vm: (localId) => snapshot.get('VirtualMachine', localId),
    host: (localId) => snapshot.get('Host', localId),
    hasDatastore: (localId) => snapshot.get('Datastore', localId) !== null,
    hasNetwork: (localId) => snapshot.get('Network', localId) !== null,
    hasVmNamed(name) {
      for (const vm of snapshot.rows('VirtualMachine')) {
        if (vm.name === name) return true;
      }
      return false;
    },
  };
}
