import { SitewideError } from '../../core/errors.ts';
import { powerActions, type Action, type Capabilities } from '../../model/action.ts';
import type { ActionResult } from '../driver.ts';
import type { ActContext } from './act-context.ts';
import { cloneVm, createVm } from './act-create.ts';
import { deleteVm } from './act-delete.ts';
import { setPowerState } from './act-power.ts';
import { reconfigure } from './act-reconfigure.ts';
import { createSnapshot, deleteSnapshot, revertToSnapshot } from './act-snapshot.ts';

// What can be done through a daemon, and who does it.

/** All but moving a machine: that takes two daemons, and an installation is one. */
export const capabilities: Capabilities = {
  actions: [
    'SET_POWER_STATE',
    'CREATE_VIRTUAL_MACHINE',
    'DELETE_VIRTUAL_MACHINE',
    'RECONFIGURE_VIRTUAL_MACHINE',
    'CREATE_SNAPSHOT',
    'REVERT_TO_SNAPSHOT',
    'DELETE_SNAPSHOT',
    'CLONE_VIRTUAL_MACHINE',
  ],
  powerActions,
};

/** `Driver.apply`, with a connection that is open. */
export async function applyAction(context: ActContext, action: Action): Promise<ActionResult> {
  switch (action.kind) {
    case 'SET_POWER_STATE':
      return setPowerState(context, action);
    case 'CREATE_SNAPSHOT':
      return createSnapshot(context, action);
    case 'REVERT_TO_SNAPSHOT':
      return revertToSnapshot(context, action);
    case 'DELETE_SNAPSHOT':
      return deleteSnapshot(context, action);
    case 'CREATE_VIRTUAL_MACHINE':
      return createVm(context, action);
    case 'CLONE_VIRTUAL_MACHINE':
      return cloneVm(context, action);
    case 'DELETE_VIRTUAL_MACHINE':
      return deleteVm(context, action);
    case 'RECONFIGURE_VIRTUAL_MACHINE':
      return reconfigure(context, action);
    case 'MIGRATE_VIRTUAL_MACHINE':
      throw new SitewideError('ACTION_UNSUPPORTED', {
        driver: 'libvirt',
        action: action.kind,
        problem: 'one daemon has one host',
      });
  }
}
