import type { ParameterValue, XdrReader, XdrWriter } from './xdr.ts';

// The structures that libvirt's procedures have in common, read and written.

/** The least that a domain, network or pool takes on the wire: an empty name and a UUID. */
export const objectMinBytes = 20;
/** The least that a volume takes: three empty texts. */
export const volumeMinBytes = 12;
/** The least that a typed parameter takes: an empty name, a type and a word. */
const parameterMinBytes = 12;

/** A domain as the daemon names it. */
export interface DomainRef {
  readonly name: string;
  readonly uuid: string;
  /** The number of a running domain; -1 for others. */
  readonly id: number;
}

/** A network or a storage pool as the daemon names it. */
export interface ObjectRef {
  readonly name: string;
  readonly uuid: string;
}

/** A volume of a storage pool as the daemon names it. */
export interface VolumeRef {
  readonly pool: string;
  readonly name: string;
  readonly key: string;
}

/** A snapshot as the daemon names it. */
export interface SnapshotRef {
  readonly name: string;
  readonly domain: DomainRef;
}

/** Values by their libvirt names, for example `cpu.time`. */
export type Parameters = ReadonlyMap<string, ParameterValue>;

/** The statistics of a domain. */
export interface DomainStats {
  readonly domain: DomainRef;
  readonly values: Parameters;
}

export function readObject(reader: XdrReader): ObjectRef {
  return { name: reader.string(), uuid: readUuid(reader) };
}

export function readDomain(reader: XdrReader): DomainRef {
  return { ...readObject(reader), id: reader.i32() };
}

export function readVolume(reader: XdrReader): VolumeRef {
  return { pool: reader.string(), name: reader.string(), key: reader.string() };
}

export function readSnapshot(reader: XdrReader): SnapshotRef {
  return { name: reader.string(), domain: readDomain(reader) };
}

export function writeVolume(writer: XdrWriter, { pool, name, key }: VolumeRef): XdrWriter {
  return writer.string(pool).string(name).string(key);
}

export function writeSnapshot(writer: XdrWriter, { name, domain }: SnapshotRef): XdrWriter {
  return writeDomain(writer.string(name), domain);
}

export function writeObject(writer: XdrWriter, { name, uuid }: ObjectRef): XdrWriter {
  return writeUuid(writer.string(name), uuid);
}

export function writeUuid(writer: XdrWriter, uuid: string): XdrWriter {
  return writer.bytes(Buffer.from(uuid.replaceAll('-', ''), 'hex'));
}

export function writeDomain(writer: XdrWriter, domain: DomainRef): XdrWriter {
  return writeObject(writer, domain).i32(domain.id);
}

/** @param malformed Makes the error for a type that is not known. */
export function readParameters(reader: XdrReader, malformed: (problem: string) => Error): Parameters {
  return new Map(
    reader.array(parameterMinBytes, (): [string, ParameterValue] => {
      const name = reader.string();
      return [name, readValue(reader, malformed)];
    }),
  );
}

function readValue(reader: XdrReader, malformed: (problem: string) => Error): ParameterValue {
  const type = reader.u32();
  switch (type) {
    case 1:
      return reader.i32();
    case 2:
      return reader.u32();
    case 3:
      return reader.i64();
    case 4:
      return reader.u64();
    case 5:
      return reader.double();
    case 6:
      return reader.i32() !== 0;
    case 7:
      return reader.string();
    default:
      throw malformed(`a parameter has the type ${type}`);
  }
}

function readUuid(reader: XdrReader): string {
  const hex = reader.bytes(16).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
