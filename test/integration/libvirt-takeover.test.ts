import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { createLibvirtDriver } from '../../src/drivers/libvirt/driver.ts';
import type { Driver, Order } from '../../src/drivers/driver.ts';
import { procedures } from '../../src/drivers/libvirt/procedures.ts';
import type { Action, NewVm } from '../../src/model/action.ts';
import { eventually } from '../contract/eventually.ts';
import { startCuttingSocket, type CuttingSocket, type Moment } from '../support/cutting-socket.ts';
import { makePool, obedientDisk } from '../support/guest-disk.ts';
import { libvirtRequirement, startLibvirtd } from '../support/libvirtd.ts';
import type { Libvirtd } from '../support/libvirtd.ts';
import { describeWith } from '../support/requirements.ts';

// A broker loses its connection in the middle of a call, and another one takes the operation over.

describeWith(libvirtRequirement, 'an operation whose broker is lost in the middle of a call to libvirt', () => {
  let libvirtd: Libvirtd;
  let socket: CuttingSocket;
  let lost: Driver;
  let next: Driver;
  let vm: string;

  const order = (operationId: string, epoch: number, signal = AbortSignal.timeout(30_000)): Order => ({
    operationId,
    epoch,
    signal,
  });
  const spec: NewVm = {
    name: 'made',
    cpuCount: 1,
    memoryMiB: 16,
    guestOs: null,
    diskBytes: 2 ** 20,
    datastore: null,
    network: null,
    host: null,
    labels: {},
    annotations: {},
    start: false,
  };

  /** Loses the first broker after this call, and gives what the second one finds out. */
  async function takeOver(action: Action, procedure: number, moment: Moment = 'CALLED'): Promise<string> {
    const operationId = crypto.randomUUID();
    socket.cutAfter(procedure, moment);
    await expect(lost.apply(action, order(operationId, 1))).rejects.toMatchObject({ code: 'DRIVER_UNREACHABLE' });
    const { outcome } = await next.reconcile(action, order(operationId, 2));
    await next.apply(action, order(operationId, 2));
    return outcome;
  }

  beforeAll(async () => {
    libvirtd = await startLibvirtd();
    socket = await startCuttingSocket(join(libvirtd.folder, 'cut'), libvirtd.socket);
    lost = createLibvirtDriver({ uri: `qemu+unix:///session?socket=${socket.path}`, clock: systemClock });
    next = createLibvirtDriver({ uri: libvirtd.uri, clock: systemClock });
    await makePool(libvirtd);
    vm = await libvirtd.defineGuest({ name: 'guest', devices: await obedientDisk(libvirtd, 'guest') });
  });
  afterAll(async () => {
    await lost?.[Symbol.asyncDispose]();
    await next?.[Symbol.asyncDispose]();
    await socket?.[Symbol.asyncDispose]();
    await libvirtd?.stop();
  });

  test('is found done once the call that was on its way has ended', async () => {
    const power = (action: 'START' | 'SUSPEND' | 'FORCE_STOP'): Action => ({ kind: 'SET_POWER_STATE', vm, action });
    expect(await takeOver(power('START'), procedures.domainCreate)).toBe('DONE');
    const snapshot: Action = { kind: 'CREATE_SNAPSHOT', vm, name: 'one', description: null };
    expect(await takeOver(snapshot, procedures.domainSnapshotCreateXml)).toBe('DONE');
    expect(await takeOver(power('SUSPEND'), procedures.domainManagedSave)).toBe('DONE');
    expect(await takeOver(power('START'), procedures.domainCreate)).toBe('DONE');
    expect(await takeOver(power('FORCE_STOP'), procedures.domainDestroy)).toBe('DONE');
    expect(await libvirtd.virsh('snapshot-list', vm, '--name')).toBe('one');
    expect(await libvirtd.virsh('domstate', vm)).toBe('shut off');
  });

  // What a call makes or takes away has no lock that a second broker could wait for, so that what that one finds depends on
  // who comes first unless the call has ended.

  test('makes a machine once, whether its disk or its definition was there already', async () => {
    for (const procedure of [procedures.storageVolCreateXml, procedures.domainDefineXml]) {
      const name = `made-${procedure}`;
      const action: Action = { kind: 'CREATE_VIRTUAL_MACHINE', spec: { ...spec, name }, template: null };
      const isDefined = procedure === procedures.domainDefineXml;
      expect(await takeOver(action, procedure, 'ANSWERED')).toBe(isDefined ? 'DONE' : 'NOT_DONE');
    }
    expect((await libvirtd.virsh('list', '--all', '--name')).split('\n').filter(Boolean)).toHaveLength(3);
    expect((await libvirtd.virsh('vol-list', 'images')).match(/\.img/g)).toHaveLength(4);
  });

  test('takes a machine away altogether, whichever step was the last', async () => {
    const names = ['made-93', 'made-11'];
    const steps = [procedures.storageVolDelete, procedures.domainUndefine];
    for (const [at, name] of names.entries()) {
      const made = await libvirtd.virsh('domuuid', name);
      const action: Action = { kind: 'DELETE_VIRTUAL_MACHINE', vm: made, force: false, keepDisks: false };
      expect(await takeOver(action, steps[at]!, 'ANSWERED')).toBe(at === 0 ? 'NOT_DONE' : 'DONE');
    }
    expect(await libvirtd.virsh('vol-list', 'images')).not.toContain('.img');
  });

  test('is ended midway if it is to be and can be, and nobody is in doubt what it led to', async () => {
    // Saving much memory takes long enough to be ended midway, though none of it is ever written to.
    const large = await libvirtd.defineGuest({ name: 'large', memoryMiB: 3_000 });
    await libvirtd.virsh('start', large);
    const action: Action = { kind: 'SET_POWER_STATE', vm: large, action: 'SUSPEND' };
    const wanted = new AbortController();
    const saving = next.apply(action, order(crypto.randomUUID(), 1, wanted.signal));
    await eventually(async () => expect(await libvirtd.virsh('domstate', large)).not.toBe('running'));
    wanted.abort(new Error('cancelled'));
    await saving.catch(() => undefined);
    const { outcome } = await next.reconcile(action, order(crypto.randomUUID(), 2));
    expect(outcome).toBe((await libvirtd.virsh('domstate', large)) === 'running' ? 'NOT_DONE' : 'DONE');
  });
});
