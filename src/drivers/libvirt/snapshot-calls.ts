import { changeTimeoutMs } from './change-calls.ts';
import type { Ask, Question } from './client-calls.ts';
import { procedures } from './procedures.ts';
import { objectMinBytes, readDomain, readSnapshot, writeDomain, writeSnapshot } from './wire-types.ts';
import type { DomainRef, SnapshotRef } from './wire-types.ts';

// The calls about the snapshots of domains. Those that change something may take as long as memory takes to be written.

/** Reads and changes snapshots. Every method throws as `RpcConnection.call` does. */
export interface SnapshotCalls {
  /** The domains that have any. */
  listOwners(signal: AbortSignal): Promise<DomainRef[]>;
  list(domain: DomainRef, signal: AbortSignal): Promise<SnapshotRef[]>;
  /** Refused if there is none. */
  current(domain: DomainRef, signal: AbortSignal): Promise<SnapshotRef>;
  byName(domain: DomainRef, name: string, signal: AbortSignal): Promise<SnapshotRef>;
  xml(snapshot: SnapshotRef, signal: AbortSignal): Promise<string>;
  create(domain: DomainRef, xml: string, signal: AbortSignal): Promise<SnapshotRef>;
  /** @param flags 0 or `revertForce`. */
  revertTo(snapshot: SnapshotRef, flags: number, signal: AbortSignal): Promise<void>;
  delete(snapshot: SnapshotRef, signal: AbortSignal): Promise<void>;
}

/** Reverts also where the emulator has to be started anew for it. */
export const revertForce = 4;
/** Of a list of domains: only those with snapshots. */
const hasSnapshot = 4_096;
const noFlags = 0;

/** The methods, by this way to ask. */
export function createSnapshotCalls(ask: Ask): SnapshotCalls {
  const p = procedures;
  const change = <T>(question: Question<T>, signal: AbortSignal): Promise<T> =>
    ask({ timeoutMs: changeTimeoutMs, ...question }, signal);
  return {
    listOwners: (signal) =>
      ask(
        {
          procedure: p.listAllDomains,
          write: (to) => to.u32(1).u32(hasSnapshot),
          read: (from) => from.array(objectMinBytes + 4, readDomain),
        },
        signal,
      ),
    list: (ref, signal) =>
      ask(
        {
          procedure: p.domainListAllSnapshots,
          write: (to) => writeDomain(to, ref).u32(1).u32(noFlags),
          read: (from) => from.array(objectMinBytes + 8, readSnapshot),
        },
        signal,
      ),
    current: (ref, signal) =>
      ask(
        { procedure: p.domainSnapshotCurrent, write: (to) => writeDomain(to, ref).u32(noFlags), read: readSnapshot },
        signal,
      ),
    byName: (ref, name, signal) =>
      ask(
        {
          procedure: p.domainSnapshotLookupByName,
          write: (to) => writeDomain(to, ref).string(name).u32(noFlags),
          read: readSnapshot,
        },
        signal,
      ),
    xml: (snapshot, signal) =>
      ask(
        {
          procedure: p.domainSnapshotGetXml,
          write: (to) => writeSnapshot(to, snapshot).u32(noFlags),
          read: (from) => from.string(),
        },
        signal,
      ),
    create: (ref, xml, signal) =>
      change(
        {
          procedure: p.domainSnapshotCreateXml,
          write: (to) => writeDomain(to, ref).string(xml).u32(noFlags),
          read: readSnapshot,
        },
        signal,
      ),
    revertTo: (snapshot, flags, signal) =>
      change(
        {
          procedure: p.domainRevertToSnapshot,
          write: (to) => writeSnapshot(to, snapshot).u32(flags),
          read: () => undefined,
        },
        signal,
      ),
    delete: (snapshot, signal) =>
      change(
        {
          procedure: p.domainSnapshotDelete,
          write: (to) => writeSnapshot(to, snapshot).u32(noFlags),
          read: () => undefined,
        },
        signal,
      ),
  };
}
