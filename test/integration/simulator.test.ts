import { describe, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { createSimulatorDriver } from '../../src/drivers/simulator/driver.ts';
import type { SimulatorDriverOptions } from '../../src/drivers/simulator/driver.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import type { SimulatorOptions } from '../../src/drivers/simulator/server.ts';
import { simulatorConsole } from '../support/simulator.ts';
import { eventually } from '../contract/eventually.ts';
import { recordWatch, sawRemoval } from '../contract/watch-recorder.ts';

// The simulated manager and its driver together, with what the contract of all drivers does not tell.

function start(options: Partial<SimulatorOptions> = {}) {
  return startSimulator({ installation: 'test', vms: 20, usageIntervalMs: 0, heartbeatMs: 50, ...options });
}

function driverFor(url: string, options: Partial<SimulatorDriverOptions> = {}) {
  return createSimulatorDriver({ url, clock: systemClock, ...options });
}

const soon = (): AbortSignal => AbortSignal.timeout(10_000);

describe('a simulator', () => {
  test('started again with its seed has the same world', async () => {
    const inventories = [];
    for (const seed of [3, 3, 4]) {
      await using simulator = await start({ seed });
      await using driver = driverFor(simulator.url);
      inventories.push(await driver.inventory(soon()));
    }
    expect(inventories[1]).toEqual(inventories[0]);
    expect(inventories[2]).not.toEqual(inventories[0]);
  });

  test('tells two drivers the same changes in the same order', async () => {
    await using simulator = await start();
    await using one = driverFor(simulator.url);
    await using other = driverFor(simulator.url);
    await using watchOfOne = recordWatch(one);
    await using watchOfOther = recordWatch(other);
    await Promise.all([watchOfOne.inForce, watchOfOther.inForce]);
    const manager = simulatorConsole(simulator.url);
    const edits = Array.from({ length: 50 }, (_, index) =>
      manager.edit(`vm-${1000 + (index % 20)}`, { name: `edited-${index}` }),
    );
    await Promise.all(edits);
    await eventually(() => {
      expect(watchOfOne.changes()).toHaveLength(50);
      expect(watchOfOther.changes()).toEqual(watchOfOne.changes());
    });
  });

  test('has machines that come and go if churn is wanted', async () => {
    await using simulator = await start({ churnPerMinute: 30_000 });
    await using driver = driverFor(simulator.url);
    await using watch = recordWatch(driver);
    await eventually(() => {
      const types = new Set(watch.changes().map(({ type }) => type));
      expect(types).toEqual(new Set(['upsert', 'remove']));
    });
  });

  test('moves usage of a few machines by itself', async () => {
    await using simulator = await start({ vms: 200, usageIntervalMs: 20 });
    await using driver = driverFor(simulator.url);
    await using watch = recordWatch(driver);
    const batch = await eventually(() => {
      const found = watch.batches[1];
      expect(found).toBeDefined();
      return found ?? [];
    });
    expect(batch.length).toBeGreaterThan(0);
    expect(batch.length).toBeLessThan(60);
  });

  test('makes the machine that is asked for and makes up the rest', async () => {
    await using simulator = await start();
    const manager = simulatorConsole(simulator.url);
    const spec = { name: 'mine', powerState: 'STOPPED', memoryMiB: 3, host: 'host-2', labels: { a: 'b' } } as const;
    const vm = await manager.add(spec);
    expect(vm).toMatchObject({ ...spec, host: { localId: 'host-2', name: 'hv02.test' }, bootedAt: null });
    expect(vm.disks.length).toBeGreaterThan(0);
    expect(await manager.edit(vm.localId, { name: 'yours' })).toEqual({ ...vm, name: 'yours' });
    await manager.remove(vm.localId);
    await expect(manager.remove(vm.localId)).rejects.toThrow(/404.*There is nothing at \/v1\/vms\/vm-1020/);
  });

  test('does not repeat changes that the latest inventory shows', async () => {
    await using simulator = await start();
    await using driver = driverFor(simulator.url);
    const manager = simulatorConsole(simulator.url);
    const watch = driver.watch(soon())[Symbol.asyncIterator]();
    expect(await watch.next()).toEqual({ done: false, value: [] });
    const covered = await manager.add();
    await driver.inventory(soon());
    const later = await manager.add();
    const { value } = await watch.next();
    expect(value).toEqual([{ type: 'upsert', kind: 'VirtualMachine', resource: later }]);
    expect(covered.localId).not.toBe(later.localId);
  });

  test('replays changes after a revision, and says when they are gone', async () => {
    await using simulator = await start();
    const manager = simulatorConsole(simulator.url);
    await manager.add();
    await manager.add();
    const replay = await fetch(`${simulator.url}/v1/events?after=1`, { signal: soon() });
    const reader = replay.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (text.split('\n').length < 3) {
      text += (await reader?.read())?.value ?? '';
    }
    await reader?.cancel();
    const revisions = text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { revision: number }).revision);
    expect(revisions.slice(0, 2)).toEqual([1, 2]);
    const gone = await fetch(`${simulator.url}/v1/events?after=3`);
    expect(gone.status).toBe(410);
    expect(await gone.json()).toMatchObject({ error: { code: 'REVISION_GONE' } });
  });

  test('ends at once although drivers are connected', async () => {
    const simulator = await start();
    await using driver = driverFor(simulator.url);
    await using watch = recordWatch(driver);
    await watch.inForce;
    const before = Date.now();
    await simulator.close();
    expect(Date.now() - before).toBeLessThan(1_000);
    expect(await watch.end).toMatchObject({ type: 'threw', error: { code: 'DRIVER_UNREACHABLE' } });
  });
});

