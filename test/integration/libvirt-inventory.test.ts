import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { createLibvirtDriver } from '../../src/drivers/libvirt/driver.ts';
import type { Inventory } from '../../src/model/resource.ts';
import type { Vm } from '../../src/model/vm.ts';
import { libvirtRequirement, startLibvirtd } from '../support/libvirtd.ts';
import type { Libvirtd } from '../support/libvirtd.ts';
import { describeWith } from '../support/requirements.ts';

// Inventories of a real daemon with real QEMU guests, compared with what virsh says.

const wordOf: Readonly<Record<string, string>> = {
  running: 'RUNNING',
  paused: 'PAUSED',
  'shut off': 'STOPPED',
};

describeWith(libvirtRequirement, 'the inventory of a libvirt daemon', () => {
  let libvirtd: Libvirtd;

  async function inventory(uri = libvirtd.uri): Promise<Inventory> {
    await using driver = createLibvirtDriver({ uri, clock: systemClock });
    return await driver.inventory(AbortSignal.timeout(30_000));
  }

  async function machine(name: string): Promise<Vm> {
    const found = (await inventory()).VirtualMachine.find((vm) => vm.name === name);
    expect(found).toBeDefined();
    return found!;
  }

  beforeAll(async () => {
    libvirtd = await startLibvirtd();
    const pool = join(libvirtd.folder, 'home/pool');
    await libvirtd.virsh('pool-create-as', '--build', 'images', 'dir', '--target', pool);
    await libvirtd.virsh('vol-create-as', 'images', 'disk.qcow2', '64M', '--format', 'qcow2');
    for (const name of ['off', 'on', 'halted', 'saved']) {
      await libvirtd.defineGuest({ name });
    }
    await libvirtd.defineGuest({
      name: 'rich',
      memoryMiB: 24,
      title: 'Salt &amp; pepper',
      metadata: `
        <s:metadata xmlns:s="https://sitewide.dev/metadata/v1">
          <s:label key="env" value="prod"/><s:label key="owner" value="a&lt;b"/>
        </s:metadata>
        <o:libosinfo xmlns:o="http://libosinfo.org/xmlns/libvirt/domain/1.0">
          <o:os id="http://debian.org/debian/12"/>
        </o:libosinfo>`,
      devices: `
        <disk type='file' device='disk'>
          <driver name='qemu' type='qcow2'/><source file='${pool}/disk.qcow2'/><target dev='hda' bus='ide'/>
        </disk>
        <interface type='user'><mac address='52:54:00:AA:BB:CC'/></interface>`,
    });
    await Promise.all(['on', 'halted', 'saved'].map((name) => libvirtd.virsh('start', name)));
    await libvirtd.virsh('suspend', 'halted');
    await libvirtd.virsh('managedsave', 'saved');
  });
  afterAll(async () => {
    await libvirtd?.stop();
  });

  test('agrees with virsh list', async () => {
    const listed = (await libvirtd.virsh('list', '--all', '--name')).split('\n').filter((name) => name !== '');
    const expected = await Promise.all(
      listed.map(async (name) => {
        const [localId, state] = await Promise.all([libvirtd.virsh('domuuid', name), libvirtd.virsh('domstate', name)]);
        return [localId, name, name === 'saved' ? 'SUSPENDED' : wordOf[state]];
      }),
    );
    const { VirtualMachine } = await inventory();
    expect(VirtualMachine.map((vm) => [vm.localId, vm.name, vm.powerState]).sort()).toEqual(expected.sort());
    expect(expected.map(([, , state]) => state).sort()).toEqual([
      'PAUSED',
      'RUNNING',
      'STOPPED',
      'STOPPED',
      'SUSPENDED',
    ]);
  });

  test('tells what the XML of a machine says', async () => {
    const { Datastore } = await inventory();
    expect(await machine('rich')).toMatchObject({
      memoryMiB: 24,
      cpuCount: 1,
      guestOs: 'debian 12',
      labels: { env: 'prod', owner: 'a<b' },
      annotations: { title: 'Salt & pepper' },
      disks: [{ name: 'hda', capacityBytes: 64 * 2 ** 20, datastore: Datastore[0]?.localId }],
      networkInterfaces: [{ macAddress: '52:54:00:aa:bb:cc', network: null, ipAddresses: [] }],
      cpuUsage: null,
      memoryUsageMiB: null,
    });
  });

  test('tells the same of a disk whether its machine runs or not', async () => {
    const before = await machine('rich');
    await libvirtd.virsh('start', 'rich');
    const running = await machine('rich');
    await libvirtd.virsh('destroy', 'rich');
    expect(running.disks).toEqual(before.disks);
    expect(before.disks[0]?.allocatedBytes).toBeGreaterThan(0);
  });

  test('has the host and the datastore that the machines refer to', async () => {
    const { Host, Datastore, VirtualMachine } = await inventory();
    const qemu = execFileSync('qemu-system-x86_64', ['--version'], { encoding: 'utf8' });
    expect(Host).toEqual([expect.objectContaining({ name: await libvirtd.virsh('hostname'), state: 'UP' })]);
    expect(qemu).toContain(Host[0]?.hypervisor?.replace('QEMU ', ''));
    expect(VirtualMachine.every(({ host }) => host?.localId === Host[0]?.localId)).toBe(true);
    expect(Datastore).toMatchObject([{ name: 'images', kind: 'dir' }]);
    expect(Datastore[0]?.capacityBytes).toBeGreaterThan(Datastore[0]?.freeBytes ?? Infinity);
  });

  test('works for the driver that only plays in memory', async () => {
    const { VirtualMachine, Network, Datastore, Host } = await inventory(libvirtd.testUri);
    expect(Network).toEqual([
      {
        localId: expect.any(String),
        name: 'default',
        kind: 'nat',
        vlanId: null,
        bridge: 'virbr0',
        cidrs: ['192.168.122.0/24'],
      },
    ]);
    expect(Datastore).toMatchObject([{ name: 'default-pool', capacityBytes: 107_374_182_400 }]);
    expect(Host).toMatchObject([{ cpuCount: 16, memoryMiB: 3072 }]);
    expect(VirtualMachine).toMatchObject([
      {
        name: 'test',
        powerState: 'RUNNING',
        cpuCount: 2,
        memoryMiB: 8192,
        networkInterfaces: [{ name: 'testnet0', network: Network[0]?.localId }],
      },
    ]);
  });

  test('can be had by the path of the socket alone', async () => {
    const { VirtualMachine } = await inventory(libvirtd.socket);
    expect(VirtualMachine.length).toBe(5);
  });

  test('tells of CPU and memory usage once there are two looks', async () => {
    let now = Date.now();
    const clock = { ...systemClock, now: () => now };
    await using driver = createLibvirtDriver({ uri: libvirtd.uri, clock });
    const usage = async (): Promise<Vm | undefined> =>
      (await driver.inventory(AbortSignal.timeout(30_000))).VirtualMachine.find(({ name }) => name === 'on');
    expect((await usage())?.cpuUsage).toBeNull();
    now += 2_000;
    const second = await usage();
    expect(second?.cpuUsage).toBeGreaterThanOrEqual(0);
    expect(second?.cpuUsage).toBeLessThanOrEqual(1);
    expect(second?.memoryUsageMiB).toBeGreaterThan(0);
  });
});
