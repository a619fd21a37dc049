import { refusable, type ActContext } from './act-context.ts';
import { impossible } from './errors.ts';
import { setDiskSource } from './new-domain.ts';
import { describeVolume, makeDisk, poolOf } from './volumes.ts';
import type { ObjectRef, VolumeRef } from './wire-types.ts';
import { elements } from './xml-edit.ts';
import type { EditNode } from './xml-edit.ts';

// Copies of a machine's disks. What machines only read, or have in common on purpose, is not copied.

/** What the copies are to be like. */
export interface CopyWishes {
  /** The name of the machine they are for. */
  readonly machine: string;
  /** How large the first disk is to be, and the datastore it is to be in; null: as the original. */
  readonly diskBytes: number | null;
  readonly datastore: string | null;
}

/** The disks of a machine that hold its own data. */
export function ownDisks(devices: EditNode): readonly EditNode[] {
  return elements(devices, 'disk').filter(
    (disk) =>
      ['disk', 'lun'].includes(disk.attributes['device'] ?? 'disk') &&
      elements(disk, 'readonly').length === 0 &&
      elements(disk, 'shareable').length === 0 &&
      elements(disk, 'transient').length === 0,
  );
}

/** Copies the disks, and has the devices refer to the copies. Throws as `Driver.apply`. */
export async function copyDisks(context: ActContext, devices: EditNode, wishes: CopyWishes): Promise<void> {
  const disks = ownDisks(devices);
  for (const [at, disk] of disks.entries()) {
    context.order.onProgress?.(Math.round((90 * at) / disks.length), `Copying the disk ${targetOf(disk)}.`);
    const none = { machine: wishes.machine, diskBytes: null, datastore: null };
    await copyDisk(context, disk, at === 0 ? wishes : none);
  }
}

/** The name of a disk in its machine. */
export function targetOf(disk: EditNode): string {
  return elements(disk, 'target')[0]?.attributes['dev'] ?? 'disk';
}

/**
 * The volume that a disk is.
 * @throws SitewideError ACTION_IMPOSSIBLE, also if it is in no storage pool: then libvirt can do nothing with it.
 */
export async function volumeOf({ client, order }: ActContext, disk: EditNode): Promise<VolumeRef> {
  const { signal } = order;
  const { pool: poolName, volume, file, dev } = elements(disk, 'source')[0]?.attributes ?? {};
  const path = file ?? dev;
  if (poolName !== undefined && volume !== undefined) {
    const pool = (await client.listStoragePools(signal)).find(({ name }) => name === poolName);
    if (pool !== undefined) {
      return refusable(() => client.storage.byName(pool, volume, signal));
    }
  }
  if (path === undefined) {
    throw impossible(`the disk ${targetOf(disk)} is no volume of a storage pool`);
  }
  return refusable(() => client.storage.byPath(plain(path), signal));
}

async function copyDisk(
  context: ActContext,
  disk: EditNode,
  { machine, diskBytes, datastore }: CopyWishes,
): Promise<void> {
  const target = targetOf(disk);
  if (elements(disk, 'source').some((source) => elements(source, 'encryption').length > 0)) {
    throw impossible(`the disk ${target} is encrypted and cannot be copied`);
  }
  const source = await volumeOf(context, disk);
  const { capacityBytes, format } = await describeVolume(context, source);
  const least = capacityBytes ?? 0;
  if (diskBytes !== null && diskBytes < least) {
    throw impossible(`the disk ${target} has ${least} bytes already; found ${diskBytes}`);
  }
  const pool = datastore === null ? await poolNamed(context, source.pool) : await poolOf(context, datastore);
  const wanted = { machine, target, format, capacityBytes: diskBytes ?? least, source };
  setDiskSource(disk, await makeDisk(context, pool, wanted));
}

async function poolNamed({ client, order }: ActContext, name: string): Promise<ObjectRef> {
  const pool = (await client.listStoragePools(order.signal)).find((one) => one.name === name);
  if (pool === undefined) {
    throw impossible(`the datastore ${name} is not there any more`);
  }
  return pool;
}

/** An attribute as it is meant. libvirt escapes these five in what it writes. */
function plain(value: string): string {
  return value
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
