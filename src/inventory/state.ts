import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import type { Snapshot } from './snapshot.ts';

// What a broker knows of its installation at this moment, and a way to wait until it knows more.

/** What is known of an installation. */
export interface InventoryState {
  /** Grows with every state. */
  readonly revision: number;
  /** Null as long as the manager was never reached. */
  readonly snapshot: Snapshot | null;
  /** OK while changes are being watched, STALE after they were lost, UNREACHABLE before the first inventory. */
  readonly status: 'OK' | 'STALE' | 'UNREACHABLE';
  /** When the snapshot was last known to be current, in milliseconds since 1970: now, or when the stream was lost. */
  readonly asOf: number | null;
  /** What is wrong; null when all is well. */
  readonly message: string | null;
}

/** A place for the state that changes. */
export interface StateBox {
  current(): InventoryState;
  changed(revision: number, signal: AbortSignal): Promise<InventoryState>;
  /** The manager was reached, or told of changes. */
  reached(snapshot: Snapshot): void;
  /** The manager cannot be reached. */
  lost(message: string): void;
}

/** A box whose state is that nothing has been reached yet. */
export function createStateBox(clock: Clock): StateBox {
  let next = Promise.withResolvers<void>();
  let state: InventoryState = {
    revision: 0,
    snapshot: null,
    status: 'UNREACHABLE',
    asOf: null,
    message: 'the hypervisor manager has not been reached yet',
  };
  const set = (change: Omit<InventoryState, 'revision'>): void => {
    state = { ...change, revision: state.revision + 1 };
    next.resolve();
    next = Promise.withResolvers<void>();
  };
  const current = (): InventoryState => (state.status === 'OK' ? { ...state, asOf: clock.now() } : state);
  return {
    current,
    async changed(revision, signal) {
      while (state.revision <= revision) {
        await abortable(next.promise, signal);
      }
      return current();
    },
    reached: (snapshot) => set({ snapshot, status: 'OK', asOf: clock.now(), message: null }),
    lost(message) {
      const { snapshot, status, asOf } = current();
      set({
        snapshot,
        status: snapshot === null ? 'UNREACHABLE' : 'STALE',
        asOf: status === 'OK' ? clock.now() : asOf,
        message,
      });
    },
  };
}
