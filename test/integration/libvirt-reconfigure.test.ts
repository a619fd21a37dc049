import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { createLibvirtDriver } from '../../src/drivers/libvirt/driver.ts';
import type { Driver, Order } from '../../src/drivers/driver.ts';
import type { VmChanges } from '../../src/model/action.ts';
import { recordWatch } from '../contract/watch-recorder.ts';
import { eventually } from '../contract/eventually.ts';
import { libvirtRequirement, startLibvirtd } from '../support/libvirtd.ts';
import type { Libvirtd } from '../support/libvirtd.ts';
import { describeWith } from '../support/requirements.ts';

// Changing what real machines are made of, while they are off, run, or are saved.

describeWith(libvirtRequirement, 'reconfiguring machines of a libvirt daemon', () => {
  let libvirtd: Libvirtd;
  let driver: Driver;
  let vm: string;

  const order = (): Order => ({ operationId: crypto.randomUUID(), epoch: 1, signal: AbortSignal.timeout(30_000) });
  async function change(changes: VmChanges): Promise<void> {
    const action = { kind: 'RECONFIGURE_VIRTUAL_MACHINE', vm, changes } as const;
    expect(await driver.apply(action, order())).toEqual({ vm });
    expect(await driver.reconcile(action, order())).toEqual({ outcome: 'DONE', result: { vm } });
    const { VirtualMachine } = await driver.inventory(AbortSignal.timeout(30_000));
    expect(VirtualMachine.find(({ localId }) => localId === vm)).toMatchObject(changes);
  }
  const refused = (changes: VmChanges, message: RegExp): Promise<void> =>
    expect(driver.apply({ kind: 'RECONFIGURE_VIRTUAL_MACHINE', vm, changes }, order())).rejects.toMatchObject({
      code: 'ACTION_IMPOSSIBLE',
      message: expect.stringMatching(message),
    });

  beforeAll(async () => {
    libvirtd = await startLibvirtd();
    driver = createLibvirtDriver({ uri: libvirtd.uri, clock: systemClock });
    vm = await libvirtd.defineGuest({
      name: 'changing',
      title: 'Old',
      metadata: "<o:other xmlns:o='urn:o'>x</o:other>",
    });
  });
  afterAll(async () => {
    await driver?.[Symbol.asyncDispose]();
    await libvirtd?.stop();
  });

  test('one that is off gets all changes at once, and keeps what is not said', async () => {
    const changes = { cpuCount: 2, memoryMiB: 24, labels: { env: 'prod' } };
    const action = { kind: 'RECONFIGURE_VIRTUAL_MACHINE', vm, changes } as const;
    expect(await driver.reconcile(action, order())).toEqual({ outcome: 'NOT_DONE' });
    await change(changes);
    await change({ annotations: { title: ' padded ', note: 'x' } });
    const xml = await libvirtd.virsh('dumpxml', vm);
    expect(xml).toContain('<o:other xmlns:o="urn:o">x</o:other>');
    expect(xml).toContain("<vcpu placement='static'>2</vcpu>");
    await change({ labels: { env: 'prod' }, annotations: { title: 'New' } });
    expect(await libvirtd.virsh('desc', vm, '--title')).toBe('New');
  });

  test('one that runs gets new labels, told of at once, and no memory', async () => {
    await libvirtd.virsh('start', vm);
    await using watch = recordWatch(driver);
    await watch.inForce;
    await change({ labels: { env: 'test' }, annotations: { description: 'Now.' } });
    await eventually(() => expect(watch.changes().at(-1)).toMatchObject({ resource: { labels: { env: 'test' } } }));
    expect(await libvirtd.virsh('dumpxml', '--inactive', vm)).toContain('value="test"');
    await refused({ memoryMiB: 48 }, /is not STOPPED/);
    await refused({ cpuCount: 4, labels: {} }, /has to be stopped first: .*3|4 > 2/);
    await change({ cpuCount: 2, memoryMiB: 24, labels: { env: 'test' } });
  });

  test('one that is saved keeps what it had, but for its labels', async () => {
    await libvirtd.virsh('managedsave', vm);
    await refused({ cpuCount: 1 }, /is not STOPPED/);
    await change({ labels: { saved: 'yes' } });
  });

  test('one that cannot be so stays as it was', async () => {
    await libvirtd.virsh('managedsave-remove', vm);
    await refused({ cpuCount: 100_000 }, /./);
    await refused({ labels: { 'not\u0001xml': '' } }, /./);
    await change({ cpuCount: 2, labels: { saved: 'yes' } });
  });
});
