import { systemClock } from '../../src/core/clock.ts';
import { createLibvirtDriver } from '../../src/drivers/libvirt/driver.ts';
import type { PowerState } from '../../src/model/vm.ts';
import { libvirtRequirement, startLibvirtd } from '../support/libvirtd.ts';
import type { Libvirtd } from '../support/libvirtd.ts';
import { describeWith } from '../support/requirements.ts';
import { describeDriverContract } from './driver-contract.ts';
import type { DriverHarness, ManagerFact } from './driver-contract.ts';

// The libvirt driver against the contract, with a real daemon and real QEMU guests.

const powerStates: Readonly<Record<string, PowerState>> = {
  running: 'RUNNING',
  paused: 'PAUSED',
  'shut off': 'STOPPED',
};

describeWith(libvirtRequirement, 'a real libvirt daemon', () => {
  describeDriverContract('libvirt', createHarness);
});

async function createHarness(): Promise<DriverHarness> {
  const libvirtd = await startLibvirtd();
  let added = 0;
  for (const name of ['one', 'two', 'three']) {
    await libvirtd.defineGuest({ name });
  }
  await libvirtd.virsh('start', 'two');
  await libvirtd.virsh('start', 'three');
  await libvirtd.virsh('suspend', 'three');
  const run = async (...args: string[]): Promise<void> => {
    await libvirtd.virsh(...args);
  };

  return {
    // Looks at statistics more often than in production, so that the timers take part in these short tests.
    createDriver: () => createLibvirtDriver({ uri: libvirtd.uri, clock: systemClock, statsIntervalMs: 500 }),
    facts: () => factsOf(libvirtd),
    addVm() {
      added += 1;
      return libvirtd.defineGuest({ name: `added-${added}` });
    },
    removeVm: (localId) => run('undefine', localId),
    startVm: (localId) => run('start', localId),
    pauseVm: (localId) => run('suspend', localId),
    resumeVm: (localId) => run('resume', localId),
    stopVm: (localId) => run('destroy', localId),
    stopManager: () => libvirtd.kill(),
    startManager: () => libvirtd.restart(),
    async hangManager() {
      libvirtd.freeze();
    },
    async unhangManager() {
      libvirtd.unfreeze();
    },
    [Symbol.asyncDispose]: () => libvirtd.stop(),
  };
}

async function factsOf(libvirtd: Libvirtd): Promise<readonly ManagerFact[]> {
  const names = (await libvirtd.virsh('list', '--all', '--name')).split('\n').filter((name) => name !== '');
  return Promise.all(
    names.map(async (name) => {
      const [localId, state] = await Promise.all([libvirtd.virsh('domuuid', name), libvirtd.virsh('domstate', name)]);
      return { localId, name, powerState: powerStates[state] ?? 'UNKNOWN' };
    }),
  );
}
