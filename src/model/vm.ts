// A virtual machine as drivers report it. What a source cannot know is null.

/** Whether a virtual machine runs. */
export type PowerState = 'RUNNING' | 'STOPPED' | 'PAUSED' | 'SUSPENDED' | 'CRASHED' | 'UNKNOWN';

/** A virtual machine. Times are milliseconds since 1970; references are the local ids of other resources. */
export interface Vm {
  readonly localId: string;
  readonly name: string;
  readonly powerState: PowerState;
  readonly cpuCount: number | null;
  readonly memoryMiB: number | null;
  readonly guestOs: string | null;
  /** The host with its present name: lists are sorted by it. */
  readonly host: { readonly localId: string; readonly name: string } | null;
  readonly disks: readonly Disk[];
  readonly networkInterfaces: readonly NetworkInterface[];
  readonly ipAddresses: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The oldest first; null if the manager cannot tell. */
  readonly snapshots: readonly VmSnapshot[] | null;
  readonly createdAt: number | null;
  readonly bootedAt: number | null;
  /** Share of the virtual CPUs in use, 0 to 1; null while it does not run. */
  readonly cpuUsage: number | null;
  readonly memoryUsageMiB: number | null;
}

/** A kept state of a virtual machine. */
export interface VmSnapshot {
  /** Unique within the machine. */
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: number | null;
  /** The name of the one it is based on. */
  readonly parent: string | null;
  /** Whether the machine's present state is based on it. */
  readonly isCurrent: boolean;
  readonly powerState: PowerState;
}

/** A disk of a virtual machine. */
export interface Disk {
  readonly name: string | null;
  readonly capacityBytes: number | null;
  readonly allocatedBytes: number | null;
  /** Local id of the datastore. */
  readonly datastore: string | null;
  readonly path: string | null;
}

/** A network interface of a virtual machine. */
export interface NetworkInterface {
  readonly name: string | null;
  /** Lower case with colons. */
  readonly macAddress: string | null;
  /** Local id of the network. */
  readonly network: string | null;
  readonly ipAddresses: readonly string[];
}
