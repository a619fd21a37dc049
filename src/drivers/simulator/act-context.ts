import { SitewideError } from '../../core/errors.ts';
import type { Host } from '../../model/host.ts';
import type { Vm } from '../../model/vm.ts';
import type { Manager, VmChange } from './manager.ts';
import type { Random } from './random.ts';

// What the actions of the simulated manager work with.

/** What is needed for that. */
export interface ActContext {
  readonly manager: Manager;
  readonly operationId: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: Random;
  /** The states that snapshots keep, by machine and name. */
  readonly kept: ReadonlyMap<string, Vm>;
}

/** What an action leads to. */
export interface Act {
  /** The machine that it changed or made. */
  readonly vm: string;
  /** Empty if all is so already. */
  readonly changes: readonly VmChange[];
  /** The state that a new snapshot keeps. */
  readonly keep?: { readonly key: string; readonly vm: Vm };
}

/** The host of that id. Throws as `actOf`. */
export function hostOf(localId: string, hosts: readonly Host[]): Host {
  const host = hosts.find((known) => known.localId === localId);
  if (host === undefined) {
    throw impossible(`there is no host ${localId}`);
  }
  return host;
}

/** The refusal of an action. */
export function impossible(problem: string): SitewideError {
  return new SitewideError('ACTION_IMPOSSIBLE', { problem });
}