describe('a fault', () => {
  test('of rate 1 answers every request of a driver with an error, until it is taken away', async () => {
    await using simulator = await start();
    await using driver = driverFor(simulator.url);
    const manager = simulatorConsole(simulator.url);
    await manager.setFaults({ errorRate: 1 });
    await expect(driver.inventory(soon())).rejects.toMatchObject({ code: 'DRIVER_FAULT' });
    await using watch = recordWatch(driver);
    expect(await watch.end).toMatchObject({ type: 'threw', error: { code: 'DRIVER_FAULT' } });
    await manager.clearFaults();
    expect((await driver.inventory(soon())).VirtualMachine).toHaveLength(20);
  });

  test('of latency delays an inventory by that much', async () => {
    await using simulator = await start({ latencyMs: 150 });
    await using driver = driverFor(simulator.url);
    const before = Date.now();
    await driver.inventory(soon());
    expect(Date.now() - before).toBeGreaterThanOrEqual(149);
  });

  test('of garbage is called a breach of the protocol', async () => {
    await using simulator = await start();
    await using driver = driverFor(simulator.url);
    await using before = recordWatch(driver);
    await before.inForce;
    await simulatorConsole(simulator.url).setFaults({ garbage: true });
    expect(await before.end).toMatchObject({ type: 'threw', error: { code: 'DRIVER_PROTOCOL' } });
    await expect(driver.inventory(soon())).rejects.toMatchObject({ code: 'DRIVER_PROTOCOL' });
  });

  test('that cuts event streams ends running and new watches, but no inventory', async () => {
    await using simulator = await start();
    await using driver = driverFor(simulator.url);
    await using before = recordWatch(driver);
    await before.inForce;
    await simulatorConsole(simulator.url).setFaults({ cutEvents: true });
    expect(await before.end).toMatchObject({ type: 'threw', error: { code: 'DRIVER_UNREACHABLE' } });
    await using after = recordWatch(driver);
    expect(await after.end).toMatchObject({ type: 'threw', error: { code: 'DRIVER_UNREACHABLE' } });
    expect((await driver.inventory(soon())).VirtualMachine).toHaveLength(20);
  });

  test('that hangs the manager is noticed by the missing heartbeats', async () => {
    await using simulator = await start();
    await using driver = driverFor(simulator.url, { silenceMs: 300, answerTimeoutMs: 300 });
    await using watch = recordWatch(driver);
    await watch.inForce;
    await simulatorConsole(simulator.url).setFaults({ hang: true });
    const end = await watch.end;
    expect(end).toMatchObject({ type: 'threw', error: { code: 'DRIVER_UNREACHABLE' } });
    expect(String(end.type === 'threw' && end.error)).toContain('nothing was heard for 300 ms');
    await expect(driver.inventory(soon())).rejects.toMatchObject({ code: 'DRIVER_UNREACHABLE' });
  });

  test('that hangs the manager for a moment loses no change', async () => {
    await using simulator = await start();
    await using driver = driverFor(simulator.url);
    await using watch = recordWatch(driver);
    await watch.inForce;
    const manager = simulatorConsole(simulator.url);
    await manager.setFaults({ hang: true });
    const vm = await manager.add();
    const seen = watch.changes().length;
    await manager.remove(vm.localId);
    await manager.clearFaults();
    await sawRemoval(watch, vm.localId);
    expect(watch.changes().length - seen).toBe(2);
  });
});

