import type { PowerState, Vm } from '../../model/vm.ts';
import type { Random } from './random.ts';

// What changes with a machine's power state: its boot time, its addresses and its usage. Pure but for chance.

interface PowerOptions {
  /** Milliseconds since 1970: when the change takes place. */
  readonly now: number;
  readonly random: Random;
}

/** The machine in another power state. Its addresses and usage are known only while it runs. */
export function withPowerState(vm: Vm, powerState: PowerState, { now, random }: PowerOptions): Vm {
  const running = powerState === 'RUNNING';
  const networkInterfaces = vm.networkInterfaces.map((nic) => ({
    ...nic,
    ipAddresses: running && nic.macAddress !== null ? [ipAddressOf(nic.macAddress)] : [],
  }));
  return {
    ...vm,
    powerState,
    networkInterfaces,
    ipAddresses: networkInterfaces.flatMap(({ ipAddresses }) => ipAddresses),
    bootedAt: bootedAtIn(powerState, vm, now),
    cpuUsage: running ? round(random.next() ** 3) : null,
    memoryUsageMiB: running ? Math.round((vm.memoryMiB ?? 0) * (0.2 + 0.75 * random.next())) : null,
  };
}

/** The lease that a MAC address gets: its last three bytes in the private network 10.0.0.0/8. */
function ipAddressOf(macAddress: string): string {
  const [, , , second, third, fourth] = macAddress.split(':').map((byte) => Number.parseInt(byte, 16));
  return `10.${second}.${third}.${fourth}`;
}

/** A share with three digits, as managers report it. */
export function round(share: number): number {
  return Math.round(share * 1000) / 1000;
}

function bootedAtIn(powerState: PowerState, vm: Vm, now: number): number | null {
  switch (powerState) {
    case 'STOPPED':
      return null;
    case 'RUNNING':
    case 'PAUSED':
    case 'SUSPENDED':
    case 'CRASHED':
    case 'UNKNOWN':
      return vm.bootedAt ?? now;
  }
}
