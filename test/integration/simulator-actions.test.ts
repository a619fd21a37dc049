import { randomUUID } from 'node:crypto';

import { afterEach, describe, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import type { Driver, Order } from '../../src/drivers/driver.ts';
import { createSimulatorDriver } from '../../src/drivers/simulator/driver.ts';
import type { Effect } from '../../src/drivers/simulator/effects.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import type { Action, NewVm, PowerAction } from '../../src/model/action.ts';
import type { Vm } from '../../src/model/vm.ts';
import { eventually } from '../contract/eventually.ts';

// The simulated manager is changed through its driver, over real connections.

let cleanup = new AsyncDisposableStack();
afterEach(async () => {
  const done = cleanup;
  cleanup = new AsyncDisposableStack();
  await done.disposeAsync();
});

interface World {
  readonly driver: Driver;
  readonly url: string;
  vms(): Promise<readonly Vm[]>;
  effects(): Promise<readonly Effect[]>;
}

const { signal } = new AbortController();

async function newWorld(actionMs = 0): Promise<World> {
  const simulator = await startSimulator({ installation: 'a', vms: 30, port: 0, usageIntervalMs: 0, actionMs });
  cleanup.use(simulator);
  const { url } = simulator;
  const driver = cleanup.use(createSimulatorDriver({ url, clock: systemClock }));
  return {
    driver,
    url,
    vms: async () => (await driver.inventory(signal)).VirtualMachine,
    effects: async () => (await (await fetch(`${url}/v1/effects`)).json()) as readonly Effect[],
  };
}

const order = (rest: Partial<Order> = {}): Order => ({ operationId: randomUUID(), epoch: 1, signal, ...rest });
const power = (vm: Vm, action: PowerAction): Action => ({ kind: 'SET_POWER_STATE', vm: vm.localId, action });

async function vmIn({ vms }: World, powerState: Vm['powerState']): Promise<Vm> {
  return (await vms()).find((vm) => vm.powerState === powerState)!;
}

async function found({ vms }: World, localId: string): Promise<Vm | undefined> {
  return (await vms()).find((vm) => vm.localId === localId);
}

const spec: NewVm = {
  name: 'made',
  cpuCount: 3,
  memoryMiB: 1_000,
  guestOs: null,
  diskBytes: 2 ** 30,
  datastore: null,
  network: null,
  host: null,
  labels: { env: 'test' },
  annotations: {},
  start: true,
};

describe('the simulated manager', () => {
  test('changes the power of machines, each once', async () => {
    const world = await newWorld();
    const { localId } = await vmIn(world, 'RUNNING');
    const states: string[] = [];
    for (const action of ['PAUSE', 'RESUME', 'SUSPEND', 'START', 'SHUTDOWN', 'START', 'FORCE_STOP'] as const) {
      await world.driver.apply({ kind: 'SET_POWER_STATE', vm: localId, action }, order());
      states.push((await found(world, localId))!.powerState);
    }
    expect(states).toEqual(['PAUSED', 'RUNNING', 'SUSPENDED', 'RUNNING', 'STOPPED', 'RUNNING', 'STOPPED']);
    await world.driver.apply({ kind: 'SET_POWER_STATE', vm: localId, action: 'SHUTDOWN' }, order());
    expect(await world.effects()).toHaveLength(7);
  });

  test('boots anew, which shows as a new time of the boot', async () => {
    const world = await newWorld();
    const vm = await vmIn(world, 'RUNNING');
    await world.driver.apply(power(vm, 'RESET'), order());
    expect((await found(world, vm.localId))!.bootedAt).toBeGreaterThan(vm.bootedAt!);
  });

  test('makes machines, copies and deletes them, and knows by which operation', async () => {
    const world = await newWorld();
    const made = order();
    const action: Action = { kind: 'CREATE_VIRTUAL_MACHINE', spec, template: null };
    expect(await world.driver.reconcile(action, made)).toEqual({ outcome: 'NOT_DONE' });
    const { vm } = await world.driver.apply(action, made);
    expect(await found(world, vm)).toMatchObject({
      name: 'made',
      cpuCount: 3,
      powerState: 'RUNNING',
      labels: { env: 'test' },
    });
    expect(await world.driver.apply(action, made)).toEqual({ vm });
    expect(await world.driver.reconcile(action, made)).toEqual({ outcome: 'DONE', result: { vm } });
    await expect(world.driver.apply(action, order())).rejects.toMatchObject({
      code: 'ACTION_IMPOSSIBLE',
      message: 'there is a machine "made" already.',
    });
    const copy: Action = { kind: 'CLONE_VIRTUAL_MACHINE', vm, name: 'copy', host: null, start: false };
    const copied = await world.driver.apply(copy, order());
    expect(await found(world, copied.vm)).toMatchObject({ name: 'copy', cpuCount: 3, powerState: 'STOPPED' });
    const deletion = { kind: 'DELETE_VIRTUAL_MACHINE', vm, keepDisks: false } as const;
    await expect(world.driver.apply({ ...deletion, force: false }, order())).rejects.toMatchObject({
      code: 'ACTION_IMPOSSIBLE',
    });
    const deleted = order();
    await world.driver.apply({ ...deletion, force: true }, deleted);
    expect(await found(world, vm)).toBeUndefined();
    expect(await world.driver.reconcile({ ...deletion, force: true }, deleted)).toMatchObject({ outcome: 'DONE' });
  });

  test('changes what machines are made of, and moves them', async () => {
    const world = await newWorld();
    const vm = await vmIn(world, 'RUNNING');
    const changes = { cpuCount: 5, labels: { a: 'b' } };
    await world.driver.apply({ kind: 'RECONFIGURE_VIRTUAL_MACHINE', vm: vm.localId, changes }, order());
    const other = (await world.driver.inventory(signal)).Host.find(({ localId }) => localId !== vm.host?.localId)!;
    await world.driver.apply({ kind: 'MIGRATE_VIRTUAL_MACHINE', vm: vm.localId, host: other.localId }, order());
    expect(await found(world, vm.localId)).toMatchObject({ ...changes, host: { localId: other.localId } });
  });

  test('keeps states, goes back to them, and drops them', async () => {
    const world = await newWorld();
    const { localId: vm } = await vmIn(world, 'RUNNING');
    const create = (name: string): Action => ({ kind: 'CREATE_SNAPSHOT', vm, name, description: 'why' });
    await world.driver.apply(create('one'), order());
    await world.driver.apply(create('two'), order());
    await expect(world.driver.apply(create('two'), order())).rejects.toMatchObject({ code: 'ACTION_IMPOSSIBLE' });
    expect((await found(world, vm))!.snapshots).toMatchObject([
      { name: 'one', parent: null, isCurrent: false },
      { name: 'two', parent: 'one', isCurrent: true, description: 'why', powerState: 'RUNNING' },
    ]);
    await world.driver.apply({ kind: 'SET_POWER_STATE', vm, action: 'FORCE_STOP' }, order());
    await world.driver.apply({ kind: 'RECONFIGURE_VIRTUAL_MACHINE', vm, changes: { cpuCount: 63 } }, order());
    const revert: Action = { kind: 'REVERT_TO_SNAPSHOT', vm, name: 'one' };
    await world.driver.apply(revert, order());
    const reverted = (await found(world, vm))!;
    expect(reverted.powerState).toBe('RUNNING');
    expect(reverted.cpuCount).not.toBe(63);
    expect(await world.driver.reconcile(revert, order())).toEqual({ outcome: 'UNKNOWN' });
    await world.driver.apply({ kind: 'DELETE_SNAPSHOT', vm, name: 'one' }, order());
    expect((await found(world, vm))!.snapshots).toMatchObject([{ name: 'two', parent: null }]);
  });

  test('says in words what is impossible', async () => {
    const world = await newWorld();
    const vm = await vmIn(world, 'STOPPED');
    await expect(world.driver.apply(power(vm, 'PAUSE'), order())).rejects.toMatchObject({
      code: 'ACTION_IMPOSSIBLE',
      message: `${vm.name} is STOPPED; PAUSE is possible only in RUNNING.`,
    });
    expect(await world.effects()).toEqual([]);
  });
});

describe('a change that takes time', () => {
  test('tells how far it is', async () => {
    const world = await newWorld(100);
    const told: number[] = [];
    const onProgress = (progress: number): number => told.push(progress);
    await world.driver.apply(power(await vmIn(world, 'RUNNING'), 'PAUSE'), order({ onProgress }));
    expect(told).toEqual([0, 25, 50, 75]);
  });

  test('is ended without an effect by whoever asked for it', async () => {
    const world = await newWorld(60_000);
    const stop = new AbortController();
    const vm = await vmIn(world, 'RUNNING');
    const cancelled = order({ signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) });
    await expect(world.driver.apply(power(vm, 'PAUSE'), cancelled)).rejects.toThrow('enough');
    expect(await world.driver.reconcile(power(vm, 'PAUSE'), order({ ...cancelled, signal }))).toEqual({
      outcome: 'NOT_DONE',
    });
    expect(await world.effects()).toEqual([]);
  });

  test('goes on when whoever asked for it dies, and has its effect once', async () => {
    const world = await newWorld(300);
    const vm = await vmIn(world, 'RUNNING');
    const lost = order();
    const dying = createSimulatorDriver({ url: world.url, clock: systemClock });
    const asked = dying.apply(power(vm, 'PAUSE'), {
      ...lost,
      onProgress: () => void dying[Symbol.asyncDispose](),
    });
    await expect(asked).rejects.toMatchObject({ code: 'DRIVER_UNREACHABLE' });
    await eventually(async () => expect((await found(world, vm.localId))!.powerState).toBe('PAUSED'));
    expect(await world.driver.reconcile(power(vm, 'PAUSE'), { ...lost, epoch: 2 })).toMatchObject({ outcome: 'DONE' });
    expect(await world.effects()).toHaveLength(1);
  });

  test('has no effect once a newer owner of its operation was heard of', async () => {
    const world = await newWorld(300);
    const vm = await vmIn(world, 'RUNNING');
    const old = order();
    const asked = world.driver.apply(power(vm, 'RESET'), old);
    asked.catch(() => undefined);
    await eventually(async () => {
      expect(await world.driver.reconcile(power(vm, 'RESET'), { ...old, epoch: 2 })).toEqual({ outcome: 'UNKNOWN' });
    });
    await expect(asked).rejects.toMatchObject({ code: 'STALE_EPOCH' });
    await expect(world.driver.apply(power(vm, 'RESET'), old)).rejects.toMatchObject({ code: 'STALE_EPOCH' });
    expect(await world.effects()).toEqual([]);
    await world.driver.apply(power(vm, 'RESET'), { ...old, epoch: 2 });
    expect(await world.effects()).toMatchObject([{ epoch: 2, kind: 'SET_POWER_STATE', action: 'RESET', number: 1 }]);
  });
});
