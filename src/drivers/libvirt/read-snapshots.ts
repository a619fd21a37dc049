import { compareText } from '../../model/code-point.ts';
import type { VmSnapshot } from '../../model/vm.ts';
import type { LibvirtClient } from './client.ts';
import { isLibvirtError } from './errors.ts';
import type { ErrorMaker } from './errors.ts';
import { parseSnapshotXml } from './snapshot-xml.ts';
import type { DomainRef, SnapshotRef } from './wire-types.ts';

// The snapshots of a domain, as libvirt knows them.

interface SnapshotReading {
  readonly client: LibvirtClient;
  readonly errors: ErrorMaker;
}

/** The UUIDs of the domains that have snapshots; null if the daemon cannot tell. */
export async function readSnapshotOwners(
  client: LibvirtClient,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | null> {
  const owners = await nullIfUnsupported(client.snapshots.listOwners(signal));
  return owners && new Set(owners.map(({ uuid }) => uuid));
}

/** The snapshots of a domain, the oldest first; null if the daemon cannot tell. */
export async function readSnapshots(
  { client, errors }: SnapshotReading,
  ref: DomainRef,
  signal: AbortSignal,
): Promise<readonly VmSnapshot[] | null> {
  const refs = await nullIfUnsupported(client.snapshots.list(ref, signal));
  if (refs === null || refs.length === 0) {
    return refs && [];
  }
  const [current, ...found] = await Promise.all([
    nullIfGone(client.snapshots.current(ref, signal)),
    ...refs.map((snapshot) => readSnapshot({ client, errors }, snapshot, signal)),
  ]);
  const snapshots = found
    .filter((snapshot) => snapshot !== null)
    .map((snapshot) => ({ ...snapshot, isCurrent: snapshot.name === current?.name }));
  return byAge(snapshots);
}

/** The oldest first. libvirt tells seconds, so that of two of the same second only their kinship tells. */
export function byAge(snapshots: readonly VmSnapshot[]): readonly VmSnapshot[] {
  const parents = new Map(snapshots.map(({ name, parent }) => [name, parent]));
  const depthOf = (name: string): number => {
    let depth = 0;
    for (let next = parents.get(name) ?? null; next !== null && depth < parents.size; depth += 1) {
      next = parents.get(next) ?? null;
    }
    return depth;
  };
  return [...snapshots].sort(
    (a, b) =>
      (a.createdAt ?? 0) - (b.createdAt ?? 0) || depthOf(a.name) - depthOf(b.name) || compareText(a.name, b.name),
  );
}

async function readSnapshot(
  { client, errors }: SnapshotReading,
  snapshot: SnapshotRef,
  signal: AbortSignal,
): Promise<Omit<VmSnapshot, 'isCurrent'> | null> {
  const xml = await nullIfGone(client.snapshots.xml(snapshot, signal));
  if (xml === null) {
    return null;
  }
  const { operation: _, ...described } = parseSnapshotXml(xml, errors.malformed);
  return described;
}

async function nullIfGone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (thrown) {
    if (isLibvirtError(thrown, ['noDomainSnapshot'])) {
      return null;
    }
    throw thrown;
  }
}

async function nullIfUnsupported<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (thrown) {
    if (isLibvirtError(thrown, ['noSupport', 'invalidArgument', 'argumentUnsupported', 'operationUnsupported'])) {
      return null;
    }
    throw thrown;
  }
}
