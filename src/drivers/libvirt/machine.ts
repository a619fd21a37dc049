import type { Disk, NetworkInterface, PowerState, Vm } from '../../model/vm.ts';
import type { BlockInfo, LibvirtClient } from './client.ts';
import { parseDomainXml } from './domain-xml.ts';
import type { DiskDescription, DomainDescription, InterfaceDescription } from './domain-xml.ts';
import { isLibvirtError, isRefusal } from './errors.ts';
import type { ErrorMaker } from './errors.ts';
import type { Fabric } from './fabric.ts';
import { askPowerState, settledState } from './power-state.ts';
import { readSnapshots } from './read-snapshots.ts';
import { memoryUsageMiB } from './usage.ts';
import type { UsageSampler } from './usage.ts';
import type { DomainRef, Parameters } from './wire-types.ts';

// One domain as a machine of our model: its XML, its state and its statistics, with the references found in the fabric.

/** What reading a machine needs. */
export interface MachineContext {
  readonly client: LibvirtClient;
  readonly errors: ErrorMaker;
  readonly usage: UsageSampler;
  readonly fabric: Fabric;
}

type DiskSize = Pick<Disk, 'capacityBytes' | 'allocatedBytes'>;

/** What was read of it before, with others. */
export interface MachineOptions {
  /** Its statistics, taken just before; undefined if the daemon gave none. */
  readonly stats: Parameters | undefined;
  /** Whether it has snapshots; if it may have some, they are read. */
  readonly snapshots: 'SOME' | 'NONE' | 'UNKNOWN';
  readonly signal: AbortSignal;
}

/**
 * Reads a machine afresh.
 * @returns Null if the domain is gone.
 */
export async function readMachine(
  context: MachineContext,
  ref: DomainRef,
  { stats, snapshots, signal }: MachineOptions,
): Promise<Vm | null> {
  const { client, errors } = context;
  try {
    const [xml, powerState, kept] = await Promise.all([
      client.domainXml(ref, signal),
      readPowerState(client, ref, { stats, signal }),
      snapshots === 'SOME' ? readSnapshots(context, ref, signal) : snapshots === 'NONE' ? [] : null,
    ]);
    const description = parseDomainXml(xml, errors.malformed);
    const running = powerState === 'RUNNING' || powerState === 'PAUSED';
    const sizes = running ? sizesFrom(stats) : await readSizes(client, ref, { disks: description.disks, signal });
    return assemble(context, description, { powerState, stats, sizes, snapshots: kept });
  } catch (thrown) {
    if (isLibvirtError(thrown, ['noDomain'])) {
      return null;
    }
    throw thrown;
  }
}

/** The fields of a machine that move all the time, from its statistics. */
export function usageOf(
  usage: UsageSampler,
  { localId, cpuCount, powerState }: Pick<Vm, 'localId' | 'cpuCount' | 'powerState'>,
  stats: Parameters | undefined,
): Pick<Vm, 'cpuUsage' | 'memoryUsageMiB'> {
  if (powerState !== 'RUNNING' || stats === undefined) {
    usage.forget(localId);
    return { cpuUsage: null, memoryUsageMiB: null };
  }
  return { cpuUsage: usage.cpuUsage(localId, stats, cpuCount), memoryUsageMiB: memoryUsageMiB(stats) };
}

async function readPowerState(
  client: LibvirtClient,
  ref: DomainRef,
  { stats, signal }: { readonly stats: Parameters | undefined; readonly signal: AbortSignal },
): Promise<PowerState> {
  const state = stats?.get('state.state');
  const reason = stats?.get('state.reason');
  return typeof state === 'number' && typeof reason === 'number'
    ? settledState(client, { ref, found: { state, reason } }, signal)
    : askPowerState(client, ref, signal);
}

