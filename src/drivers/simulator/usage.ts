import type { Vm } from '../../model/vm.ts';
import { upsert } from './manager.ts';
import type { Manager, VmChange } from './manager.ts';
import { round } from './power.ts';
import type { Random } from './random.ts';

// Usage that moves. At each tick only the machines whose usage changed noticeably are told of, a twentieth of those that
// run, so that 50,000 machines do not flood the event stream.

const noticeableShare = 0.05;

/** The changes of one tick: about 5 % of the running machines, and at least one if any runs. */
export function moveUsage(manager: Manager, random: Random): VmChange[] {
  const running = [...manager.vms()].filter(({ powerState }) => powerState === 'RUNNING');
  if (running.length === 0) {
    return [];
  }
  const chosen = running.filter(() => random.chance(noticeableShare));
  return (chosen.length > 0 ? chosen : [random.pick(running)]).map((vm) => upsert(withMovedUsage(vm, random)));
}

function withMovedUsage(vm: Vm, random: Random): Vm {
  const memoryMiB = vm.memoryMiB ?? 0;
  const usedMiB = (vm.memoryUsageMiB ?? 0) + Math.round(memoryMiB * (random.next() - 0.5) * 0.1);
  return {
    ...vm,
    cpuUsage: round(within((vm.cpuUsage ?? 0) + (random.next() - 0.5) * 0.4, 0, 1)),
    memoryUsageMiB: within(usedMiB, 0, memoryMiB),
  };
}

function within(value: number, minimum: number, maximum: number): number {
  return Math.min(maximum, Math.max(minimum, value));
}
