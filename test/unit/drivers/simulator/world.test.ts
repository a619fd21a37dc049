import { describe, expect, test } from '@jest/globals';

import { createManager } from '../../../../src/drivers/simulator/manager.ts';
import { createRandom } from '../../../../src/drivers/simulator/random.ts';
import { churn } from '../../../../src/drivers/simulator/churn.ts';
import { moveUsage } from '../../../../src/drivers/simulator/usage.ts';
import { edited } from '../../../../src/drivers/simulator/vm-edits.ts';
import { defaultEpochMs, generateWorld } from '../../../../src/drivers/simulator/world.ts';
import type { WorldOptions } from '../../../../src/drivers/simulator/world.ts';
import { expectReferencesResolve, expectUniqueIds, expectValuesInRange } from '../../../contract/expect-inventory.ts';

const now = defaultEpochMs + 1_000;

function world(options: Partial<WorldOptions> = {}) {
  return generateWorld({ installation: 'a', seed: 1, vms: 500, hosts: 12, epochMs: defaultEpochMs, ...options });
}

describe('a simulated world', () => {
  test('is the same for the same seed', () => {
    expect(world().inventory).toEqual(world().inventory);
  });

  test('is another one for another seed or another installation', () => {
    expect(world({ seed: 2 }).inventory).not.toEqual(world().inventory);
    expect(world({ installation: 'b' }).inventory).not.toEqual(world().inventory);
  });

  test('moves with its epoch', () => {
    const later = world({ epochMs: defaultEpochMs + 60_000 }).inventory.VirtualMachine[0];
    const { createdAt = null } = world().inventory.VirtualMachine[0] ?? {};
    expect(later?.createdAt).toBe((createdAt ?? 0) + 60_000);
  });

  test('is whole at any size, also without machines', () => {
    for (const [vms, hosts] of [
      [0, 1],
      [1, 1],
      [500, 12],
      [20_000, 400],
    ] as const) {
      const { inventory } = world({ vms, hosts });
      expect(inventory.VirtualMachine).toHaveLength(vms);
      expect(inventory.Host).toHaveLength(hosts);
      expectUniqueIds(inventory);
      expectReferencesResolve(inventory);
      expectValuesInRange(inventory);
    }
  });

  test('gives every interface its own hardware address', () => {
    const addresses = world({ vms: 20_000 }).inventory.VirtualMachine.flatMap(({ networkInterfaces }) =>
      networkInterfaces.map(({ macAddress }) => macAddress),
    );
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  test('has about 70 % running machines, all power states, ties, equal names and values that nobody knows', () => {
    const machines = world({ vms: 5_000 }).inventory.VirtualMachine;
    const running = machines.filter(({ powerState }) => powerState === 'RUNNING');
    expect(running.length / machines.length).toBeCloseTo(0.7, 1);
    const states = new Set(machines.map(({ powerState }) => powerState));
    expect(states).toEqual(new Set(['RUNNING', 'STOPPED', 'PAUSED', 'SUSPENDED', 'CRASHED']));
    expect(new Set(machines.map(({ memoryMiB }) => memoryMiB)).size).toBeLessThan(10);
    expect(new Set(machines.map(({ name }) => name)).size).toBeLessThan(machines.length);
    expect(machines.some(({ host }) => host === null)).toBe(true);
    expect(machines.some(({ createdAt }) => createdAt === null)).toBe(true);
  });
});

describe('usage', () => {
  test('moves for about a twentieth of the running machines in one tick', () => {
    const manager = createManager({ world: world({ vms: 5_000 }), instance: 'test' });
    const changes = moveUsage(manager, createRandom('usage'));
    expect(changes.length).toBeGreaterThan(100);
    expect(changes.length).toBeLessThan(300);
    manager.commit(changes);
    expectValuesInRange(manager.snapshot().inventory);
  });

  test('moves for one machine if there is only one, and for none if none runs', () => {
    const manager = createManager({ world: world({ vms: 0 }), instance: 'test' });
    expect(moveUsage(manager, createRandom('usage'))).toEqual([]);
    manager.commit([{ type: 'upsert', kind: 'VirtualMachine', resource: manager.newVm('RUNNING', now) }]);
    expect(moveUsage(manager, createRandom('usage'))).toHaveLength(1);
  });
});

describe('churn', () => {
  test('keeps the population near its size and the world whole', () => {
    const manager = createManager({ world: world({ vms: 100 }), instance: 'test' });
    const random = createRandom('churn');
    for (let count = 0; count < 2_000; count += 1) {
      manager.commit([churn(manager, { random, now, population: 100 })]);
    }
    const { inventory, revision } = manager.snapshot();
    expect(revision).toBe(2_000);
    expect(inventory.VirtualMachine.length).toBeGreaterThanOrEqual(80);
    expect(inventory.VirtualMachine.length).toBeLessThanOrEqual(120);
    expectUniqueIds(inventory);
    expectReferencesResolve(inventory);
    expectValuesInRange(inventory);
  });

  test('leaves a snapshot taken before as it was', () => {
    const manager = createManager({ world: world({ vms: 50 }), instance: 'test' });
    const before = manager.snapshot();
    const copy = structuredClone(before);
    for (let count = 0; count < 100; count += 1) {
      manager.commit([churn(manager, { random: createRandom(`${count}`), now, population: 50 })]);
    }
    expect(before).toEqual(copy);
  });
});

describe('an edited machine', () => {
  const { inventory } = world();
  const running = inventory.VirtualMachine.find(({ powerState }) => powerState === 'RUNNING');
  if (running === undefined) {
    throw new Error('The world of the test has no running machine.');
  }
  const options = { hosts: inventory.Host, now, random: createRandom('edits') };

  test('loses boot time, addresses and usage when it stops, and boots anew when it starts', () => {
    const stopped = edited(running, { powerState: 'STOPPED' }, options);
    expect(stopped).toMatchObject({ bootedAt: null, cpuUsage: null, memoryUsageMiB: null, ipAddresses: [] });
    const started = edited(stopped, { powerState: 'RUNNING' }, options);
    expect(started).toMatchObject({ bootedAt: now, ipAddresses: running.ipAddresses });
  });

  test('keeps its boot time while it is paused', () => {
    expect(edited(running, { powerState: 'PAUSED' }, options)).toMatchObject({ bootedAt: running.bootedAt });
  });

  test('never uses more memory than it has', () => {
    expect(edited(running, { memoryMiB: 64 }, options)).toMatchObject({ memoryMiB: 64, memoryUsageMiB: 64 });
  });

  test('cannot be put on a host that is not there', () => {
    expect(() => edited(running, { host: 'host-99' }, options)).toThrow(
      'Argument "host": there is no such host, the hosts are host-1 to host-12; found "host-99".',
    );
  });
});
