import type { ChangeCalls } from './change-calls.ts';
import type { SnapshotCalls } from './snapshot-calls.ts';
import type { StorageCalls } from './storage-calls.ts';
import type { DomainRef, DomainStats, ObjectRef } from './wire-types.ts';

// libvirt's procedures as typed methods. They ask and read; what the answers mean is for others to say.

/** The state of a domain as two of libvirt's numbers (virDomainState and the reason for it). */
export interface DomainState {
  readonly state: number;
  readonly reason: number;
}

/** What the daemon tells of its machine. Memory is in KiB. */
export interface NodeInfo {
  readonly model: string;
  readonly memoryKiB: number;
  readonly cpus: number;
}

/** The size of a disk, in bytes. */
export interface BlockInfo {
  readonly allocation: number;
  readonly capacity: number;
  readonly physical: number;
}

/** The state and size of a storage pool, in bytes. */
export interface PoolInfo {
  readonly state: number;
  readonly capacity: number;
  readonly allocation: number;
  readonly available: number;
}

/** An address that the daemon's DHCP server gave away. */
export interface DhcpLease {
  readonly macAddress: string | null;
  readonly ipAddress: string;
}

/** One open connection to a daemon. Every method throws as `RpcConnection.call` does. */
export interface LibvirtClient extends AsyncDisposable {
  /** Aborts when the connection is lost, with the reason. */
  readonly lost: AbortSignal;
  readonly change: ChangeCalls;
  readonly snapshots: SnapshotCalls;
  readonly storage: StorageCalls;
  hostname(signal: AbortSignal): Promise<string>;
  /** The version of libvirt itself: 1,000,000 × major + 1,000 × minor + release. */
  libVersion(signal: AbortSignal): Promise<number>;
  hypervisorType(signal: AbortSignal): Promise<string>;
  hypervisorVersion(signal: AbortSignal): Promise<number>;
  nodeInfo(signal: AbortSignal): Promise<NodeInfo>;
  /** As XML. The daemon may have to probe its emulators first. */
  capabilities(signal: AbortSignal): Promise<string>;
  listDomains(signal: AbortSignal): Promise<DomainRef[]>;
  domainByName(name: string, signal: AbortSignal): Promise<DomainRef>;
  domainByUuid(uuid: string, signal: AbortSignal): Promise<DomainRef>;
  domainXml(domain: DomainRef, signal: AbortSignal): Promise<string>;
  domainState(domain: DomainRef, signal: AbortSignal): Promise<DomainState>;
  hasManagedSave(domain: DomainRef, signal: AbortSignal): Promise<boolean>;
  /** @param disk The disk's name in the domain, for example `vda`. */
  blockInfo(domain: DomainRef, disk: string, signal: AbortSignal): Promise<BlockInfo>;
  /** @param domains Empty: all. A domain that is gone is left out. */
  domainStats(
    domains: readonly DomainRef[],
    wanted: { readonly groups: number; readonly flags: number },
    signal: AbortSignal,
  ): Promise<DomainStats[]>;
  listStoragePools(signal: AbortSignal): Promise<ObjectRef[]>;
  storagePoolInfo(pool: ObjectRef, signal: AbortSignal): Promise<PoolInfo>;
  storagePoolXml(pool: ObjectRef, signal: AbortSignal): Promise<string>;
  listNetworks(signal: AbortSignal): Promise<ObjectRef[]>;
  networkXml(network: ObjectRef, signal: AbortSignal): Promise<string>;
  dhcpLeases(network: ObjectRef, signal: AbortSignal): Promise<DhcpLease[]>;
  /** Asks for the events of one kind of all domains. @param event One of `domainEvents`. */
  watchDomains(event: number, signal: AbortSignal): Promise<void>;
  watchNetworks(event: number, signal: AbortSignal): Promise<void>;
  watchStoragePools(event: number, signal: AbortSignal): Promise<void>;
}
