import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import type { InventoryFeed } from '../inventory/inventory.ts';
import type { InventoryState } from '../inventory/state.ts';
import type { Action } from '../model/action.ts';
import { showsEffect } from '../model/action-effect.ts';
import { viewOf } from './inventory-view.ts';

// Waiting until the inventory shows what was done, so that nobody is told of a success that he cannot see.

/** What waiting needs. */
export interface SettleOptions {
  readonly inventory: Pick<InventoryFeed, 'current' | 'changed'>;
  readonly clock: Clock;
  /** Aborts when the operation is no longer this broker's. */
  readonly lease: AbortSignal;
  /** How long to wait at most for an inventory that is not current, in milliseconds. */
  readonly timeoutMs: number;
}

/** A watch that was in force so long after the action was done has told of it; if not, something else has followed. */
const overtakenMs = 3_000;
/** What leaves nothing to be seen is given so long to show something all the same, such as the time of the boot. */
const unseenMs = 1_000;
/** How often it is looked whether the watch was confirmed again. */
const lookMs = 500;

/** Waits; gives the words for an effect that was never seen, or null. Throws the reason of `lease`. */
export async function settle(options: SettleOptions, action: Action, vm: string): Promise<string | null> {
  const { inventory, clock, lease, timeoutMs } = options;
  const doneAt = clock.now();
  const before = inventory.current().snapshot?.get('VirtualMachine', vm) ?? null;
  for (;;) {
    lease.throwIfAborted();
    const state = inventory.current();
    const shown = effectIn(state, action, vm);
    const row = state.snapshot?.get('VirtualMachine', vm) ?? null;
    if (shown === true || (shown === null && (row !== before || clock.now() - doneAt >= unseenMs))) {
      return null;
    }
    // That the inventory counts as current is not enough: for some seconds it does so without anybody who watches.
    if (state.status === 'OK' && state.asOf !== null && state.asOf - doneAt >= overtakenMs) {
      return 'Done; the inventory has not shown it, so something else has followed.';
    }
    if (clock.now() - doneAt > timeoutMs) {
      return 'Done; the inventory is not current and has not shown it.';
    }
    await changeOrTime(options, state.revision);
  }
}

function effectIn({ snapshot }: InventoryState, action: Action, vm: string): boolean | null {
  return snapshot === null ? false : showsEffect(action, vm, viewOf(snapshot));
}

async function changeOrTime({ inventory, clock, lease }: SettleOptions, revision: number): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([lease, over.signal]);
  const changed = inventory.changed(revision, signal);
  const time = clock.sleep(lookMs, signal);
  await abortable(Promise.race([changed, time]), signal).catch(() => undefined);
  over.abort();
  await Promise.allSettled([changed, time]);
}
