import { createChangeCalls } from './change-calls.ts';
import type { BlockInfo, DhcpLease, DomainState, LibvirtClient, NodeInfo, PoolInfo } from './client.ts';
import type { ErrorMaker } from './errors.ts';
import { procedures } from './procedures.ts';
import { createSnapshotCalls } from './snapshot-calls.ts';
import { createStorageCalls } from './storage-calls.ts';
import type { RpcConnection } from './rpc.ts';
import {
  objectMinBytes,
  readDomain,
  readObject,
  readParameters,
  writeDomain,
  writeObject,
  writeUuid,
} from './wire-types.ts';
import type { DomainRef, DomainStats, ObjectRef } from './wire-types.ts';
import type { XdrReader, XdrWriter } from './xdr.ts';

// Turns each method of the client into a call: which procedure, what is written, what is read.

/** The least time that capabilities get, in milliseconds: the first ask may make the daemon run its emulators. */
const capabilitiesTimeoutMs = 60_000;
/** The least that a lease takes: three texts or flags, a 64-bit time and so on, each of four bytes or eight. */
const leaseMinBytes = 40;

/** What to write before a call. */
type Write = (to: XdrWriter) => unknown;
/** What to read from its answer. */
type Read<T> = (from: XdrReader) => T;

/** One call. */
export interface Question<T> {
  readonly procedure: number;
  /** Nothing is written if it is missing. */
  readonly write?: Write;
  readonly read: Read<T>;
  readonly timeoutMs?: number;
}

/** Makes a call. */
export type Ask = <T>(question: Question<T>, signal: AbortSignal) => Promise<T>;

/** What a client is made of. */
interface ClientParts {
  readonly connection: RpcConnection;
  readonly ask: Ask;
  readonly errors: ErrorMaker;
  readonly callTimeoutMs: number;
}

/** The methods of an open connection. */
export function createClient({ connection, ask, errors, callTimeoutMs }: ClientParts): LibvirtClient {
  const p = procedures;
  const capabilitiesMs = Math.max(capabilitiesTimeoutMs, callTimeoutMs);
  return {
    lost: connection.lost,
    change: createChangeCalls(ask),
    snapshots: createSnapshotCalls(ask),
    storage: createStorageCalls(ask),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
    hostname: (signal) => ask({ procedure: p.getHostname, read: text }, signal),
    libVersion: (signal) => ask({ procedure: p.getLibVersion, read: (from) => from.u64() }, signal),
    hypervisorType: (signal) => ask({ procedure: p.getType, read: text }, signal),
    hypervisorVersion: (signal) => ask({ procedure: p.getVersion, read: (from) => from.u64() }, signal),
    nodeInfo: (signal) => ask({ procedure: p.nodeGetInfo, read: readNodeInfo }, signal),
    capabilities: (signal) => ask({ procedure: p.getCapabilities, read: text, timeoutMs: capabilitiesMs }, signal),
    listDomains: (signal) => ask({ procedure: p.listAllDomains, write: allItems, read: readDomains }, signal),
    domainByName: (name, signal) =>
      ask({ procedure: p.domainLookupByName, write: (to) => to.string(name), read: readDomain }, signal),
    domainByUuid: (uuid, signal) =>
      ask({ procedure: p.domainLookupByUuid, write: (to) => writeUuid(to, uuid), read: readDomain }, signal),
    domainXml: (ref, signal) => ask({ procedure: p.domainGetXml, write: domainAndFlags(ref), read: text }, signal),
    domainState: (ref, signal) =>
      ask({ procedure: p.domainGetState, write: domainAndFlags(ref), read: readState }, signal),
    hasManagedSave: (ref, signal) =>
      ask({ procedure: p.domainHasManagedSave, write: domainAndFlags(ref), read: (from) => from.i32() === 1 }, signal),
    blockInfo: (ref, disk, signal) =>
      ask(
        {
          procedure: p.domainGetBlockInfo,
          write: (to) => writeDomain(to, ref).string(disk).u32(noFlags),
          read: readBlock,
        },
        signal,
      ),
    domainStats: (refs, { groups, flags }, signal) =>
      ask(
        {
          procedure: p.getAllDomainStats,
          write: (to) => to.array(refs, writeDomain).u32(groups).u32(flags),
          read: (from) => readStats(from, errors),
        },
        signal,
      ),
    listStoragePools: (signal) => ask({ procedure: p.listAllStoragePools, write: allItems, read: readObjects }, signal),
    storagePoolInfo: (pool, signal) =>
      ask({ procedure: p.storagePoolGetInfo, write: (to) => writeObject(to, pool), read: readPoolInfo }, signal),
    storagePoolXml: (pool, signal) =>
      ask({ procedure: p.storagePoolGetXml, write: objectAndFlags(pool), read: text }, signal),
    listNetworks: (signal) => ask({ procedure: p.listAllNetworks, write: allItems, read: readObjects }, signal),
    networkXml: (network, signal) =>
      ask({ procedure: p.networkGetXml, write: objectAndFlags(network), read: text }, signal),
    dhcpLeases: (network, signal) =>
      ask(
        {
          procedure: p.networkGetDhcpLeases,
          write: (to) => writeObject(to, network).bool(false).u32(1).u32(noFlags),
          read: (from) => from.array(leaseMinBytes, readLease),
        },
        signal,
      ),
    watchDomains: (event, signal) =>
      ask({ procedure: p.domainEventRegister, write: eventOfAll(event), read: ignored }, signal),
    watchNetworks: (event, signal) =>
      ask({ procedure: p.networkEventRegister, write: eventOfAll(event), read: ignored }, signal),
    watchStoragePools: (event, signal) =>
      ask({ procedure: p.storagePoolEventRegister, write: eventOfAll(event), read: ignored }, signal),
  };
}

