import { powerTransitions, type Action } from '../../model/action.ts';
import type { Vm } from '../../model/vm.ts';
import { hostOf, impossible, type Act, type ActContext } from './act-context.ts';
import { copyOf, createdVm } from './act-create.ts';
import { deletedSnapshot, newSnapshot, revertedTo } from './act-snapshot.ts';
import { remove, upsert } from './manager.ts';
import { withPowerState } from './power.ts';
import { edited } from './vm-edits.ts';

// What an action makes of the world, worked out without touching it.

/**
 * What an action would do now.
 * @throws SitewideError `ACTION_IMPOSSIBLE`.
 */
export function actOf(action: Action, context: ActContext): Act {
  if (action.kind === 'CREATE_VIRTUAL_MACHINE') {
    const made = createdVm(action, context);
    return { vm: made.localId, changes: [upsert(made)] };
  }
  const vm = context.manager.vm(action.vm);
  if (action.kind === 'DELETE_VIRTUAL_MACHINE') {
    return vm === undefined ? { vm: action.vm, changes: [] } : deletion(vm, action.force);
  }
  if (vm === undefined) {
    throw impossible(`there is no machine ${action.vm}`);
  }
  switch (action.kind) {
    case 'SET_POWER_STATE':
      return power(vm, action, context);
    case 'RECONFIGURE_VIRTUAL_MACHINE':
      return changed(vm, edited(vm, action.changes, { ...context, hosts: context.manager.hosts }));
    case 'CREATE_SNAPSHOT':
      return newSnapshot(vm, action, context);
    case 'REVERT_TO_SNAPSHOT':
      return changed(vm, revertedTo(vm, action.name, context));
    case 'DELETE_SNAPSHOT':
      return changed(vm, deletedSnapshot(vm, action.name));
    case 'CLONE_VIRTUAL_MACHINE': {
      const made = copyOf(vm, action, context);
      return { vm: made.localId, changes: [upsert(made)] };
    }
    case 'MIGRATE_VIRTUAL_MACHINE': {
      const { localId, name } = hostOf(action.host, context.manager.hosts);
      return vm.host?.localId === localId
        ? { vm: vm.localId, changes: [] }
        : changed(vm, { ...vm, host: { localId, name } });
    }
  }
}

/** A machine that is not as it was. */
function changed(before: Vm, after: Vm): Act {
  return { vm: before.localId, changes: after === before ? [] : [upsert(after)] };
}

function power(vm: Vm, { action }: Extract<Action, { readonly kind: 'SET_POWER_STATE' }>, context: ActContext): Act {
  const { from, to } = powerTransitions[action];
  const bootsAnew = action === 'REBOOT' || action === 'RESET';
  if (vm.powerState === to && !bootsAnew) {
    return { vm: vm.localId, changes: [] };
  }
  if (!from.includes(vm.powerState)) {
    throw impossible(`${vm.name} is ${vm.powerState}; ${action} is possible only in ${from.join(', ')}`);
  }
  const next = withPowerState(vm, to, context);
  return changed(vm, bootsAnew ? { ...next, bootedAt: context.now } : next);
}

function deletion(vm: Vm, force: boolean): Act {
  if (!force && (vm.powerState === 'RUNNING' || vm.powerState === 'PAUSED')) {
    throw impossible(`${vm.name} is ${vm.powerState}; it has to be stopped first`);
  }
  return { vm: vm.localId, changes: [remove(vm.localId)] };
}
