import { powerTransitions, type Action, type Capabilities, type PowerAction } from './action.ts';
import { checkLabels, checkName, checkSizes, refusal } from './action-values.ts';
import type { UserError } from './operation.ts';
import type { Row } from './resource.ts';

// Whether an action is possible, as far as the inventory tells. Pure; the manager has the last word.

/** The inventory as a check sees it. */
export interface CheckedInventory {
  vm(localId: string): Row<'VirtualMachine'> | null;
  /** True if a machine has this name. */
  hasVmNamed(name: string): boolean;
  host(localId: string): Row<'Host'> | null;
  hasDatastore(localId: string): boolean;
  hasNetwork(localId: string): boolean;
}

interface CheckOptions {
  readonly inventory: CheckedInventory;
  readonly capabilities: Capabilities;
  /** False while another operation of the same machine is under way: what state it leaves is not known yet. */
  readonly checkState: boolean;
}

const smallestDiskBytes = 2 ** 20;

/** Why an action is not possible; empty if it is. */
export function checkAction(action: Action, options: CheckOptions): readonly UserError[] {
  const { capabilities, inventory } = options;
  if (!capabilities.actions.includes(action.kind)) {
    return [refusal('UNSUPPORTED', null, `This installation cannot do ${action.kind}.`)];
  }
  switch (action.kind) {
    case 'CREATE_VIRTUAL_MACHINE':
      return checkNew(action, inventory);
    default: {
      const vm = inventory.vm(action.vm);
      return vm === null
        ? [refusal('NOT_FOUND', 'input.id', 'There is no such virtual machine.')]
        : checkVmAction(action, vm, options);
    }
  }
}

type VmAction = Extract<Action, { readonly vm: string }>;

function checkVmAction(
  action: VmAction,
  vm: Row<'VirtualMachine'>,
  { inventory, capabilities, checkState }: CheckOptions,
): readonly UserError[] {
  switch (action.kind) {
    case 'SET_POWER_STATE':
      if (!capabilities.powerActions.includes(action.action)) {
        return [refusal('UNSUPPORTED', 'input.action', `This installation cannot do ${action.action}.`)];
      }
      return checkState && !powerTransitions[action.action].from.includes(vm.powerState)
        ? [wrongState(vm, 'input.action', `${action.action} is possible only in ${statesOf(action.action)}`)]
        : [];
    case 'DELETE_VIRTUAL_MACHINE':
      return checkState && !action.force && !isOff(vm)
        ? [wrongState(vm, 'input.force', 'a machine that has power is deleted only with "force"')]
        : [];
    case 'RECONFIGURE_VIRTUAL_MACHINE':
      return [
        ...(Object.keys(action.changes).length === 0
          ? [refusal('INVALID_ARGUMENT', 'input', 'Nothing is to be changed.')]
          : []),
        ...checkSizes(action.changes),
        ...checkLabels(action.changes),
      ];
    case 'CREATE_SNAPSHOT':
      return [
        ...checkName(action.name),
        ...(checkState && hasSnapshot(vm, action.name) === true
          ? [refusal('INVALID_ARGUMENT', 'input.name', `${vm.name} has a snapshot "${action.name}" already.`)]
          : []),
      ];
    case 'REVERT_TO_SNAPSHOT':
    case 'DELETE_SNAPSHOT':
      return checkState && hasSnapshot(vm, action.name) === false
        ? [refusal('NOT_FOUND', 'input.name', `${vm.name} has no snapshot "${action.name}".`)]
        : [];
    case 'CLONE_VIRTUAL_MACHINE':
      return [...checkNewName(action.name, inventory), ...checkHost(action.host, inventory)];
    case 'MIGRATE_VIRTUAL_MACHINE':
      return checkState && vm.host?.localId === action.host
        ? [refusal('INVALID_STATE', 'input.hostId', `${vm.name} is on ${vm.host.name} already.`)]
        : checkHost(action.host, inventory);
  }
}

function checkNew(
  { spec, template }: Extract<Action, { readonly kind: 'CREATE_VIRTUAL_MACHINE' }>,
  inventory: CheckedInventory,
): readonly UserError[] {
  const { datastore, network, diskBytes } = spec;
  return [
    ...checkNewName(spec.name, inventory),
    ...checkSizes(spec),
    ...checkLabels(spec),
    ...(template !== null && inventory.vm(template) === null
      ? [refusal('NOT_FOUND', 'input.templateId', 'There is no such template.')]
      : []),
    ...(datastore !== null && !inventory.hasDatastore(datastore)
      ? [refusal('NOT_FOUND', 'input.datastoreId', 'There is no such datastore.')]
      : []),
    ...(network !== null && !inventory.hasNetwork(network)
      ? [refusal('NOT_FOUND', 'input.networkId', 'There is no such network.')]
      : []),
    ...(diskBytes !== null && diskBytes < smallestDiskBytes
      ? [
          refusal(
            'INVALID_ARGUMENT',
            'input.diskBytes',
            `A disk has at least ${smallestDiskBytes} bytes; found ${diskBytes}.`,
          ),
        ]
      : []),
    ...checkHost(spec.host, inventory),
  ];
}

function checkNewName(name: string, inventory: CheckedInventory): readonly UserError[] {
  const problems = checkName(name);
  return problems.length === 0 && inventory.hasVmNamed(name)
    ? [refusal('INVALID_ARGUMENT', 'input.name', `There is a virtual machine "${name}" already.`)]
    : problems;
}

function checkHost(host: string | null, inventory: CheckedInventory): readonly UserError[] {
  return host !== null && inventory.host(host) === null
    ? [refusal('NOT_FOUND', 'input.hostId', 'There is no such host.')]
    : [];
}

/** Null if the source cannot tell. */
function hasSnapshot({ snapshots }: Row<'VirtualMachine'>, name: string): boolean | null {
  return snapshots === null ? null : snapshots.some((snapshot) => snapshot.name === name);
}

function isOff({ powerState }: Row<'VirtualMachine'>): boolean {
  return powerState === 'STOPPED' || powerState === 'SUSPENDED' || powerState === 'CRASHED';
}

function wrongState({ name, powerState }: Row<'VirtualMachine'>, field: string, problem: string): UserError {
  return refusal('INVALID_STATE', field, `${name} is ${powerState}; ${problem}.`);
}

function statesOf(action: PowerAction): string {
  return powerTransitions[action].from.join(', ');
}

/** Which actions wait for each other: those of one machine, or of one name that is to be given. */
export function serialKeyOf(action: Action): string {
  return action.kind === 'CREATE_VIRTUAL_MACHINE' ? `name ${action.spec.name}` : `vm ${action.vm}`;
}
