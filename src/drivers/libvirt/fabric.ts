import type { Host } from '../../model/host.ts';
import type { Network } from '../../model/network.ts';
import type { LibvirtClient } from './client.ts';
import { isLibvirtError, isRefusal } from './errors.ts';
import type { ErrorMaker } from './errors.ts';
import { parseCapabilitiesXml } from './host-xml.ts';
import { parseNetworkXml } from './network-xml.ts';
import { parsePoolXml } from './pool-xml.ts';
import type { Pool } from './pool-xml.ts';
import type { ObjectRef } from './wire-types.ts';

// What machines stand on: the host, the storage pools, the networks and the addresses given away there.

/** Everything that machines refer to. */
export interface Fabric {
  readonly host: Host;
  readonly pools: readonly Pool[];
  readonly networks: readonly Network[];
  /** Addresses by MAC address, in lower case. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
}

/** Reads all of it. What vanishes in between is left out. */
export async function readFabric(client: LibvirtClient, errors: ErrorMaker, signal: AbortSignal): Promise<Fabric> {
  const [host, pools, networkRefs] = await Promise.all([
    readHost(client, errors, signal),
    readPools(client, errors, signal),
    unlessUnsupported(client.listNetworks(signal), []),
  ]);
  const [networks, leases] = await Promise.all([
    Promise.all(networkRefs.map((ref) => readNetwork(client, ref, { errors, signal }))),
    Promise.all(networkRefs.map((ref) => readAddresses(client, ref, signal))),
  ]);
  const addresses = Map.groupBy(leases.flat(), ([macAddress]) => macAddress);
  return {
    host,
    pools,
    networks: networks.filter((network) => network !== null),
    addresses: new Map([...addresses].map(([macAddress, entries]) => [macAddress, entries.map(([, ip]) => ip)])),
  };
}

async function readHost(client: LibvirtClient, errors: ErrorMaker, signal: AbortSignal): Promise<Host> {
  const [name, node, capabilities, type, version] = await Promise.all([
    client.hostname(signal),
    client.nodeInfo(signal),
    client.capabilities(signal),
    client.hypervisorType(signal),
    client.hypervisorVersion(signal),
  ]);
  const { uuid, cpuModel } = parseCapabilitiesXml(capabilities, errors.malformed);
  return {
    localId: uuid ?? name,
    name,
    state: 'UP',
    cpuCount: node.cpus,
    cpuModel: cpuModel ?? node.model,
    memoryMiB: Math.floor(node.memoryKiB / 1024),
    hypervisor: `${type} ${formatVersion(version)}`,
  };
}

function formatVersion(version: number): string {
  return [Math.floor(version / 1e6), Math.floor(version / 1e3) % 1e3, version % 1e3].join('.');
}

async function readPools(client: LibvirtClient, errors: ErrorMaker, signal: AbortSignal): Promise<readonly Pool[]> {
  const refs = await unlessUnsupported(client.listStoragePools(signal), []);
  const pools = await Promise.all(
    refs.map(async (ref) => {
      try {
        const [info, xml] = await Promise.all([
          client.storagePoolInfo(ref, signal),
          client.storagePoolXml(ref, signal),
        ]);
        return parsePoolXml(xml, info, errors.malformed);
      } catch (thrown) {
        return nullIfGone(thrown);
      }
    }),
  );
  return pools.filter((pool) => pool !== null);
}

async function readNetwork(
  client: LibvirtClient,
  ref: ObjectRef,
  { errors, signal }: { readonly errors: ErrorMaker; readonly signal: AbortSignal },
): Promise<Network | null> {
  try {
    return parseNetworkXml(await client.networkXml(ref, signal), errors.malformed);
  } catch (thrown) {
    return nullIfGone(thrown);
  }
}

/** Only a running network of libvirt's own has leases; the others refuse the question, which is no fault. */
async function readAddresses(
  client: LibvirtClient,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<readonly (readonly [string, string])[]> {
  try {
    const leases = await client.dhcpLeases(ref, signal);
    return leases.flatMap(({ macAddress, ipAddress }) =>
      macAddress === null ? [] : [[macAddress.toLowerCase(), ipAddress] as const],
    );
  } catch (thrown) {
    if (isRefusal(thrown)) {
      return [];
    }
    throw thrown;
  }
}

/** A daemon without a driver for networks or storage has none of them. */
async function unlessUnsupported<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asked;
  } catch (thrown) {
    if (isLibvirtError(thrown, ['noSupport', 'operationUnsupported'])) {
      return otherwise;
    }
    throw thrown;
  }
}

function nullIfGone(thrown: unknown): null {
  if (isLibvirtError(thrown, ['noStoragePool', 'noNetwork'])) {
    return null;
  }
  throw thrown;
}