describe('a request that is wrong', () => {
  const json = { 'content-type': 'application/json' };
  const cases: readonly [string, string, RequestInit, number, string][] = [
    ['a negative memory', '/v1/vms', { body: '{"memoryMiB":-5}' }, 400, 'Argument "memoryMiB": .*; found -5'],
    ['an unknown field', '/v1/vms', { body: '{"memory":5}' }, 400, 'Argument "body": .*"memory"'],
    ['an unknown power state', '/v1/vms', { body: '{"powerState":"ON"}' }, 400, 'Argument "powerState": .*found "ON"'],
    ['a label that is no text', '/v1/vms', { body: '{"labels":{"a":1}}' }, 400, 'Argument "labels.a": .*found 1'],
    ['an unknown host', '/v1/vms', { body: '{"host":"hv"}' }, 400, 'there is no such host, .*found "hv"'],
    ['text that is not JSON', '/v1/vms', { body: '{' }, 400, 'its body is not JSON'],
    [
      'a form',
      '/v1/vms',
      { body: '{}', headers: { 'content-type': 'text/plain' } },
      415,
      '"text/plain" is not understood',
    ],
    ['a huge body', '/v1/vms', { body: `"${'x'.repeat(70_000)}"` }, 413, 'larger than 65536 bytes'],
    ['an error rate of 2', '/v1/faults', { method: 'PUT', body: '{"errorRate":2}' }, 400, '"errorRate": .*found 2'],
    ['a revision that is no number', '/v1/events?after=x', { method: 'GET' }, 400, 'Argument "after": .*found "x"'],
    ['a machine that is not there', '/v1/vms/vm-1', { method: 'PATCH', body: '{}' }, 404, 'nothing at /v1/vms/vm-1'],
    ['a path that is not there', '/v2', { method: 'GET' }, 404, 'nothing at GET /v2'],
  ];

  test.each(cases)('because of %s is refused with the bad value named', async (...row) => {
    const [, path, init, status, message] = row;
    await using simulator = await start();
    const response = await fetch(`${simulator.url}${path}`, { method: 'POST', headers: json, ...init, signal: soon() });
    expect(response.status).toBe(status);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(error.message).toMatch(new RegExp(message));
    expect((await simulatorConsole(simulator.url).vms()).length).toBe(20);
  });
});

test('a driver refuses an address that is not one of HTTP', () => {
  expect(() => driverFor('qemu:///system')).toThrow(/Argument "url": .*; found "qemu:\/\/\/system"/);
});

test('an inventory of 50,000 machines comes through the driver', async () => {
  const began = performance.now();
  await using simulator = await start({ vms: 50_000 });
  const started = performance.now();
  await using driver = driverFor(simulator.url);
  const { VirtualMachine } = await driver.inventory(AbortSignal.timeout(50_000));
  const took = performance.now() - started;
  expect(VirtualMachine).toHaveLength(50_000);
  process.stderr.write(
    `50,000 machines: started in ${Math.round(started - began)} ms, inventory in ${Math.round(took)} ms (one process)\n`,
  );
});
