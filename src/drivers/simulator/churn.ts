import type { PowerState } from '../../model/vm.ts';
import { remove, upsert } from './manager.ts';
import type { Manager, VmChange } from './manager.ts';
import { withPowerState } from './power.ts';
import type { Random } from './random.ts';

// Machines that come, go and change their power state by themselves. The population stays near what it was.

interface ChurnOptions {
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How many machines there should be. */
  readonly population: number;
}

/** What a machine in each state may turn into. */
const successors: Readonly<Record<PowerState, readonly PowerState[]>> = {
  RUNNING: ['STOPPED', 'PAUSED', 'SUSPENDED', 'CRASHED'],
  STOPPED: ['RUNNING'],
  PAUSED: ['RUNNING', 'STOPPED'],
  SUSPENDED: ['RUNNING'],
  CRASHED: ['RUNNING', 'STOPPED'],
  UNKNOWN: ['RUNNING', 'STOPPED'],
};

/** One change: a fifth of them births, a fifth deaths, the rest power states. */
export function churn(manager: Manager, { random, now, population }: ChurnOptions): VmChange {
  const machines = [...manager.vms()];
  const share = random.next();
  if (machines.length === 0 || (share < 0.2 && machines.length < population * 1.2)) {
    return upsert(manager.newVm('RUNNING', now));
  }
  const vm = random.pick(machines);
  if (share < 0.4 && machines.length > population * 0.8) {
    return remove(vm.localId);
  }
  return upsert(withPowerState(vm, random.pick(successors[vm.powerState]), { now, random }));
}
