import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { createLibvirtDriver } from '../../src/drivers/libvirt/driver.ts';
import type { LibvirtDriverOptions } from '../../src/drivers/libvirt/driver.ts';
import type { Driver } from '../../src/drivers/driver.ts';
import { eventually } from '../contract/eventually.ts';
import { recordWatch, sawRemoval, sawVm } from '../contract/watch-recorder.ts';
import { libvirtRequirement, startLibvirtd } from '../support/libvirtd.ts';
import type { Libvirtd } from '../support/libvirtd.ts';
import { describeWith } from '../support/requirements.ts';

// Changes of a real daemon, made by virsh, as a watch tells them.

/** How soon after virsh is done a change has to be told, in milliseconds. */
const promptMs = 2_000;
/** Longer than any test: the timers are out of the picture, and what is told is told because of an event. */
const neverMs = 3_600_000;

describeWith(libvirtRequirement, 'the watch of a libvirt daemon', () => {
  let libvirtd: Libvirtd;

  function createDriver(options: Partial<LibvirtDriverOptions> = {}): Driver {
    return createLibvirtDriver({
      uri: libvirtd.uri,
      clock: systemClock,
      statsIntervalMs: neverMs,
      refreshIntervalMs: neverMs,
      ...options,
    });
  }

  async function promptly(told: Promise<unknown>): Promise<void> {
    const since = Date.now();
    await told;
    expect(Date.now() - since).toBeLessThan(promptMs);
  }

  beforeAll(async () => {
    libvirtd = await startLibvirtd();
    await libvirtd.defineGuest({ name: 'steady' });
    await libvirtd.virsh('start', 'steady');
  });
  afterAll(async () => {
    await libvirtd?.stop();
  });

  test('tells each thing that virsh does to a machine within two seconds', async () => {
    await using driver = createDriver();
    await using watch = recordWatch(driver);
    await watch.inForce;
    const id = await libvirtd.defineGuest({ name: 'busy' });
    await promptly(sawVm(watch, id, { powerState: 'STOPPED', name: 'busy' }));
    await libvirtd.virsh('start', id);
    await promptly(sawVm(watch, id, { powerState: 'RUNNING' }));
    await libvirtd.virsh('suspend', id);
    await promptly(sawVm(watch, id, { powerState: 'PAUSED' }));
    await libvirtd.virsh('resume', id);
    await promptly(sawVm(watch, id, { powerState: 'RUNNING' }));
    await libvirtd.virsh('managedsave', id);
    await promptly(sawVm(watch, id, { powerState: 'SUSPENDED' }));
    await libvirtd.virsh('start', id);
    await promptly(sawVm(watch, id, { powerState: 'RUNNING' }));
    await libvirtd.virsh('destroy', id);
    await promptly(sawVm(watch, id, { powerState: 'STOPPED' }));
    await libvirtd.virsh('undefine', id);
    await promptly(sawRemoval(watch, id));
  });

  test('tells a new title and new labels', async () => {
    await using driver = createDriver();
    await using watch = recordWatch(driver);
    await watch.inForce;
    const id = await libvirtd.defineGuest({ name: 'titled' });
    await libvirtd.virsh('desc', id, '--title', 'Web server');
    await libvirtd.virsh(
      ...['metadata', id, '--uri', 'https://sitewide.dev/metadata/v1', '--key', 'sitewide'],
      ...['--set', '<metadata><label key="env" value="test"/></metadata>'],
    );
    await eventually(() => {
      const last = watch.changes().findLast((change) => change.type === 'upsert' && change.resource.localId === id);
      expect(last).toMatchObject({ resource: { annotations: { title: 'Web server' }, labels: { env: 'test' } } });
    }, promptMs);
    await libvirtd.virsh('undefine', id);
  });

  test('tells of a network and a storage pool that come and go', async () => {
    await using driver = createDriver({ uri: libvirtd.testUri });
    await using watch = recordWatch(driver);
    await watch.inForce;
    const onTest = ['-c', libvirtd.testUri];
    const told = (type: string, kind: string): Promise<void> =>
      eventually(() => expect(watch.changes()).toContainEqual(expect.objectContaining({ type, kind })), promptMs);
    await libvirtd.virsh(...onTest, 'pool-create-as', 'extra', 'dir', '--target', '/extra');
    await told('upsert', 'Datastore');
    await libvirtd.virsh(...onTest, 'pool-destroy', 'extra');
    await told('remove', 'Datastore');
  });

  test('makes one of a burst of events', async () => {
    await using driver = createDriver();
    await using watch = recordWatch(driver);
    await watch.inForce;
    const id = await libvirtd.defineGuest({ name: 'hectic' });
    await sawVm(watch, id);
    const before = watch.changes().length;
    const steps = Array.from({ length: 20 }, (_, step) => `desc ${id} --title step-${step + 1}`);
    await libvirtd.virsh(steps.join('; '));
    await eventually(() => {
      expect(watch.changes().at(-1)).toMatchObject({ resource: { annotations: { title: 'step-20' } } });
    });
    expect(watch.changes().length - before).toBeLessThan(20);
    await libvirtd.virsh('undefine', id);
  });

  test('tells the usage of the machines that run, and nothing of those that do not change', async () => {
    const off = await libvirtd.defineGuest({ name: 'idle' });
    const on = await libvirtd.virsh('domuuid', 'steady');
    await using driver = createDriver({ statsIntervalMs: 1_100 });
    await using watch = recordWatch(driver);
    await watch.inForce;
    await eventually(() => {
      const told = watch.changes().flatMap((change) => (change.type === 'upsert' ? [change.resource] : []));
      expect(told).toContainEqual(expect.objectContaining({ localId: on, cpuUsage: expect.any(Number) }));
    });
    expect(watch.changes().filter((change) => change.type === 'upsert' && change.resource.localId === off)).toEqual([]);
    await libvirtd.virsh('undefine', off);
  });

  test('ends with DRIVER_UNREACHABLE when the daemon dies, and a new one works when it is back', async () => {
    await using driver = createDriver();
    await using watch = recordWatch(driver);
    await watch.inForce;
    await libvirtd.kill();
    expect(await watch.end).toMatchObject({ type: 'threw', error: { code: 'DRIVER_UNREACHABLE' } });
    await libvirtd.restart();
    await using again = recordWatch(driver);
    await again.inForce;
    const id = await libvirtd.defineGuest({ name: 'late' });
    await promptly(sawVm(again, id, { powerState: 'STOPPED' }));
    const { VirtualMachine } = await driver.inventory(AbortSignal.timeout(10_000));
    expect(VirtualMachine).toContainEqual(expect.objectContaining({ name: 'steady', powerState: 'RUNNING' }));
    await libvirtd.virsh('undefine', id);
  });

  test('ends with DRIVER_UNREACHABLE when the daemon is silent for too long', async () => {
    await using driver = createDriver({ keepAliveMs: 200 });
    await using watch = recordWatch(driver);
    await watch.inForce;
    libvirtd.freeze();
    try {
      const end = await watch.end;
      expect(end).toMatchObject({ type: 'threw', error: { code: 'DRIVER_UNREACHABLE' } });
      expect(end).toMatchObject({ error: { message: expect.stringContaining('no sign of life for 400 ms') } });
    } finally {
      libvirtd.unfreeze();
    }
  });

  test('outlives long quiet times: the daemon answers pings', async () => {
    await using driver = createDriver({ keepAliveMs: 50 });
    await using watch = recordWatch(driver);
    await watch.inForce;
    const early = systemClock.sleep(1_000, new AbortController().signal).then(() => 'still there');
    expect(await Promise.race([watch.end, early])).toBe('still there');
  });

  test('does not wait longer for a hanging daemon than a call may take', async () => {
    await using driver = createDriver({ callTimeoutMs: 300 });
    libvirtd.freeze();
    try {
      const asked = driver.inventory(AbortSignal.timeout(10_000));
      await expect(asked).rejects.toMatchObject({ code: 'DRIVER_UNREACHABLE' });
      await expect(asked).rejects.toThrow('not answered in 300 ms');
    } finally {
      libvirtd.unfreeze();
    }
  });
});