const text: Read<string> = (from) => from.string();
const ignored: Read<void> = () => undefined;
const noFlags = 0;
/** "Give me the items, not only their number", and no flags. */
const allItems: Write = (to) => to.u32(1).u32(noFlags);

function domainAndFlags(ref: DomainRef): Write {
  return (to) => writeDomain(to, ref).u32(noFlags);
}

function objectAndFlags(ref: ObjectRef): Write {
  return (to) => writeObject(to, ref).u32(noFlags);
}

/** An event id, and no particular object. */
function eventOfAll(event: number): Write {
  return (to) => to.i32(event).bool(false);
}

function readDomains(from: XdrReader): DomainRef[] {
  return from.array(objectMinBytes + 4, readDomain);
}

function readObjects(from: XdrReader): ObjectRef[] {
  return from.array(objectMinBytes, readObject);
}

/** The model is 32 characters of four bytes each, ended by a zero. */
function readNodeInfo(from: XdrReader): NodeInfo {
  const characters = Array.from({ length: 32 }, () => from.i32());
  const end = characters.indexOf(0);
  const model = String.fromCharCode(...characters.slice(0, end === -1 ? characters.length : end));
  return { model, memoryKiB: from.u64(), cpus: from.i32() };
}

function readState(from: XdrReader): DomainState {
  return { state: from.i32(), reason: from.i32() };
}

function readBlock(from: XdrReader): BlockInfo {
  return { allocation: from.u64(), capacity: from.u64(), physical: from.u64() };
}

function readStats(from: XdrReader, errors: ErrorMaker): DomainStats[] {
  return from.array(objectMinBytes + 8, () => {
    const domain = readDomain(from);
    return { domain, values: readParameters(from, errors.malformed) };
  });
}

function readPoolInfo(from: XdrReader): PoolInfo {
  return { state: from.u32(), capacity: from.u64(), allocation: from.u64(), available: from.u64() };
}

/** Interface, expiry, type, MAC, IAID, address, prefix, host name, client id. */
function readLease(from: XdrReader): DhcpLease {
  from.string();
  from.i64();
  from.i32();
  const macAddress = from.optional(text);
  from.optional(text);
  const ipAddress = from.string();
  from.u32();
  from.optional(text);
  from.optional(text);
  return { macAddress, ipAddress };
}
