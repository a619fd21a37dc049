import type { PowerState, VmSnapshot } from '../../model/vm.ts';
import { child, parseXml, text, wholeNumber } from './xml.ts';
import { escapeXml } from './xml-edit.ts';

// The XML of a snapshot, read and written. The operation that made it stands at the end of its description, where it is
// written in the same moment as the snapshot itself and where people who use virsh can read it as well.

/** A snapshot as its XML describes it. */
export interface SnapshotDescription extends Omit<VmSnapshot, 'isCurrent'> {
  /** The operation that made it; null for one that was made otherwise. */
  readonly operation: string | null;
}

const powerStates: Readonly<Record<string, PowerState>> = {
  running: 'RUNNING',
  blocked: 'RUNNING',
  paused: 'PAUSED',
  shutoff: 'STOPPED',
  // Its disks alone were kept, so that a machine that goes back to it is off.
  'disk-snapshot': 'STOPPED',
  crashed: 'CRASHED',
  pmsuspended: 'SUSPENDED',
};
/** The machine as it was, once or twice: nearly all of the XML, and nothing of it is wanted. */
const definitions = /<(domain|inactiveDomain)[\s>][^]*?<\/\1>/g;
const note = 'Made by operation ';
const noted = /(?:^|\n\n)Made by operation (\S+)$/;

/**
 * Reads the XML of a snapshot.
 * @throws What `malformed` makes if it is not one.
 */
export function parseSnapshotXml(
  xml: string,
  malformed: (problem: string, cause?: unknown) => Error,
): SnapshotDescription {
  const snapshot = parseXml(xml.replace(definitions, ''), 'domainsnapshot', malformed);
  const name = text(child(snapshot, 'name'));
  if (name === null) {
    throw malformed('the XML of a snapshot gives it no name');
  }
  const description = text(child(snapshot, 'description'));
  const seconds = wholeNumber(text(child(snapshot, 'creationTime')));
  return {
    name,
    description: description?.replace(noted, '') || null,
    operation: noted.exec(description ?? '')?.[1] ?? null,
    createdAt: seconds === null ? null : seconds * 1_000,
    parent: text(child(snapshot, 'parent', 'name')),
    powerState: powerStates[text(child(snapshot, 'state')) ?? ''] ?? 'UNKNOWN',
  };
}

/** The XML of a snapshot that is to be made. */
export function snapshotXml({
  name,
  description,
  operation,
}: Pick<SnapshotDescription, 'name' | 'description' | 'operation'>): string {
  const lines = [description, `${note}${operation}`].filter(Boolean).join('\n\n');
  return `<domainsnapshot><name>${escapeXml(name)}</name><description>${escapeXml(lines)}</description></domainsnapshot>`;
}