/** `physical` is what QEMU says that the image takes on disk. */
function sizesFrom(stats: Parameters | undefined): ReadonlyMap<string, DiskSize> {
  const count = stats?.get('block.count');
  const indices = Array.from({ length: typeof count === 'number' ? count : 0 }, (_, index) => index);
  return new Map(
    indices.map((index) => [
      String(stats?.get(`block.${index}.name`)),
      {
        capacityBytes: bytes(stats?.get(`block.${index}.capacity`)),
        allocatedBytes: bytes(stats?.get(`block.${index}.physical`)),
      },
    ]),
  );
}

/** Statistics say nothing of the disks of a domain that is off; it is asked of each, and a missing image refuses. */
async function readSizes(
  client: LibvirtClient,
  ref: DomainRef,
  { disks, signal }: { readonly disks: readonly DiskDescription[]; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, DiskSize>> {
  const names = disks.flatMap(({ name }) => name ?? []);
  const infos = await Promise.all(names.map((name) => blockInfoOrNull(client.blockInfo(ref, name, signal))));
  return new Map(
    names.map((name, at) => [
      name,
      { capacityBytes: bytes(infos[at]?.capacity), allocatedBytes: bytes(infos[at]?.allocation) },
    ]),
  );
}

async function blockInfoOrNull(asked: Promise<BlockInfo>): Promise<BlockInfo | null> {
  try {
    return await asked;
  } catch (thrown) {
    if (isRefusal(thrown)) {
      return null;
    }
    throw thrown;
  }
}

function bytes(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

interface Readings {
  readonly powerState: PowerState;
  readonly stats: Parameters | undefined;
  readonly sizes: ReadonlyMap<string, DiskSize>;
  readonly snapshots: Vm['snapshots'];
}

function assemble(
  { fabric, usage }: MachineContext,
  description: DomainDescription,
  { powerState, stats, sizes, snapshots }: Readings,
): Vm {
  const { uuid, disks, interfaces, ...plain } = description;
  const on = powerState === 'RUNNING' || powerState === 'PAUSED';
  const networkInterfaces = interfaces.map((nic) => interfaceOf(nic, fabric, on));
  return {
    ...plain,
    localId: uuid,
    powerState,
    host: { localId: fabric.host.localId, name: fabric.host.name },
    disks: disks.map((disk) => diskOf(disk, fabric, sizes)),
    networkInterfaces,
    ipAddresses: [...new Set(networkInterfaces.flatMap(({ ipAddresses }) => ipAddresses))],
    snapshots,
    // libvirt keeps neither of these times.
    createdAt: null,
    bootedAt: null,
    ...usageOf(usage, { localId: uuid, cpuCount: plain.cpuCount, powerState }, stats),
  };
}

function diskOf(disk: DiskDescription, fabric: Fabric, sizes: ReadonlyMap<string, DiskSize>): Disk {
  const size = disk.name === null ? undefined : sizes.get(disk.name);
  return {
    name: disk.name,
    capacityBytes: size?.capacityBytes ?? null,
    allocatedBytes: size?.allocatedBytes ?? null,
    datastore: datastoreOf(disk, fabric),
    path: disk.path,
  };
}

/** The pool that is named, or the one with the deepest folder that the path is in. */
function datastoreOf({ pool, path }: DiskDescription, { pools }: Fabric): string | null {
  const holders = pools
    .filter(({ datastore, path: folder }) =>
      pool !== null ? datastore.name === pool : folder !== null && path?.startsWith(`${folder}/`),
    )
    .sort((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0));
  return holders[0]?.datastore.localId ?? null;
}

/** A lease outlives a machine that was switched off, so only one that is on has addresses. */
function interfaceOf(nic: InterfaceDescription, { networks, addresses }: Fabric, on: boolean): NetworkInterface {
  const byBridge = networks.filter(({ bridge }) => nic.bridge !== null && bridge === nic.bridge);
  const network =
    networks.find(({ name }) => name === nic.network) ?? (byBridge.length === 1 ? byBridge[0] : undefined);
  return {
    name: nic.name,
    macAddress: nic.macAddress,
    network: network?.localId ?? null,
    ipAddresses: on && nic.macAddress !== null ? (addresses.get(nic.macAddress) ?? []) : [],
  };
}
