// Numbers of libvirt's wire protocol (remote_protocol.x) and public API, as far as this driver uses them.

/** Procedures that a client calls. */
export const procedures = {
  open: 1,
  close: 2,
  getType: 3,
  getVersion: 4,
  nodeGetInfo: 6,
  getCapabilities: 7,
  domainCreate: 9,
  domainDefineXml: 11,
  domainDestroy: 12,
  domainGetXml: 14,
  domainLookupByName: 23,
  domainLookupByUuid: 24,
  domainReboot: 27,
  domainResume: 28,
  domainShutdown: 33,
  domainSuspend: 34,
  networkGetXml: 43,
  getHostname: 59,
  authList: 66,
  authPolkit: 70,
  storagePoolGetInfo: 87,
  storagePoolGetXml: 88,
  storageVolCreateXml: 93,
  storageVolDelete: 94,
  storageVolLookupByName: 95,
  storageVolLookupByPath: 97,
  storageVolGetXml: 99,
  storageVolCreateXmlFrom: 125,
  domainIsPersistent: 151,
  getLibVersion: 157,
  domainAbortJob: 164,
  domainManagedSave: 182,
  domainHasManagedSave: 183,
  domainSnapshotCreateXml: 185,
  domainSnapshotGetXml: 186,
  domainSnapshotLookupByName: 189,
  domainSnapshotCurrent: 191,
  domainRevertToSnapshot: 192,
  domainSnapshotDelete: 193,
  domainGetBlockInfo: 194,
  domainSetVcpus: 199,
  domainGetState: 212,
  domainUndefine: 231,
  domainReset: 245,
  storageVolResize: 260,
  domainSetMetadata: 264,
  domainPmWakeup: 267,
  listAllDomains: 273,
  domainListAllSnapshots: 274,
  listAllStoragePools: 281,
  storagePoolListAllVolumes: 282,
  listAllNetworks: 283,
  networkEventRegister: 313,
  domainEventRegister: 316,
  networkGetDhcpLeases: 341,
  getDomainCapabilities: 342,
  getAllDomainStats: 344,
  storagePoolEventRegister: 368,
} as const;

/** Messages that begin with a callback id and the domain they are about. What follows is not needed. */
export const domainMessages: ReadonlySet<number> = new Set([
  318, 319, 327, 329, 330, 331, 332, 333, 346, 348, 354, 379,
]);

/** Messages that say that a network or a storage pool changed. */
export const fabricMessages: ReadonlySet<number> = new Set([315, 370, 373]);

/** Ids of the events of domains that change what we report. */
export const domainEvents = {
  lifecycle: 0,
  reboot: 1,
  diskChange: 9,
  wakeUp: 11,
  suspend: 12,
  balloonChange: 13,
  suspendToDisk: 14,
  deviceRemoved: 15,
  tunable: 17,
  agentLifecycle: 18,
  deviceAdded: 19,
  metadataChange: 23,
} as const;

/** Ids of the events of networks and storage pools. */
export const fabricEvents = { networkLifecycle: 0, poolLifecycle: 0, poolRefresh: 1 } as const;

/** Groups of statistics, as bits. */
export const statsGroups = { state: 1, cpuTotal: 2, balloon: 4, block: 32 } as const;

/** Flags of a call for statistics: only running domains; and take no turn behind a job that holds a domain. */
export const statsFlags = { active: 1, noWait: 1 << 29 } as const;

/** Domain states (virDomainState). */
export const domainStates = {
  running: 1,
  blocked: 2,
  paused: 3,
  shuttingDown: 4,
  shutOff: 5,
  crashed: 6,
  pmSuspended: 7,
} as const;

/** The reason with which a domain whose emulator died is shut off. */
export const shutOffCrashed = 3;

/** Ways to authenticate. */
export const authTypes = { none: 0, sasl: 1, polkit: 2 } as const;

/** Storage pool states in which its numbers mean something: running and degraded. */
export const livePoolStates: ReadonlySet<number> = new Set([2, 3]);
