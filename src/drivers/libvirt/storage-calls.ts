import { changeTimeoutMs } from './change-calls.ts';
import type { Ask } from './client-calls.ts';
import { procedures } from './procedures.ts';
import { readVolume, volumeMinBytes, writeObject, writeVolume } from './wire-types.ts';
import type { ObjectRef, VolumeRef } from './wire-types.ts';
import type { XdrReader } from './xdr.ts';

// The calls about the volumes of storage pools. Making one may take as long as copying another.

/** Reads and changes volumes. Every method throws as `RpcConnection.call` does. */
export interface StorageCalls {
  list(pool: ObjectRef, signal: AbortSignal): Promise<VolumeRef[]>;
  byName(pool: ObjectRef, name: string, signal: AbortSignal): Promise<VolumeRef>;
  byPath(path: string, signal: AbortSignal): Promise<VolumeRef>;
  xml(volume: VolumeRef, signal: AbortSignal): Promise<string>;
  create(pool: ObjectRef, xml: string, signal: AbortSignal): Promise<VolumeRef>;
  /** With the content of another one, which may be in another pool. */
  copy(
    pool: ObjectRef,
    wanted: { readonly xml: string; readonly source: VolumeRef },
    signal: AbortSignal,
  ): Promise<VolumeRef>;
  resize(volume: VolumeRef, capacityBytes: number, signal: AbortSignal): Promise<void>;
  delete(volume: VolumeRef, signal: AbortSignal): Promise<void>;
}

const noFlags = 0;

/** The methods, by this way to ask. */
export function createStorageCalls(ask: Ask): StorageCalls {
  const p = procedures;
  const timeoutMs = changeTimeoutMs;
  return {
    list: (pool, signal) =>
      ask(
        {
          procedure: p.storagePoolListAllVolumes,
          write: (to) => writeObject(to, pool).u32(1).u32(noFlags),
          read: (from) => from.array(volumeMinBytes, readVolume),
        },
        signal,
      ),
    byName: (pool, name, signal) =>
      ask(
        { procedure: p.storageVolLookupByName, write: (to) => writeObject(to, pool).string(name), read: readVolume },
        signal,
      ),
    byPath: (path, signal) =>
      ask({ procedure: p.storageVolLookupByPath, write: (to) => to.string(path), read: readVolume }, signal),
    xml: (volume, signal) =>
      ask(
        { procedure: p.storageVolGetXml, write: (to) => writeVolume(to, volume).u32(noFlags), read: text, timeoutMs },
        signal,
      ),
    create: (pool, xml, signal) =>
      ask(
        {
          procedure: p.storageVolCreateXml,
          write: (to) => writeObject(to, pool).string(xml).u32(noFlags),
          read: readVolume,
          timeoutMs,
        },
        signal,
      ),
    copy: (pool, { xml, source }, signal) =>
      ask(
        {
          procedure: p.storageVolCreateXmlFrom,
          write: (to) => writeVolume(writeObject(to, pool).string(xml), source).u32(noFlags),
          read: readVolume,
          timeoutMs,
        },
        signal,
      ),
    resize: (volume, capacityBytes, signal) =>
      ask(
        {
          procedure: p.storageVolResize,
          write: (to) => writeVolume(to, volume).u64(BigInt(capacityBytes)).u32(noFlags),
          read: () => undefined,
          timeoutMs,
        },
        signal,
      ),
    delete: (volume, signal) =>
      ask(
        {
          procedure: p.storageVolDelete,
          write: (to) => writeVolume(to, volume).u32(noFlags),
          read: () => undefined,
          timeoutMs,
        },
        signal,
      ),
  };
}

const text = (from: XdrReader): string => from.string();
