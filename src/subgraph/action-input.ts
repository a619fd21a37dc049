import type {
  CloneVirtualMachineInput,
  CreateSnapshotInput,
  CreateVirtualMachineInput,
  DeleteSnapshotInput,
  DeleteVirtualMachineInput,
  LabelInput,
  MigrateVirtualMachineInput,
  ReconfigureVirtualMachineInput,
  RevertToSnapshotInput,
  SetPowerStateInput,
} from '../../schema/generated/resolvers.ts';
import type { Action, NewVm } from '../model/action.ts';
import type { UserError } from '../model/operation.ts';
import type { Vm } from '../model/vm.ts';

// From the inputs of mutations to actions. Pure: ids are read by a function that is given and throws for those of others.
// Whether an action is possible is decided elsewhere.

/** The local id of a global id of this type, null for null. Throws for one of another type or installation. */
export interface ReadLocalId {
  (id: string, type: string): string;
}

/** How each mutation of one machine becomes an action. */
export const vmActions = {
  setPowerState: (input: SetPowerStateInput, read: ReadLocalId): Action => ({
    kind: 'SET_POWER_STATE',
    vm: vmOf(input, read),
    action: input.action,
  }),
  deleteVirtualMachine: (input: DeleteVirtualMachineInput, read: ReadLocalId): Action => ({
    kind: 'DELETE_VIRTUAL_MACHINE',
    vm: vmOf(input, read),
    force: input.force ?? false,
    keepDisks: input.keepDisks ?? false,
  }),
  reconfigureVirtualMachine: (input: ReconfigureVirtualMachineInput, read: ReadLocalId): Action => ({
    kind: 'RECONFIGURE_VIRTUAL_MACHINE',
    vm: vmOf(input, read),
    changes: {
      ...(isGiven(input.cpuCount) && { cpuCount: input.cpuCount }),
      ...(isGiven(input.memoryMiB) && { memoryMiB: input.memoryMiB }),
      ...(isGiven(input.labels) && { labels: pairsOf(input.labels) }),
      ...(isGiven(input.annotations) && { annotations: pairsOf(input.annotations) }),
    },
  }),
  createSnapshot: (input: CreateSnapshotInput, read: ReadLocalId): Action => ({
    kind: 'CREATE_SNAPSHOT',
    vm: vmOf(input, read),
    name: input.name,
    description: input.description ?? null,
  }),
  revertToSnapshot: (input: RevertToSnapshotInput, read: ReadLocalId): Action => ({
    kind: 'REVERT_TO_SNAPSHOT',
    vm: vmOf(input, read),
    name: input.name,
  }),
  deleteSnapshot: (input: DeleteSnapshotInput, read: ReadLocalId): Action => ({
    kind: 'DELETE_SNAPSHOT',
    vm: vmOf(input, read),
    name: input.name,
  }),
  cloneVirtualMachine: (input: CloneVirtualMachineInput, read: ReadLocalId): Action => ({
    kind: 'CLONE_VIRTUAL_MACHINE',
    vm: vmOf(input, read),
    name: input.name,
    host: isGiven(input.hostId) ? read(input.hostId, 'Host') : null,
    start: input.start ?? false,
  }),
  migrateVirtualMachine: (input: MigrateVirtualMachineInput, read: ReadLocalId): Action => ({
    kind: 'MIGRATE_VIRTUAL_MACHINE',
    vm: vmOf(input, read),
    host: read(input.hostId, 'Host'),
  }),
} as const;

type CreateAction = Extract<Action, { readonly kind: 'CREATE_VIRTUAL_MACHINE' }>;

/** A machine to be made as far as the caller says what it is like; null: not said. */
export interface AskedVm extends Omit<CreateAction, 'spec'> {
  readonly spec: { readonly [Field in keyof NewVm]: NewVm[Field] | null } & Pick<NewVm, 'name' | 'start'>;
}

/** What the caller says of a machine to be made. */
export function askedVmOf(input: CreateVirtualMachineInput, read: ReadLocalId): AskedVm {
  const readOptional = (id: string | null | undefined, type: string): string | null =>
    isGiven(id) ? read(id, type) : null;
  return {
    kind: 'CREATE_VIRTUAL_MACHINE',
    template: readOptional(input.templateId, 'VirtualMachine'),
    spec: {
      name: input.name,
      cpuCount: input.cpuCount ?? null,
      memoryMiB: input.memoryMiB ?? null,
      guestOs: input.guestOs ?? null,
      diskBytes: input.diskBytes ?? null,
      datastore: readOptional(input.datastoreId, 'Datastore'),
      network: readOptional(input.networkId, 'Network'),
      host: readOptional(input.hostId, 'Host'),
      labels: isGiven(input.labels) ? pairsOf(input.labels) : null,
      annotations: isGiven(input.annotations) ? pairsOf(input.annotations) : null,
      start: input.start ?? false,
    },
  };
}

/**
 * The machine that is to be made, with what the template has where the caller says nothing.
 * @param template Null if none is wanted, or if there is none, which is refused elsewhere.
 */
export function filledVm({ spec, ...rest }: AskedVm, template: Vm | null): CreateAction {
  return {
    ...rest,
    spec: {
      ...spec,
      cpuCount: spec.cpuCount ?? template?.cpuCount ?? 1,
      memoryMiB: spec.memoryMiB ?? template?.memoryMiB ?? 512,
      guestOs: spec.guestOs ?? template?.guestOs ?? null,
      datastore: spec.datastore ?? template?.disks[0]?.datastore ?? null,
      network: spec.network ?? template?.networkInterfaces[0]?.network ?? null,
      labels: spec.labels ?? template?.labels ?? {},
      annotations: spec.annotations ?? template?.annotations ?? {},
    },
  };
}

/** Refuses lists that name a key twice, of which nobody could say which value is meant. */
export function checkLabels(input: {
  readonly labels?: readonly LabelInput[] | null | undefined;
  readonly annotations?: readonly LabelInput[] | null | undefined;
}): readonly UserError[] {
  return (['labels', 'annotations'] as const).flatMap((list) => {
    const keys = (input[list] ?? []).map(({ key }) => key);
    const twice = keys.find((key, at) => keys.indexOf(key) !== at);
    const message = `The key ${JSON.stringify(twice)} is given more than once.`;
    return twice === undefined ? [] : [{ code: 'INVALID_ARGUMENT' as const, field: `input.${list}`, message }];
  });
}

function vmOf({ id }: { readonly id: string }, read: ReadLocalId): string {
  return read(id, 'VirtualMachine');
}

function pairsOf(labels: readonly LabelInput[]): Readonly<Record<string, string>> {
  return Object.fromEntries(labels.map(({ key, value }) => [key, value]));
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
