import type { ActionKind } from './action.ts';
import type { Permission } from './permission.ts';

// What each kind of action has to be allowed as.

/** The permission that an action of each kind needs. */
export const permissionOf: Readonly<Record<ActionKind, Permission>> = {
  SET_POWER_STATE: 'power',
  CREATE_VIRTUAL_MACHINE: 'create',
  DELETE_VIRTUAL_MACHINE: 'delete',
  RECONFIGURE_VIRTUAL_MACHINE: 'reconfigure',
  CREATE_SNAPSHOT: 'snapshot',
  REVERT_TO_SNAPSHOT: 'snapshot',
  DELETE_SNAPSHOT: 'snapshot',
  CLONE_VIRTUAL_MACHINE: 'clone',
  MIGRATE_VIRTUAL_MACHINE: 'migrate',
};
