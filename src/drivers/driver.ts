import type { Change, Inventory } from '../model/resource.ts';

// The port between this program and a hypervisor manager. A driver translates: what it throws is a SitewideError
// (DRIVER_UNREACHABLE, DRIVER_FAULT or DRIVER_PROTOCOL) with the manager's own error as its cause. It keeps no inventory
// and never retries a lost connection by itself within a call; the next call connects anew.

/** The adapter to one hypervisor manager. Whoever creates it disposes it. */
export interface Driver extends AsyncDisposable {
  /** The kind as configured, for example `libvirt`. */
  readonly kind: string;
  /** The address of the manager, for messages. */
  readonly uri: string;
  /**
   * Everything there is now.
   * @throws SitewideError of a driver code, or the signal's reason.
   */
  inventory(signal: AbortSignal): Promise<Inventory>;
  /**
   * What changes from now on, in batches, in the order in which it happened. The first batch is empty and says that the
   * watch is in force: whatever changes after it will be reported, so that an inventory taken after it misses nothing.
   * Changes may repeat what such an inventory already shows. The iteration ends when the signal aborts, and throws a
   * SitewideError when the stream is lost: then a new watch and a new inventory are needed.
   */
  watch(signal: AbortSignal): AsyncIterable<readonly Change[]>;
}
