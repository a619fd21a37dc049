import { setTimeout as delay } from 'node:timers/promises';

import { abortable } from '../../src/core/abort.ts';
import { SitewideError } from '../../src/core/errors.ts';
import type { Driver, Order } from '../../src/drivers/driver.ts';
import { isObservable, powerActions, powerTransitions, type Action } from '../../src/model/action.ts';
import type { Change, Inventory } from '../../src/model/resource.ts';
import type { Vm } from '../../src/model/vm.ts';
import { host, inventory } from './builders.ts';

// A hypervisor manager in this process, with a driver for each worker: what has an effect is written down, actions take as
// long as a test wants, and what comes under an old epoch is refused.

/** One effect. */
interface Effect {
  readonly operationId: string;
  readonly epoch: number;
  readonly what: string;
  readonly vm: string;
}

/** The manager. */
export interface TestManager {
  readonly vms: Map<string, Vm>;
  readonly effects: readonly Effect[];
  /** How long an action takes, in milliseconds. */
  actionMs: number;
  /** What every call meets instead of an answer. */
  failure: Error | null;
  /** What every action meets instead of being begun. */
  actionFailure: Error | null;
  /** True: an action that was begun goes on although nobody waits for it any more. */
  isStubborn: boolean;
  newDriver(): Driver;
}

/** A manager of these machines. */
export function createTestManager(machines: readonly Vm[]): TestManager {
  const vms = new Map(machines.map((vm) => [vm.localId, vm]));
  const effects: Effect[] = [];
  const epochs = new Map<string, number>();
  const watchers = new Set<(changes: readonly Change[]) => void>();
  const tell = (changes: readonly Change[]): void => watchers.forEach((watcher) => watcher(changes));
  const fence = ({ operationId, epoch }: Order): void => {
    if (epoch < (epochs.get(operationId) ?? 0))
      throw new SitewideError('STALE_EPOCH', { operation: operationId, epoch });
    epochs.set(operationId, epoch);
  };
  const put = (vm: Vm, action: Action, { operationId, epoch }: Order): void => {
    vms.set(vm.localId, vm);
    effects.push({
      operationId,
      epoch,
      what: action.kind === 'SET_POWER_STATE' ? action.action : action.kind,
      vm: vm.localId,
    });
    tell([{ type: 'upsert', kind: 'VirtualMachine', resource: vm }]);
  };
  const act = (action: Action, order: Order): string => {
    if (action.kind === 'CREATE_VIRTUAL_MACHINE') {
      const { name, cpuCount, memoryMiB } = action.spec;
      const [template] = machines;
      put({ ...template!, localId: `new-${name}`, name, cpuCount, memoryMiB, powerState: 'STOPPED' }, action, order);
      return `new-${name}`;
    }
    const vm = vms.get(action.vm);
    if (vm === undefined) throw new SitewideError('ACTION_IMPOSSIBLE', { problem: 'it is gone' });
    if (action.kind === 'SET_POWER_STATE') {
      const { to } = powerTransitions[action.action];
      if (!isObservable(action)) put({ ...vm, bootedAt: (vm.bootedAt ?? 0) + 1 }, action, order);
      else if (vm.powerState !== to) put({ ...vm, powerState: to }, action, order);
    }
    if (action.kind === 'RECONFIGURE_VIRTUAL_MACHINE') put({ ...vm, ...action.changes }, action, order);
    return action.vm;
  };
  const isDone = (action: Action): boolean =>
    action.kind === 'CREATE_VIRTUAL_MACHINE'
      ? vms.has(`new-${action.spec.name}`)
      : action.kind === 'SET_POWER_STATE' && vms.get(action.vm)?.powerState === powerTransitions[action.action].to;
  const manager: TestManager = {
    vms,
    effects,
    actionMs: 0,
    failure: null,
    actionFailure: null,
    isStubborn: false,
    newDriver: () => ({
      kind: 'test',
      uri: 'test:',
      capabilities: {
        actions: ['SET_POWER_STATE', 'CREATE_VIRTUAL_MACHINE', 'RECONFIGURE_VIRTUAL_MACHINE'],
        powerActions,
      },
      async inventory(): Promise<Inventory> {
        if (manager.failure) throw manager.failure;
        return inventory({ VirtualMachine: [...vms.values()], Host: [host({ name: 'host' })] });
      },
      async *watch(signal) {
        const queue: (readonly Change[])[] = [[]];
        let wake = Promise.withResolvers<void>();
        const watcher = (changes: readonly Change[]): void => {
          queue.push(changes);
          wake.resolve();
        };
        watchers.add(watcher);
        signal.addEventListener('abort', () => wake.resolve(), { once: true });
        while (!signal.aborted) {
          while (queue.length > 0) yield queue.shift()!;
          wake = Promise.withResolvers<void>();
          if (!signal.aborted) await wake.promise;
        }
        watchers.delete(watcher);
      },
      async apply(action, order) {
        const failure = manager.failure ?? manager.actionFailure;
        if (failure) throw failure;
        fence(order);
        order.onProgress?.(10, 'The manager is at it.');
        const signal = manager.isStubborn ? undefined : order.signal;
        const done = pause(manager.actionMs, signal).then(() => {
          fence(order);
          return { vm: act(action, order) };
        });
        done.catch(() => undefined);
        return abortable(done, order.signal);
      },
      async reconcile(action, order) {
        if (manager.failure) throw manager.failure;
        fence(order);
        if (!isObservable(action)) return { outcome: 'UNKNOWN' };
        const vm = action.kind === 'CREATE_VIRTUAL_MACHINE' ? `new-${action.spec.name}` : action.vm;
        return isDone(action) ? { outcome: 'DONE', result: { vm } } : { outcome: 'NOT_DONE' };
      },
      async [Symbol.asyncDispose]() {},
    }),
  };
  return manager;
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (milliseconds > 0) await delay(milliseconds, undefined, signal && { signal });
}
