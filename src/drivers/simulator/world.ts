import type { Datastore } from '../../model/datastore.ts';
import type { Host } from '../../model/host.ts';
import type { Network } from '../../model/network.ts';
import type { Inventory } from '../../model/resource.ts';
import type { PowerState, Vm } from '../../model/vm.ts';
import { environments } from './names.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { createVmGenerator } from './vm-generator.ts';
import type { VmGenerator } from './vm-generator.ts';

// The world of a simulated manager as it is before anything happens: the same installation, seed and sizes give the same
// world, to the byte.

/** What a world depends on. */
export interface WorldOptions {
  /** Two installations with the same seed have different machines. */
  readonly installation: string;
  readonly seed: number;
  /** At most `maximumVms`. */
  readonly vms: number;
  /** At least 1. */
  readonly hosts: number;
  /** Milliseconds since 1970: everything in the world was created and booted before. */
  readonly epochMs: number;
}

/** A world, and the maker of further machines for it. */
export interface World {
  readonly inventory: Inventory;
  readonly generateVm: VmGenerator;
  /** The number of the first machine that is not there yet. */
  readonly nextNumber: number;
}

/** As many machines as an installation may have by design, with room for those that come later. */
export const maximumVms = 50_000;
/** The instant before which everything was created unless an option says otherwise, in milliseconds since 1970. */
export const defaultEpochMs = Date.UTC(2026, 0, 1);

const firstNumber = 1000;
const dayMs = 24 * 60 * 60 * 1000;
const minuteMs = 60_000;
const tebibyte = 2 ** 40;

/** Makes a world. About 0.3 s for 50,000 machines. */
export function generateWorld({ installation, seed, vms, hosts, epochMs }: WorldOptions): World {
  const random = createRandom(`${installation}/${seed}`);
  const places = {
    hosts: Array.from({ length: hosts }, (_, index) => hostAt(index, installation, random)),
    datastores: Array.from({ length: 2 + Math.floor(hosts / 8) }, (_, index) => datastoreAt(index)),
    networks: [...new Set<string>(environments), 'dmz', 'backup'].map(networkAt),
  };
  const macByte = random.between(0, 255);
  const generateVm = createVmGenerator({ places, random, population: vms, macByte });
  const machines = Array.from({ length: vms }, (_, index) => {
    const createdAt = wholeMinutes(epochMs - random.next() * 4 * 365 * dayMs);
    const bootedAt = wholeMinutes(epochMs - random.next() * Math.min(epochMs - createdAt, 180 * dayMs));
    return generateVm(firstNumber + index, { createdAt, bootedAt, powerState: powerStateFrom(random) });
  });
  return {
    inventory: {
      VirtualMachine: machines,
      Host: places.hosts,
      Datastore: withFreeBytes(places.datastores, machines),
      Network: places.networks,
    },
    generateVm,
    nextNumber: firstNumber + vms,
  };
}

/** About 70 % of the machines run. */
function powerStateFrom(random: Random): PowerState {
  const share = random.next();
  if (share < 0.7) {
    return 'RUNNING';
  }
  if (share < 0.9) {
    return 'STOPPED';
  }
  if (share < 0.95) {
    return 'PAUSED';
  }
  return share < 0.99 ? 'SUSPENDED' : 'CRASHED';
}

function hostAt(index: number, installation: string, random: Random): Host {
  const number = String(index + 1).padStart(2, '0');
  return {
    localId: `host-${index + 1}`,
    name: `hv${number}.${installation}`,
    state: index > 1 && random.chance(0.05) ? 'MAINTENANCE' : 'UP',
    cpuCount: random.pick([64, 96, 128]),
    cpuModel: random.pick(['AMD EPYC 9354', 'AMD EPYC 7543', 'Intel Xeon Gold 6430']),
    memoryMiB: random.pick([524_288, 786_432, 1_048_576]),
    hypervisor: 'Simulator 1',
  };
}

function datastoreAt(index: number): Datastore {
  const kind = index % 2 === 0 ? 'ssd' : 'nfs';
  const name = `${kind}-${String(index + 1).padStart(2, '0')}`;
  return { localId: `datastore-${index + 1}`, name, kind, capacityBytes: null, freeBytes: null };
}

function networkAt(name: string, index: number): Network {
  return {
    localId: `network-${index + 1}`,
    name: `${name}-${100 + index}`,
    kind: 'bridge',
    vlanId: 100 + index,
    bridge: `br${100 + index}`,
    cidrs: ['10.0.0.0/8'],
  };
}

/** The datastores, each large enough for what lies in it: about two thirds are taken. */
function withFreeBytes(datastores: readonly Datastore[], vms: readonly Vm[]): Datastore[] {
  const used = new Map<string | null, number>();
  for (const { datastore, allocatedBytes } of vms.flatMap(({ disks }) => disks)) {
    used.set(datastore, (used.get(datastore) ?? 0) + (allocatedBytes ?? 0));
  }
  return datastores.map((datastore) => {
    const usedBytes = used.get(datastore.localId) ?? 0;
    const capacityBytes = Math.ceil((usedBytes * 1.5) / tebibyte + 1) * tebibyte;
    return { ...datastore, capacityBytes, freeBytes: capacityBytes - usedBytes };
  });
}

function wholeMinutes(time: number): number {
  return Math.floor(time / minuteMs) * minuteMs;
}
