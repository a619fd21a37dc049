import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { createLibvirtDriver } from '../../src/drivers/libvirt/driver.ts';
import type { ActionResult, Driver, Finding, Order } from '../../src/drivers/driver.ts';
import type { PowerAction } from '../../src/model/action.ts';
import { eventually } from '../contract/eventually.ts';
import { recordWatch, sawVm } from '../contract/watch-recorder.ts';
import { makePool, obedientDisk } from '../support/guest-disk.ts';
import { libvirtRequirement, startLibvirtd } from '../support/libvirtd.ts';
import type { Libvirtd } from '../support/libvirtd.ts';
import { describeWith } from '../support/requirements.ts';

// Power actions on real QEMU guests, checked by what virsh says.

/** How long a guest that does not react is waited for here, in milliseconds. */
const guestPatienceMs = 3_000;

describeWith(libvirtRequirement, 'power actions on a libvirt daemon', () => {
  let libvirtd: Libvirtd;
  let driver: Driver;
  let obedient: string;
  let deaf: string;

  const order = (signal = AbortSignal.timeout(30_000)): Order => ({
    operationId: crypto.randomUUID(),
    epoch: 1,
    signal,
  });
  const apply = (vm: string, action: PowerAction): Promise<ActionResult> =>
    driver.apply({ kind: 'SET_POWER_STATE', vm, action }, order());
  const reconcile = (vm: string, action: PowerAction): Promise<Finding> =>
    driver.reconcile({ kind: 'SET_POWER_STATE', vm, action }, order());
  const state = (vm: string): Promise<string> => libvirtd.virsh('domstate', vm);

  beforeAll(async () => {
    libvirtd = await startLibvirtd();
    driver = createLibvirtDriver({ uri: libvirtd.uri, clock: systemClock, guestPatienceMs });
    await makePool(libvirtd);
    obedient = await libvirtd.defineGuest({ name: 'obedient', devices: await obedientDisk(libvirtd, 'obedient') });
    deaf = await libvirtd.defineGuest({ name: 'deaf' });
  });
  afterAll(async () => {
    await driver?.[Symbol.asyncDispose]();
    await libvirtd?.stop();
  });

  test('each does what it says, is there in the watch, and is none the second time', async () => {
    await using watch = recordWatch(driver);
    await watch.inForce;
    const steps = [
      ['START', 'running', 'RUNNING'],
      ['PAUSE', 'paused', 'PAUSED'],
      ['RESUME', 'running', 'RUNNING'],
      ['SUSPEND', 'shut off', 'SUSPENDED'],
      ['START', 'running', 'RUNNING'],
      ['SHUTDOWN', 'shut off', 'STOPPED'],
      ['START', 'running', 'RUNNING'],
      ['FORCE_STOP', 'shut off', 'STOPPED'],
    ] as const;
    for (const [action, said, powerState] of steps) {
      expect(await apply(obedient, action)).toEqual({ vm: obedient });
      expect(await state(obedient)).toBe(said);
      await sawVm(watch, obedient, { powerState });
      expect(await apply(obedient, action)).toEqual({ vm: obedient });
      expect(await reconcile(obedient, action)).toEqual({ outcome: 'DONE', result: { vm: obedient } });
    }
  });

  test('a guest boots anew when it is asked to, and by the reset button', async () => {
    await apply(obedient, 'START');
    // Whoever presses the button before the guest is there presses in vain.
    await using hasty = createLibvirtDriver({ uri: libvirtd.uri, clock: systemClock, guestPatienceMs: 1_000 });
    await eventually(() => hasty.apply({ kind: 'SET_POWER_STATE', vm: obedient, action: 'REBOOT' }, order()));
    await apply(obedient, 'RESET');
    expect(await state(obedient)).toBe('running');
    expect(await reconcile(obedient, 'REBOOT')).toEqual({ outcome: 'UNKNOWN' });
    expect(await reconcile(obedient, 'RESET')).toEqual({ outcome: 'UNKNOWN' });
    await apply(obedient, 'FORCE_STOP');
  });

  test('a guest that does not react is said so, and goes on', async () => {
    await apply(deaf, 'START');
    await expect(apply(deaf, 'SHUTDOWN')).rejects.toMatchObject({
      code: 'ACTION_IMPOSSIBLE',
      message: 'the guest was asked to shut down and did not within 3000 ms.',
    });
    expect(await state(deaf)).toBe('running');
    expect(await reconcile(deaf, 'SHUTDOWN')).toEqual({ outcome: 'NOT_DONE' });
    await apply(deaf, 'FORCE_STOP');
  });

  test("what is not possible is refused in libvirt's words", async () => {
    const impossible = ['SHUTDOWN', 'REBOOT', 'RESET', 'PAUSE', 'RESUME', 'SUSPEND'] as const;
    for (const action of impossible.filter((each) => each !== 'SHUTDOWN')) {
      await expect(apply(deaf, action)).rejects.toMatchObject({
        code: 'ACTION_IMPOSSIBLE',
        message: 'Requested operation is not valid: domain is not running.',
      });
    }
    await expect(apply(crypto.randomUUID(), 'START')).rejects.toMatchObject({
      code: 'ACTION_IMPOSSIBLE',
      message: expect.stringContaining('no domain with matching uuid'),
    });
    expect(await reconcile(crypto.randomUUID(), 'START')).toEqual({ outcome: 'NOT_DONE' });
  });

  test('nothing is begun for an order that is over', async () => {
    const over = order(AbortSignal.abort(new Error('not any more')));
    await expect(driver.apply({ kind: 'SET_POWER_STATE', vm: deaf, action: 'START' }, over)).rejects.toThrow(
      'not any more',
    );
    expect(await state(deaf)).toBe('shut off');
  });

  test('what a broker that is gone has left on its way is waited for, and found', async () => {
    const gone = new AbortController();
    const left = driver.apply({ kind: 'SET_POWER_STATE', vm: obedient, action: 'START' }, order(gone.signal));
    await eventually(async () => expect(await libvirtd.virsh('list', '--name', '--all')).toContain('obedient'));
    gone.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    const { outcome } = await reconcile(obedient, 'START');
    expect(outcome === 'DONE' ? 'running' : 'shut off').toBe(await state(obedient));
    await apply(obedient, 'START');
    await apply(obedient, 'FORCE_STOP');
  });
});
