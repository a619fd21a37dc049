import type { PowerState } from './vm.ts';

// What an operation has a driver do, in the installation's own local ids: what is kept in the database and handed to the
// driver as it is.

/** What may be done with the power of a machine. The meanings are in schema/vm-operation.graphql. */
export type PowerAction = 'START' | 'SHUTDOWN' | 'FORCE_STOP' | 'REBOOT' | 'RESET' | 'PAUSE' | 'RESUME' | 'SUSPEND';

/** All of them. */
export const powerActions = [
  'START',
  'SHUTDOWN',
  'FORCE_STOP',
  'REBOOT',
  'RESET',
  'PAUSE',
  'RESUME',
  'SUSPEND',
] as const satisfies PowerAction[];

/** What a new machine is to be like. Null: the manager chooses, or there is none. */
export interface NewVm {
  readonly name: string;
  readonly cpuCount: number;
  readonly memoryMiB: number;
  readonly guestOs: string | null;
  readonly diskBytes: number | null;
  /** Local ids. */
  readonly datastore: string | null;
  readonly network: string | null;
  readonly host: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly start: boolean;
}

/** What is to be different about a machine; what is left out stays. Labels and annotations replace those there are. */
export interface VmChanges {
  readonly cpuCount?: number;
  readonly memoryMiB?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Something that a driver does. `vm` is the local id of the machine. */
export type Action =
  | { readonly kind: 'SET_POWER_STATE'; readonly vm: string; readonly action: PowerAction }
  | {
      readonly kind: 'CREATE_VIRTUAL_MACHINE';
      readonly spec: NewVm;
      /** The machine whose disks it begins with; null for empty ones. */
      readonly template: string | null;
    }
  | {
      readonly kind: 'DELETE_VIRTUAL_MACHINE';
      readonly vm: string;
      readonly force: boolean;
      readonly keepDisks: boolean;
    }
  | { readonly kind: 'RECONFIGURE_VIRTUAL_MACHINE'; readonly vm: string; readonly changes: VmChanges }
  | {
      readonly kind: 'CREATE_SNAPSHOT';
      readonly vm: string;
      readonly name: string;
      readonly description: string | null;
    }
  | { readonly kind: 'REVERT_TO_SNAPSHOT'; readonly vm: string; readonly name: string }
  | { readonly kind: 'DELETE_SNAPSHOT'; readonly vm: string; readonly name: string }
  | {
      readonly kind: 'CLONE_VIRTUAL_MACHINE';
      readonly vm: string;
      readonly name: string;
      readonly host: string | null;
      readonly start: boolean;
    }
  | { readonly kind: 'MIGRATE_VIRTUAL_MACHINE'; readonly vm: string; readonly host: string };

/** The kinds of action. */
export type ActionKind = Action['kind'];

/** What a driver can do. What is not named is UNSUPPORTED. */
export interface Capabilities {
  readonly actions: readonly ActionKind[];
  readonly powerActions: readonly PowerAction[];
}

/** The power states in which a power action is possible, and the one it leads to. */
export const powerTransitions: Readonly<
  Record<PowerAction, { readonly from: readonly PowerState[]; readonly to: PowerState }>
> = {
  START: { from: ['STOPPED', 'SUSPENDED', 'CRASHED'], to: 'RUNNING' },
  SHUTDOWN: { from: ['RUNNING'], to: 'STOPPED' },
  FORCE_STOP: { from: ['RUNNING', 'PAUSED', 'CRASHED', 'UNKNOWN'], to: 'STOPPED' },
  REBOOT: { from: ['RUNNING'], to: 'RUNNING' },
  RESET: { from: ['RUNNING', 'PAUSED', 'CRASHED'], to: 'RUNNING' },
  PAUSE: { from: ['RUNNING'], to: 'PAUSED' },
  RESUME: { from: ['PAUSED'], to: 'RUNNING' },
  SUSPEND: { from: ['RUNNING', 'PAUSED'], to: 'SUSPENDED' },
};

/**
 * True if one can tell by looking whether it was done. REBOOT, RESET and reverting leave nothing that says so, and are
 * therefore done at most once.
 */
export function isObservable(action: Action): boolean {
  switch (action.kind) {
    case 'SET_POWER_STATE':
      return action.action !== 'REBOOT' && action.action !== 'RESET';
    case 'REVERT_TO_SNAPSHOT':
      return false;
    case 'CREATE_VIRTUAL_MACHINE':
    case 'DELETE_VIRTUAL_MACHINE':
    case 'RECONFIGURE_VIRTUAL_MACHINE':
    case 'CREATE_SNAPSHOT':
    case 'DELETE_SNAPSHOT':
    case 'CLONE_VIRTUAL_MACHINE':
    case 'MIGRATE_VIRTUAL_MACHINE':
      return true;
  }
}
