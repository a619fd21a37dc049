import type { Action, Capabilities } from '../model/action.ts';
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
  /** What `apply` can do. */
  readonly capabilities: Capabilities;
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
  /**
   * Does an action; resolves once its effect is there. Several may be under way at a time, never two of one machine. An
   * effect that is there already, of this very operation or by itself, is none to be done: `apply` is safe to repeat for
   * observable actions (model/action.ts).
   * @throws SitewideError `ACTION_IMPOSSIBLE` or `ACTION_UNSUPPORTED`: nothing was done; `STALE_EPOCH`: another broker has
   * the operation; of a driver code, or the signal's reason: it may have been done or not.
   */
  apply(action: Action, order: Order): Promise<ActionResult>;
  /**
   * What became of an action that another broker, or this one under an earlier epoch, may have begun. From now on the
   * manager refuses what comes under an earlier epoch, as far as it can.
   * @throws SitewideError of a driver code, or the signal's reason.
   */
  reconcile(action: Action, order: Order): Promise<Finding>;
}

/** By whom and for how long something is done. */
export interface Order {
  /** The local id of the operation; a machine or snapshot that is made carries it where the manager lets it. */
  readonly operationId: string;
  /** Grows with every broker that takes the operation over. */
  readonly epoch: number;
  /** Ends the wait. If the action can be undone or ended midway, it is; `apply` then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Told how much is done, from 0 to 100, and what is being done. */
  readonly onProgress?: (progress: number, step?: string) => void;
}

/** What an action led to. */
export interface ActionResult {
  /** The local id of the machine it changed or made; it may be gone by now. */
  readonly vm: string;
}

/** What can be seen of an action. */
export type Finding =
  | { readonly outcome: 'DONE'; readonly result: ActionResult }
  /** Nothing was done, and nothing of it will be any more. */
  | { readonly outcome: 'NOT_DONE' }
  /** It leaves nothing that would tell. */
  | { readonly outcome: 'UNKNOWN' };
