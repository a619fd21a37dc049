import { systemClock } from '../../src/core/clock.ts';
import { createSimulatorDriver } from '../../src/drivers/simulator/driver.ts';
import { simulatorConsole, spawnSimulator } from '../support/simulator.ts';
import type { SimulatorConsole, SimulatorProcess } from '../support/simulator.ts';
import { describeDriverContract } from './driver-contract.ts';
import type { DriverHarness } from './driver-contract.ts';

// The simulator's driver, on a simulator that is a real process: killed to crash it, stopped to make it hang.

describeDriverContract('simulator', createSimulatorHarness);

async function createSimulatorHarness(): Promise<DriverHarness> {
  const world = ['--installation', 'contract', '--vms', '60', '--seed', '7', '--usage-interval', '100'];
  let simulator: SimulatorProcess = await spawnSimulator(...world);
  const { url } = simulator;
  const manager: SimulatorConsole = simulatorConsole(url);
  const setPower = (powerState: 'RUNNING' | 'PAUSED' | 'STOPPED') => async (localId: string) => {
    await manager.edit(localId, { powerState });
  };
  return {
    createDriver: () => createSimulatorDriver({ url, clock: systemClock }),
    facts: () => manager.vms(),
    addVm: async () => (await manager.add()).localId,
    removeVm: (localId) => manager.remove(localId),
    startVm: setPower('RUNNING'),
    pauseVm: setPower('PAUSED'),
    resumeVm: setPower('RUNNING'),
    stopVm: setPower('STOPPED'),
    async stopManager() {
      await simulator.end('SIGKILL');
    },
    async startManager() {
      simulator = await spawnSimulator(...world, '--port', new URL(url).port);
    },
    hangManager: async () => simulator.signal('SIGSTOP'),
    unhangManager: async () => simulator.signal('SIGCONT'),
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}
