import type { Datastore } from '../../model/datastore.ts';
import type { Host } from '../../model/host.ts';
import type { Network } from '../../model/network.ts';
import type { Disk, NetworkInterface, PowerState, Vm } from '../../model/vm.ts';
import { apps, environments, owners, vmName } from './names.ts';
import type { App } from './names.ts';
import { withPowerState } from './power.ts';
import type { Random } from './random.ts';

// Makes one machine after another, each from chance alone: the same chance gives the same machine.

/** What machines are placed on. None of the lists may be empty. */
export interface Places {
  readonly hosts: readonly Host[];
  readonly datastores: readonly Datastore[];
  readonly networks: readonly Network[];
}

interface VmGeneratorOptions {
  readonly places: Places;
  readonly random: Random;
  /** How many machines there will be; only names depend on it. */
  readonly population: number;
  /** The second byte of the MAC addresses, 0 to 255, so that installations do not share them. */
  readonly macByte: number;
}

/** When a machine comes into the world, and in which state. */
export interface Birth {
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Milliseconds since 1970; ignored if the machine is stopped. */
  readonly bootedAt: number;
  readonly powerState: PowerState;
}

/** Makes machines; `number` becomes the local id `vm-<number>` and must be below 2^22. */
export type VmGenerator = (number: number, birth: Birth) => Vm;

const gibibyte = 2 ** 30;

/** A maker of machines. */
export function createVmGenerator(options: VmGeneratorOptions): VmGenerator {
  const { places, random, population } = options;
  return (number, { createdAt, bootedAt, powerState }) => {
    const localId = `vm-${number}`;
    const app = random.pick(apps);
    const environment = random.pick(environments);
    const host = random.pick(places.hosts);
    const off: Vm = {
      localId,
      name: vmName(app, environment, { random, population }),
      powerState: 'STOPPED',
      cpuCount: random.pick(app.cpuCounts),
      memoryMiB: random.pick(app.memoryMiB),
      // A machine without guest tools does not tell what runs in it.
      guestOs: random.chance(0.03) ? null : random.pick(app.guests),
      // A machine that is off need not be assigned to a host.
      host: powerState === 'STOPPED' && random.chance(0.05) ? null : { localId: host.localId, name: host.name },
      disks: disksOf(localId, app, options),
      networkInterfaces: interfacesOf(number, environment, options),
      ipAddresses: [],
      labels: random.chance(0.05) ? {} : { env: environment, app: app.name, team: app.team, tier: app.tier },
      annotations: annotationsOf(random),
      snapshots: [],
      // Of an imported machine nobody knows when it was created.
      createdAt: random.chance(0.02) ? null : createdAt,
      bootedAt: null,
      cpuUsage: null,
      memoryUsageMiB: null,
    };
    return withPowerState(off, powerState, { now: bootedAt, random });
  };
}

function disksOf(localId: string, app: App, { places, random }: VmGeneratorOptions): Disk[] {
  const count = app.tier === 'data' ? random.between(2, 3) : 1;
  const datastore = random.pick(places.datastores).localId;
  return Array.from({ length: count }, (_, index) => {
    const name = `vd${'abc'.charAt(index)}`;
    const capacityBytes = random.pick(index === 0 ? [20, 40, 80] : [100, 200, 500]) * gibibyte;
    const allocatedBytes = Math.floor((capacityBytes * random.between(10, 90)) / 100);
    return { name, capacityBytes, allocatedBytes, datastore, path: `${localId}/${name}.qcow2` };
  });
}

function interfacesOf(number: number, environment: string, options: VmGeneratorOptions): NetworkInterface[] {
  const { places, random } = options;
  const own = places.networks.find(({ name }) => name.startsWith(environment)) ?? random.pick(places.networks);
  const networks = random.chance(0.1) ? [own, random.pick(places.networks)] : [own];
  return networks.map(({ localId }, index) => ({
    name: `vnet${index}`,
    macAddress: macAddressOf(number, index, options.macByte),
    network: localId,
    ipAddresses: [],
  }));
}

function macAddressOf(number: number, index: number, macByte: number): string {
  const bytes = [0x52, 0x54, macByte, index * 64 + (number >> 16), (number >> 8) & 0xff, number & 0xff];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function annotationsOf(random: Random): Record<string, string> {
  if (random.chance(0.7)) {
    return {};
  }
  return { owner: random.pick(owners), ticket: `CHG-${random.between(1000, 9999)}` };
}
