// A machine that runs virtual machines, as drivers report it. What a source cannot know is null.

/** Whether a host can run virtual machines. */
export type HostState = 'UP' | 'MAINTENANCE' | 'DOWN' | 'UNKNOWN';

/** A host. */
export interface Host {
  readonly localId: string;
  readonly name: string;
  readonly state: HostState;
  /** Hardware threads. */
  readonly cpuCount: number | null;
  readonly cpuModel: string | null;
  readonly memoryMiB: number | null;
  /** Name and version, for example `QEMU 7.2.22`. */
  readonly hypervisor: string | null;
}
