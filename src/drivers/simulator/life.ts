import type { Clock } from '../../core/clock.ts';
import { churn } from './churn.ts';
import type { Manager, VmChange } from './manager.ts';
import { createRandom } from './random.ts';
import { tickEvery } from './ticker.ts';
import { moveUsage } from './usage.ts';

// What happens in the world by itself: usage that moves and machines that come and go. Each has its own chance, so that
// turning one off does not change the other.

interface LifeOptions {
  readonly manager: Manager;
  readonly clock: Clock;
  /** What all chance depends on. */
  readonly seed: string;
  /** Changes per minute; 0 for none. */
  readonly churnPerMinute: number;
  /** Milliseconds between two moves of usage; 0 for none. */
  readonly usageIntervalMs: number;
  readonly signal: AbortSignal;
}

/** Churn faster than this comes in batches, so that timers do not eat the process: ten a second. */
const shortestChurnMs = 100;
const minuteMs = 60_000;

/** Lets the world live. Resolves when the signal aborts. */
export async function live(options: LifeOptions): Promise<void> {
  await Promise.all([liveUsage(options), liveChurn(options)]);
}

async function liveUsage({ manager, clock, seed, usageIntervalMs: intervalMs, signal }: LifeOptions): Promise<void> {
  const random = createRandom(`${seed}/usage`);
  if (intervalMs > 0) {
    await tickEvery(() => manager.commit(moveUsage(manager, random)), { clock, intervalMs, signal });
  }
}

async function liveChurn({ manager, clock, seed, churnPerMinute, signal }: LifeOptions): Promise<void> {
  if (churnPerMinute === 0) {
    return;
  }
  const random = createRandom(`${seed}/churn`);
  const population = [...manager.vms()].length;
  const intervalMs = Math.max(shortestChurnMs, minuteMs / churnPerMinute);
  let due = 0;
  const tick = (): void => {
    due += (churnPerMinute * intervalMs) / minuteMs;
    for (; due >= 1 - Number.EPSILON; due -= 1) {
      const change: VmChange = churn(manager, { random, now: clock.now(), population });
      manager.commit([change]);
    }
  };
  await tickEvery(tick, { clock, intervalMs, signal });
}
