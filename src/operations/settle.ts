import type { Clock } from '../core/clock.ts';
import type { Driver } from '../drivers/driver.ts';
import type { InventoryFeed } from '../inventory/inventory.ts';
import type { InventoryState } from '../inventory/state.ts';
import type { Action } from '../model/action.ts';
import { showsEffect } from '../model/action-effect.ts';
import { viewOf } from './inventory-view.ts';

// Waiting until the inventory shows what was done, so that nobody is told of a success that he cannot see.

/** What waiting needs. */
export interface SettleOptions {
  readonly inventory: Pick<InventoryFeed, 'current' | 'changed'>;
  readonly driver: Driver;
  readonly clock: Clock;
  readonly lease: AbortSignal;
  readonly timeoutMs: number;
}

/** A watch that is in force shows an effect within this; if not, something else has changed the machine since. */
const overtakenMs = 3_000;
/** What leaves nothing to be seen is given so long to show something all the same, such as the time of the boot. */
const unseenMs = 1_000;

/** Waits; gives the words for an effect that was never seen, or null. Throws the reason of `lease`. */
export async function settle(options: SettleOptions, action: Action, vm: string): Promise<string | null> {
  const { inventory, clock, lease, timeoutMs } = options;
  const before = inventory.current().snapshot?.get('VirtualMachine', vm) ?? null;
  const startedAt = clock.now();
  let okSince: number | null = null;
  for (;;) {
    const state = inventory.current();
    const shown = effectIn(state, action, vm);
    const row = state.snapshot?.get('VirtualMachine', vm) ?? null;
    if (shown === true || (shown === null && row !== before)) return null;
    okSince = state.status === 'OK' ? (okSince ?? clock.now()) : null;
    const limitMs = shown === null ? unseenMs : overtakenMs;
    const waitedMs = okSince === null ? 0 : clock.now() - okSince;
    if (waitedMs >= limitMs) {
      return shown === null ? null : 'Done; the inventory has not shown it, so something else may have followed.';
    }
    if (clock.now() - startedAt > timeoutMs) {
      return 'Done; the inventory is not current and has not shown it.';
    }
    await changeOrTime(options, state.revision, okSince === null ? overtakenMs : limitMs - waitedMs);
    lease.throwIfAborted();
  }
}

function effectIn({ snapshot }: InventoryState, action: Action, vm: string): boolean | null {
  return snapshot === null ? false : showsEffect(action, vm, viewOf(snapshot));
}

async function changeOrTime(
  { inventory, clock, lease }: SettleOptions,
  revision: number,
  limitMs: number,
): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([lease, over.signal]);
  const changed = inventory.changed(revision, signal).catch(() => undefined);
  const time = clock.sleep(limitMs, signal).catch(() => undefined);
  await Promise.race([changed, time]);
  over.abort();
}
