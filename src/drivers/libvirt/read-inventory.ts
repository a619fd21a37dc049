import type { Inventory } from '../../model/resource.ts';
import type { Vm } from '../../model/vm.ts';
import type { LibvirtClient } from './client.ts';
import { isLibvirtError } from './errors.ts';
import type { ErrorMaker } from './errors.ts';
import { readFabric } from './fabric.ts';
import type { Fabric } from './fabric.ts';
import { readMachine } from './machine.ts';
import type { MachineContext, MachineOptions } from './machine.ts';
import { readSnapshotOwners } from './read-snapshots.ts';
import { statsFlags, statsGroups } from './procedures.ts';
import type { UsageSampler } from './usage.ts';
import type { DomainRef, DomainStats } from './wire-types.ts';

// Everything that a daemon has, or some of its machines, read through one open connection.

/** What reading needs, whatever is read. */
export interface Reading {
  readonly client: LibvirtClient;
  readonly errors: ErrorMaker;
  readonly usage: UsageSampler;
}

/** Everything there is, and the fabric that the references of its machines were found in. */
export interface FullReading {
  readonly inventory: Inventory;
  readonly fabric: Fabric;
}

const { state, cpuTotal, balloon, block } = statsGroups;
/** What a whole machine takes. The daemon asks each running emulator for its disks, so it is not for every look. */
const allGroups = state | cpuTotal | balloon | block;
/** What changes by itself. */
const movingGroups = state | cpuTotal | balloon;

/** Reads everything. */
export async function readInventory(reading: Reading, signal: AbortSignal): Promise<FullReading> {
  const [fabric, domains, owners] = await Promise.all([
    readFabric(reading.client, reading.errors, signal),
    reading.client.listDomains(signal),
    readSnapshotOwners(reading.client, signal),
  ]);
  // An empty list of domains means all of them to the daemon, which is what is wanted here.
  const stats = await readStats(reading.client, { domains: [], groups: allGroups, flags: statsFlags.noWait }, signal);
  const snapshots = (uuid: string): MachineOptions['snapshots'] =>
    owners === null ? 'UNKNOWN' : owners.has(uuid) ? 'SOME' : 'NONE';
  const machines = await readEach({ ...reading, fabric }, domains, { stats, snapshots, signal });
  reading.usage.retain(new Set(domains.map(({ uuid }) => uuid)));
  const inventory = {
    VirtualMachine: machines.filter((vm) => vm !== null),
    Host: [fabric.host],
    Datastore: fabric.pools.map(({ datastore }) => datastore),
    Network: fabric.networks,
  };
  return { inventory, fabric };
}

/** Reads these machines, at least one; null where one is gone. */
export async function readMachines(
  context: MachineContext,
  domains: readonly DomainRef[],
  signal: AbortSignal,
): Promise<readonly (Vm | null)[]> {
  const stats = await readStats(context.client, { domains, groups: allGroups, flags: statsFlags.noWait }, signal);
  return readEach(context, domains, { stats, snapshots: () => 'SOME', signal });
}

/** The moving statistics of all machines that are on, by UUID. */
export function readMovingStats(client: LibvirtClient, signal: AbortSignal): Promise<ReadonlyMap<string, DomainStats>> {
  const flags = statsFlags.active | statsFlags.noWait;
  return readStats(client, { domains: [], groups: movingGroups, flags }, signal);
}

interface EachOptions {
  readonly stats: ReadonlyMap<string, DomainStats>;
  readonly snapshots: (uuid: string) => MachineOptions['snapshots'];
  readonly signal: AbortSignal;
}

function readEach(
  context: MachineContext,
  domains: readonly DomainRef[],
  { stats, snapshots, signal }: EachOptions,
): Promise<(Vm | null)[]> {
  return Promise.all(
    domains.map((ref) =>
      readMachine(context, ref, { stats: stats.get(ref.uuid)?.values, snapshots: snapshots(ref.uuid), signal }),
    ),
  );
}

interface StatsWanted {
  readonly domains: readonly DomainRef[];
  readonly groups: number;
  readonly flags: number;
}

/** A driver of the daemon without statistics, or with none of these, is one whose machines have none. */
async function readStats(
  client: LibvirtClient,
  { domains, groups, flags }: StatsWanted,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, DomainStats>> {
  try {
    const records = await client.domainStats(domains, { groups, flags }, signal);
    return new Map(records.map((record) => [record.domain.uuid, record]));
  } catch (thrown) {
    if (isLibvirtError(thrown, ['noSupport', 'invalidArgument', 'argumentUnsupported', 'operationUnsupported'])) {
      return new Map();
    }
    throw thrown;
  }
}
