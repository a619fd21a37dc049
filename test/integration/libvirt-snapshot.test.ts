import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { createLibvirtDriver } from '../../src/drivers/libvirt/driver.ts';
import type { Driver, Order } from '../../src/drivers/driver.ts';
import type { Action } from '../../src/model/action.ts';
import type { Vm } from '../../src/model/vm.ts';
import { eventually } from '../contract/eventually.ts';
import { recordWatch, type WatchRecorder } from '../contract/watch-recorder.ts';
import { makePool, obedientDisk } from '../support/guest-disk.ts';
import { libvirtRequirement, startLibvirtd } from '../support/libvirtd.ts';
import type { Libvirtd } from '../support/libvirtd.ts';
import { describeWith } from '../support/requirements.ts';

// Snapshots of real QEMU guests, checked by what virsh says.

/** Longer than any test: what a watch tells is told because of an event. */
const neverMs = 3_600_000;

describeWith(libvirtRequirement, 'snapshots on a libvirt daemon', () => {
  let libvirtd: Libvirtd;
  let driver: Driver;
  let vm: string;
  let raw: string;

  const order = (operationId: string = crypto.randomUUID()): Order => ({
    operationId,
    epoch: 1,
    signal: AbortSignal.timeout(30_000),
  });
  const create = (name: string, description: string | null = null): Action => ({
    kind: 'CREATE_SNAPSHOT',
    vm,
    name,
    description,
  });
  const done = { outcome: 'DONE', result: { vm: expect.any(String) } };
  const names = async (): Promise<string[]> =>
    (await libvirtd.virsh('snapshot-list', vm, '--name')).split('\n').filter((name) => name !== '');
  async function machine(): Promise<Vm> {
    const { VirtualMachine } = await driver.inventory(AbortSignal.timeout(30_000));
    return VirtualMachine.find(({ localId }) => localId === vm)!;
  }

  const shows = (watch: WatchRecorder, snapshots: unknown): Promise<void> =>
    eventually(() => expect(watch.changes().at(-1)).toMatchObject({ resource: { localId: vm, snapshots } }));

  beforeAll(async () => {
    libvirtd = await startLibvirtd();
    const { uri } = libvirtd;
    driver = createLibvirtDriver({ uri, clock: systemClock, statsIntervalMs: neverMs, refreshIntervalMs: neverMs });
    await makePool(libvirtd);
    vm = await libvirtd.defineGuest({ name: 'kept', devices: await obedientDisk(libvirtd, 'kept') });
    raw = await libvirtd.defineGuest({ name: 'raw', devices: await obedientDisk(libvirtd, 'plain', 'raw') });
  });
  afterAll(async () => {
    await driver?.[Symbol.asyncDispose]();
    await libvirtd?.stop();
  });

  test('are made once, told of at once, and in the inventory as they are', async () => {
    await using watch = recordWatch(driver);
    await watch.inForce;
    expect((await machine()).snapshots).toEqual([]);
    const first = order();
    await driver.apply(create('clean', 'before <all> & more'), first);
    await shows(watch, [expect.objectContaining({ name: 'clean', isCurrent: true })]);
    await driver.apply(create('clean', 'before <all> & more'), first);
    expect(await driver.reconcile(create('clean'), first)).toEqual(done);
    await libvirtd.virsh('start', vm);
    await driver.apply(create('running'), order());
    expect(await names()).toEqual(['clean', 'running']);
    const { snapshots } = await machine();
    expect(snapshots).toEqual([
      {
        name: 'clean',
        description: 'before <all> & more',
        createdAt: expect.any(Number),
        parent: null,
        isCurrent: false,
        powerState: 'STOPPED',
      },
      {
        name: 'running',
        description: null,
        createdAt: expect.any(Number),
        parent: 'clean',
        isCurrent: true,
        powerState: 'RUNNING',
      },
    ]);
    expect(Math.abs(Date.now() - (snapshots?.[0]?.createdAt ?? 0))).toBeLessThan(60_000);
    await shows(watch, snapshots);
  });

  test('one of the same name is not of this operation', async () => {
    await expect(driver.apply(create('clean'), order())).rejects.toMatchObject({
      code: 'ACTION_IMPOSSIBLE',
      message: 'kept has a snapshot "clean" already.',
    });
    expect(await driver.reconcile(create('clean'), order())).toEqual({ outcome: 'NOT_DONE' });
  });

  test('take the machine back to what it was', async () => {
    const revert = (name: string): Action => ({ kind: 'REVERT_TO_SNAPSHOT', vm, name });
    await driver.apply(revert('clean'), order());
    expect(await libvirtd.virsh('domstate', vm)).toBe('shut off');
    await driver.apply(revert('running'), order());
    expect(await libvirtd.virsh('domstate', vm)).toBe('running');
    expect((await machine()).snapshots?.find(({ isCurrent }) => isCurrent)?.name).toBe('running');
    // A machine that is made of other things by now has to be started anew for it, which libvirt calls risky.
    await libvirtd.virsh('destroy', vm);
    await libvirtd.virsh('setmaxmem', vm, '32M', '--config');
    await libvirtd.virsh('start', vm);
    await driver.apply(revert('running'), order());
    expect(await machine()).toMatchObject({ powerState: 'RUNNING', memoryMiB: 16 });
    expect(await driver.reconcile(revert('running'), order())).toEqual({ outcome: 'UNKNOWN' });
    await expect(driver.apply(revert('never'), order())).rejects.toMatchObject({ code: 'ACTION_IMPOSSIBLE' });
  });

  test('go when they are to, and only once', async () => {
    await using watch = recordWatch(driver);
    await watch.inForce;
    for (const name of ['running', 'clean']) {
      const action: Action = { kind: 'DELETE_SNAPSHOT', vm, name };
      expect(await driver.reconcile(action, order())).toEqual({ outcome: 'NOT_DONE' });
      await driver.apply(action, order());
      await driver.apply(action, order());
      expect(await driver.reconcile(action, order())).toEqual(done);
    }
    expect(await names()).toEqual([]);
    await shows(watch, []);
  });

  test('of a disk that cannot hold one are refused', async () => {
    await expect(driver.apply({ ...create('x'), vm: raw } as Action, order())).rejects.toMatchObject({
      code: 'ACTION_IMPOSSIBLE',
      message: expect.stringContaining('raw'),
    });
  });
});
