import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { createLibvirtDriver } from '../../src/drivers/libvirt/driver.ts';
import type { Driver, Order } from '../../src/drivers/driver.ts';
import type { Action, NewVm } from '../../src/model/action.ts';
import type { Vm } from '../../src/model/vm.ts';
import { makePool, obedientDisk } from '../support/guest-disk.ts';
import { libvirtRequirement, startLibvirtd } from '../support/libvirtd.ts';
import type { Libvirtd } from '../support/libvirtd.ts';
import { describeWith } from '../support/requirements.ts';

// Machines that are made, copied and taken away through a real daemon, with their disks.

const mebibyte = 2 ** 20;
const blank: NewVm = {
  name: 'new',
  cpuCount: 1,
  memoryMiB: 32,
  guestOs: null,
  diskBytes: null,
  datastore: null,
  network: null,
  host: null,
  labels: {},
  annotations: {},
  start: false,
};

describeWith(libvirtRequirement, 'machines of a libvirt daemon', () => {
  let libvirtd: Libvirtd;
  let driver: Driver;
  let pool: string;
  let template: string;

  const order = (operationId: string = crypto.randomUUID()): Order => ({
    operationId,
    epoch: 1,
    signal: AbortSignal.timeout(30_000),
  });
  const creation = (spec: Partial<NewVm>, from: string | null = null): Action => ({
    kind: 'CREATE_VIRTUAL_MACHINE',
    spec: { ...blank, ...spec },
    template: from,
  });
  const deletion = (vm: string, how: { force?: boolean; keepDisks?: boolean } = {}): Action => ({
    kind: 'DELETE_VIRTUAL_MACHINE',
    vm,
    force: false,
    keepDisks: false,
    ...how,
  });
  const cloning = (vm: string, name: string, start = false): Action => ({
    kind: 'CLONE_VIRTUAL_MACHINE',
    vm,
    name,
    host: null,
    start,
  });
  const apply = async (action: Action, operationId?: string): Promise<string> =>
    (await driver.apply(action, order(operationId))).vm;
  const refusal = (text: string): object => ({ code: 'ACTION_IMPOSSIBLE', message: expect.stringContaining(text) });
  const volumes = async (): Promise<string> => {
    await libvirtd.virsh('pool-refresh', 'images');
    return libvirtd.virsh('vol-list', 'images');
  };
  async function machine(localId: string): Promise<Vm | undefined> {
    const { VirtualMachine } = await driver.inventory(AbortSignal.timeout(30_000));
    return VirtualMachine.find((vm) => vm.localId === localId);
  }

  beforeAll(async () => {
    libvirtd = await startLibvirtd();
    driver = createLibvirtDriver({ uri: libvirtd.uri, clock: systemClock, guestPatienceMs: 10_000 });
    pool = await makePool(libvirtd);
    const network = join(libvirtd.folder, 'home/net.xml');
    writeFileSync(network, "<network><name>lan</name><forward mode='bridge'/><bridge name='br-none'/></network>");
    await libvirtd.virsh('net-define', network);
    template = await libvirtd.defineGuest({
      name: 'template',
      title: 'Golden image',
      devices: `${await obedientDisk(libvirtd, 'template')}<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/></interface>`,
    });
  });
  afterAll(async () => {
    await driver?.[Symbol.asyncDispose]();
    await libvirtd?.stop();
  });

  test('one that is made is as it was to be, is made once, and goes with its disk', async () => {
    const network = await libvirtd.virsh('net-uuid', 'lan');
    const spec = {
      name: 'web <1>',
      cpuCount: 2,
      memoryMiB: 48,
      guestOs: 'http://debian.org/debian/12',
      diskBytes: 64 * mebibyte,
      datastore: pool,
      network,
      labels: { env: 'a "b" & <c>', empty: '' },
      annotations: { title: 'Front\nend', description: 'Serves  pages.', note: "it's\tnew" },
    };
    const action = creation(spec);
    const mine = order();
    expect(await driver.reconcile(action, mine)).toEqual({ outcome: 'NOT_DONE' });
    const { vm } = await driver.apply(action, mine);
    expect(await driver.apply(action, mine)).toEqual({ vm });
    expect(await driver.reconcile(action, mine)).toEqual({ outcome: 'DONE', result: { vm } });
    const { name, cpuCount, memoryMiB, labels, annotations } = spec;
    expect(await machine(vm)).toMatchObject({
      ...{ name, cpuCount, memoryMiB, guestOs: 'debian 12', powerState: 'STOPPED' },
      disks: [{ name: 'vda', capacityBytes: 64 * mebibyte, datastore: pool }],
      networkInterfaces: [{ network }],
    });
    expect(await machine(vm)).toMatchObject({ labels, annotations });
    const path = (await machine(vm))?.disks[0]?.path ?? '';
    expect(existsSync(path)).toBe(true);
    await apply(deletion(vm));
    expect(await machine(vm)).toBeUndefined();
    expect(existsSync(path)).toBe(false);
    expect(await driver.reconcile(deletion(vm), order())).toEqual({ outcome: 'DONE', result: { vm } });
    expect(await apply(deletion(vm))).toBe(vm);
  });

  test('one that is made from a template has a copy of its disk, and starts with it', async () => {
    const spec = { name: 'copy', memoryMiB: 24, diskBytes: 4 * mebibyte, datastore: pool };
    const vm = await apply(creation({ ...spec, labels: { made: 'yes' } }, template));
    const made = await machine(vm);
    expect(made).toMatchObject({
      name: 'copy',
      memoryMiB: 24,
      labels: { made: 'yes' },
      annotations: {},
      disks: [{ name: 'hda', capacityBytes: 4 * mebibyte }],
    });
    expect(made?.networkInterfaces[0]?.macAddress).not.toBe('52:54:00:00:00:01');
    expect(made?.disks[0]?.path).not.toBe((await machine(template))?.disks[0]?.path);
    await expect(apply(creation({ name: 'small', diskBytes: mebibyte / 2 }, template))).rejects.toMatchObject(
      refusal('has 1048576 bytes already'),
    );
    await apply(deletion(vm));
  });

  test('a copy of one boots what it boots, with its own name and disk', async () => {
    const source = await libvirtd.defineGuest({ name: 'twin', devices: await obedientDisk(libvirtd, 'twin') });
    const action = cloning(source, 'other', true);
    const mine = order();
    const { vm } = await driver.apply(action, mine);
    expect(await machine(vm)).toMatchObject({ name: 'other', powerState: 'RUNNING' });
    expect(await driver.reconcile(action, mine)).toEqual({ outcome: 'DONE', result: { vm } });
    await expect(apply(cloning(vm, 'third'))).rejects.toMatchObject(refusal('other is RUNNING'));
    await expect(apply(cloning(source, 'other'))).rejects.toMatchObject(refusal('there is a machine "other" already'));
    await expect(apply(deletion(vm))).rejects.toMatchObject(refusal('it has to be stopped first'));
    const path = (await machine(vm))?.disks[0]?.path ?? '';
    await apply(deletion(vm, { force: true, keepDisks: true }));
    expect(await machine(vm)).toBeUndefined();
    expect(existsSync(path)).toBe(true);
    await libvirtd.virsh('vol-delete', path);
    await apply(deletion(source));
  });

  test('nothing is left of one that could not be made', async () => {
    const before = await volumes();
    await libvirtd.virsh('snapshot-create-as', template, 'kept');
    await expect(apply(creation({ name: 'a/b', diskBytes: mebibyte }))).rejects.toMatchObject({
      code: 'ACTION_IMPOSSIBLE',
    });
    const unstartable = creation({
      name: 'unstartable',
      network: await libvirtd.virsh('net-uuid', 'lan'),
      start: true,
    });
    await expect(apply(unstartable)).rejects.toMatchObject(refusal("network 'lan' is not active"));
    await expect(apply(creation({ name: 'template' }))).rejects.toMatchObject(refusal('already'));
    await expect(apply(creation({ datastore: crypto.randomUUID(), diskBytes: mebibyte }))).rejects.toMatchObject(
      refusal('is not in use'),
    );
    expect(await volumes()).toBe(before);
    expect(await libvirtd.virsh('list', '--all', '--name')).not.toContain('unstartable');
  });

  test('what a broker that is gone has made of one is taken away before it is made anew', async () => {
    const mine = order();
    const left = `half-vda-${mine.operationId}.img`;
    await libvirtd.virsh('vol-create-as', 'images', left, '1M');
    const action = creation({ name: 'half', diskBytes: mebibyte });
    expect(await driver.reconcile(action, mine)).toEqual({ outcome: 'NOT_DONE' });
    expect(await volumes()).not.toContain(left);
    const { vm } = await driver.apply(action, mine);
    await apply(deletion(vm));
    expect(await volumes()).not.toContain(left);
  });

  test('a disk that another machine needs is not taken away, nor the machine', async () => {
    const { path = '' } = (await machine(template))?.disks[0] ?? {};
    const disk = `<disk type='file'><source file='${path}'/><target dev='hda' bus='ide'/></disk>`;
    const sharing = await libvirtd.defineGuest({ name: 'sharing', devices: disk });
    await expect(apply(deletion(sharing))).rejects.toMatchObject(refusal('is needed by template'));
    await apply(deletion(sharing, { keepDisks: true }));
    expect(existsSync(path ?? '')).toBe(true);
    const elsewhere = join(libvirtd.folder, 'home/elsewhere.img');
    const odd = await libvirtd.defineGuest({ name: 'odd', devices: disk.replace(path ?? '', elsewhere) });
    await expect(apply(deletion(odd))).rejects.toMatchObject(refusal('is in no datastore'));
    expect(await machine(odd)).toBeDefined();
  });

  test('one that was half taken away by a broker that is gone goes altogether', async () => {
    const vm = await apply(creation({ name: 'halfway', diskBytes: mebibyte }));
    const mine = order();
    const { path = '' } = (await machine(vm))?.disks[0] ?? {};
    await libvirtd.virsh(
      ...['metadata', vm, '--uri', 'https://sitewide.dev/deletion/v1', '--key', 'sitewide-deletion'],
      ...['--set', `<operation id="${mine.operationId}"/>`],
    );
    await libvirtd.virsh('vol-delete', path ?? '');
    expect(await driver.reconcile(deletion(vm), mine)).toEqual({ outcome: 'NOT_DONE' });
    await driver.apply(deletion(vm), mine);
    expect(await machine(vm)).toBeUndefined();
  });

  test('moving one to another host is not supported', async () => {
    const move: Action = { kind: 'MIGRATE_VIRTUAL_MACHINE', vm: template, host: 'elsewhere' };
    await expect(driver.apply(move, order())).rejects.toMatchObject({ code: 'ACTION_UNSUPPORTED' });
    expect(driver.capabilities.actions).not.toContain('MIGRATE_VIRTUAL_MACHINE');
  });
});
