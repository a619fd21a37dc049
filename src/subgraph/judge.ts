import type { Access } from '../auth/authority.ts';
import type { Snapshot } from '../inventory/snapshot.ts';
import type { Action } from '../model/action.ts';
import { permissionOf } from '../model/action-permission.ts';
import { refusal } from '../model/action-values.ts';
import type { Labels } from '../model/label-selector.ts';
import type { UserError } from '../model/operation.ts';
import { permissions } from '../model/permission.ts';
import type { Judge } from '../operations/operations.ts';
import type { Source } from './coverage.ts';

// Whether whoever asks for a change may have it made. What they do not see is not there for them, which is found out like
// anything else that is not there; of what they see they are told that they may not.

/** The judge of what somebody asks for; undefined for whoever may do everything. */
export function judgeOf(source: Source, access: Access): Judge | undefined {
  return permissions.every((permission) => access.mayOn(permission, null))
    ? undefined
    : {
        seen: (snapshot) => source.seen(access, snapshot),
        objectionsTo: (action, snapshot) => objectionsTo(action, access, snapshot),
      };
}

function objectionsTo(action: Action, access: Access, snapshot: Snapshot): readonly UserError[] {
  if (action.kind === 'CREATE_VIRTUAL_MACHINE') {
    return creationObjections(action, access, snapshot);
  }
  const vm = snapshot.get('VirtualMachine', action.vm);
  if (vm === null) {
    return [];
  }
  if (!access.mayOn(permissionOf[action.kind], vm.labels)) {
    return [refusal('FORBIDDEN', 'input.id', `You may not do this with ${vm.name}.`)];
  }
  const labels = action.kind === 'RECONFIGURE_VIRTUAL_MACHINE' ? action.changes.labels : undefined;
  return labels !== undefined && isOtherRight(access, vm.labels, labels)
    ? [
        refusal(
          'FORBIDDEN',
          'input.labels',
          `With these labels, what you may do with ${vm.name} would be something else.`,
        ),
      ]
    : [];
}

/** Nobody gives rights to themselves, or takes a machine away from those who share them. */
function isOtherRight(access: Access, before: Labels, after: Labels): boolean {
  return permissions.some((permission) => access.mayOn(permission, before) !== access.mayOn(permission, after));
}

function creationObjections(
  { spec, template }: Extract<Action, { readonly kind: 'CREATE_VIRTUAL_MACHINE' }>,
  access: Access,
  snapshot: Snapshot,
): readonly UserError[] {
  if (!access.may('create')) {
    return [refusal('FORBIDDEN', null, 'You may not make machines here.')];
  }
  const model = template === null ? null : snapshot.get('VirtualMachine', template);
  return [
    ...(access.mayOn('create', spec.labels)
      ? []
      : [refusal('FORBIDDEN', 'input.labels', 'You may not make machines with these labels here.')]),
    // What is on its disks would be on those of the new one.
    ...(model === null || access.mayOn('clone', model.labels)
      ? []
      : [refusal('FORBIDDEN', 'input.templateId', `You may not copy ${model.name}.`)]),
  ];
}
