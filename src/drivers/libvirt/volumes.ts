import { comesTrue, refusable, type ActContext } from './act-context.ts';
import { changeTimeoutMs } from './change-calls.ts';
import { impossible, isLibvirtError } from './errors.ts';
import { livePoolStates } from './procedures.ts';
import { parseVolumeXml, volumeXml } from './volume-xml.ts';
import type { VolumeDescription } from './volume-xml.ts';
import type { ObjectRef, VolumeRef } from './wire-types.ts';

// The disks that an operation makes. Their names end in the operation, so that whoever takes it over finds what there is of
// them already: nothing else can have made them, and they are begun anew.

/** A disk that is to be made. */
export interface NewDisk {
  /** The name of the machine, and of the disk in it. */
  readonly machine: string;
  readonly target: string;
  readonly format: string;
  readonly capacityBytes: number;
  /** Whose content it gets; null for an empty one. */
  readonly source: VolumeRef | null;
}

/** A disk on the host, as a domain refers to it. */
export interface DiskSource {
  readonly kind: 'file' | 'block';
  readonly path: string;
  readonly format: string;
}

/** Longer names are cut: a file's name has 255 bytes. */
const longestPrefix = 100;

/** Makes the disk. */
export async function makeDisk(context: ActContext, pool: ObjectRef, disk: NewDisk): Promise<DiskSource> {
  const { client, order } = context;
  const { machine, target, source } = disk;
  const prefix = `${machine}-${target}`.replace(/[^\w.-]/g, '_').slice(0, longestPrefix);
  const xml = volumeXml(`${prefix}${suffixOf(order.operationId)}`, disk);
  const volume = await refusable(() =>
    source === null
      ? client.storage.create(pool, xml, order.signal)
      : client.storage.copy(pool, { xml, source }, order.signal),
  );
  const { kind, path, format, capacityBytes } = await describeVolume(context, volume);
  if (kind === null || path === null) {
    throw impossible(`the datastore ${pool.name} holds no files or devices that a disk could be`);
  }
  // A copy comes out as large as the original, whatever was asked for (libvirt 9.0.0).
  if (capacityBytes !== null && capacityBytes < disk.capacityBytes) {
    await refusable(() => client.storage.resize(volume, disk.capacityBytes, order.signal));
  }
  return { kind, path, format };
}

/** What a volume is like. */
export async function describeVolume(
  { client, errors, order }: ActContext,
  volume: VolumeRef,
): Promise<VolumeDescription> {
  return parseVolumeXml(await client.storage.xml(volume, order.signal), errors.malformed);
}

/** Takes away whatever disks this operation has made; one that is still being copied to is waited for. */
export async function removeOwnDisks(context: ActContext): Promise<void> {
  const { client, order } = context;
  const suffix = suffixOf(order.operationId);
  for (const pool of await livePools(context)) {
    const volumes = await client.storage.list(pool, order.signal);
    for (const volume of volumes.filter(({ name }) => name.endsWith(suffix))) {
      await comesTrue(context, changeTimeoutMs, () => isRemoved(context, volume));
    }
  }
}

/** Takes a volume away, if it is still there. False if the daemon is at work on it. */
export async function isRemoved({ client, order }: ActContext, volume: VolumeRef): Promise<boolean> {
  try {
    await client.storage.delete(volume, order.signal);
    return true;
  } catch (thrown) {
    if (isLibvirtError(thrown, ['noStorageVolume'])) {
      return true;
    }
    if (isLibvirtError(thrown, ['operationInvalid'])) {
      return false;
    }
    throw thrown;
  }
}

/**
 * The pool with this UUID, or the first there is.
 * @throws SitewideError ACTION_IMPOSSIBLE if there is none in use.
 */
export async function poolOf(context: ActContext, datastore: string | null): Promise<ObjectRef> {
  const pools = await livePools(context);
  const found = datastore === null ? pools[0] : pools.find(({ uuid }) => uuid === datastore);
  if (found === undefined) {
    throw impossible(datastore === null ? 'there is no datastore in use' : `the datastore ${datastore} is not in use`);
  }
  return found;
}

/** The pools that are in use. */
export async function livePools({ client, order }: ActContext): Promise<readonly ObjectRef[]> {
  const pools = await client.listStoragePools(order.signal);
  const infos = await Promise.all(pools.map((pool) => client.storagePoolInfo(pool, order.signal)));
  return pools.filter((_, at) => livePoolStates.has(infos[at]?.state ?? -1));
}

function suffixOf(operationId: string): string {
  return `-${operationId}.img`;
}
