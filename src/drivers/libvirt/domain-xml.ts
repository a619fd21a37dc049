import { readAnnotations, readGuestOs, readLabels } from './domain-metadata.ts';
import { attribute, child, children, parseXml, text, wholeNumber } from './xml.ts';
import type { XmlNode } from './xml.ts';

// What the XML of a domain says. References are as written there; which datastore or network they mean is found elsewhere.

/** A domain as its XML describes it. */
export interface DomainDescription {
  readonly uuid: string;
  readonly name: string;
  /** The most it may use, which a balloon can only lessen. */
  readonly memoryMiB: number | null;
  readonly cpuCount: number | null;
  readonly guestOs: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly disks: readonly DiskDescription[];
  readonly interfaces: readonly InterfaceDescription[];
}

/** A disk as the XML describes it. */
export interface DiskDescription {
  /** For example `vda`. */
  readonly name: string | null;
  /** A path on the host, or the name in a network store. */
  readonly path: string | null;
  /** The name of the pool, where the disk is given as a volume. */
  readonly pool: string | null;
}

/** A network interface as the XML describes it. */
export interface InterfaceDescription {
  readonly name: string | null;
  readonly macAddress: string | null;
  /** The name of the network. */
  readonly network: string | null;
  /** The name of the bridge, for an interface that is attached to one directly. */
  readonly bridge: string | null;
}

/** Bytes in the units that libvirt knows (it writes KiB, but reads and keeps others in places). */
const unitBytes: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  KB: 1e3,
  k: 2 ** 10,
  KiB: 2 ** 10,
  MB: 1e6,
  M: 2 ** 20,
  MiB: 2 ** 20,
  GB: 1e9,
  G: 2 ** 30,
  GiB: 2 ** 30,
  TB: 1e12,
  T: 2 ** 40,
  TiB: 2 ** 40,
};
/** Kinds of disks that hold a machine's data; a CD-ROM or a floppy is a drive, not a disk. */
const diskDevices: ReadonlySet<string> = new Set(['disk', 'lun']);

/**
 * Reads the XML of a domain.
 * @throws What `malformed` makes if it is not one.
 */
export function parseDomainXml(xml: string, malformed: (problem: string, cause?: unknown) => Error): DomainDescription {
  const domain = parseXml(xml, 'domain', malformed);
  const uuid = text(child(domain, 'uuid'));
  const name = text(child(domain, 'name'));
  if (uuid === null || name === null) {
    throw malformed('the XML of a domain gives it no name or no UUID');
  }
  return {
    uuid,
    name,
    memoryMiB: memoryOf(child(domain, 'memory')),
    cpuCount: cpuCountOf(child(domain, 'vcpu')),
    guestOs: readGuestOs(domain),
    labels: readLabels(domain),
    annotations: readAnnotations(domain),
    disks: children(child(domain, 'devices'), 'disk')
      .filter((disk) => diskDevices.has(attribute(disk, 'device') ?? 'disk'))
      .map(diskOf),
    interfaces: children(child(domain, 'devices'), 'interface').map(interfaceOf),
  };
}

function memoryOf(node: XmlNode | null): number | null {
  const amount = wholeNumber(text(node));
  const unit = unitBytes[attribute(node, 'unit') ?? 'KiB'];
  return amount === null || unit === undefined ? null : Math.round((amount * unit) / 2 ** 20);
}

function cpuCountOf(node: XmlNode | null): number | null {
  return wholeNumber(attribute(node, 'current')) ?? wholeNumber(text(node));
}

function diskOf(disk: XmlNode): DiskDescription {
  const source = child(disk, 'source');
  const pool = attribute(source, 'pool');
  const volume = attribute(source, 'volume');
  return {
    name: attribute(child(disk, 'target'), 'dev'),
    path: attribute(source, 'file') ?? attribute(source, 'dev') ?? volume ?? attribute(source, 'name'),
    pool,
  };
}

function interfaceOf(node: XmlNode): InterfaceDescription {
  const source = child(node, 'source');
  const network = attribute(node, 'type') === 'network' ? attribute(source, 'network') : null;
  return {
    name: attribute(child(node, 'target'), 'dev'),
    macAddress: attribute(child(node, 'mac'), 'address')?.toLowerCase() ?? null,
    network,
    bridge: attribute(node, 'type') === 'bridge' ? attribute(source, 'bridge') : null,
  };
}
