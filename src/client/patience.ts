import type { Clock } from '../core/clock.ts';

// How long a client waits for one endpoint before it asks another beside it, learned from what answers take; and how often
// it may do so, so that clients do not double the load of brokers that are slow because they have too much to do.

/** How long to wait, and whether. */
export interface Patience {
  /** Notes a request of the ordinary traffic. */
  begin(): void;
  /** Notes how long an answer took. */
  record(milliseconds: number): void;
  /**
   * How long to wait for one endpoint while others are left.
   * @param remainingMs Milliseconds until the deadline.
   */
  waitMs(remainingMs: number): number;
  /** Takes one extra request out of the budget; false if there is none left. */
  takeExtra(): boolean;
}

/** Below this no endpoint is given up for being slow, in milliseconds: a pause of garbage collection is no failure. */
const leastMs = 400;
/** Nobody waits longer for one of several, in milliseconds. The first one goes on, so that too early costs little. */
const mostMs = 2_000;
/** So many times the usual tail is too long. */
const factor = 4;
/** So many answers are remembered. */
const memory = 64;
/** So many have to be known before they say anything. */
const enough = 10;
/** The share of what is left that one endpoint gets, so that two others could still be asked. */
const share = 1 / 3;

/** Extra requests: a fifth of the traffic, and ten a second, saved up to twenty. As between brokers. */
const budget = { ratio: 0.2, perSecond: 10, burst: 20 };

/** Nothing learned yet, and the budget full. */
export function createPatience(clock: Clock): Patience {
  const durations: number[] = [];
  let next = 0;
  let extras = budget.burst;
  let filledAt = clock.now();
  const fill = (more: number): void => {
    extras = Math.min(budget.burst, extras + more);
  };
  return {
    begin: () => fill(budget.ratio),
    record(milliseconds) {
      durations[next] = milliseconds;
      next = (next + 1) % memory;
    },
    waitMs(remainingMs) {
      const usualMs = durations.length < enough ? mostMs : factor * tailOf(durations);
      return Math.min(mostMs, Math.max(leastMs, usualMs), remainingMs * share);
    },
    takeExtra() {
      fill((Math.max(0, clock.now() - filledAt) / 1_000) * budget.perSecond);
      filledAt = clock.now();
      if (extras < 1) {
        return false;
      }
      extras -= 1;
      return true;
    },
  };
}

/** What 95 % of them stay below. */
function tailOf(durations: readonly number[]): number {
  const sorted = durations.toSorted((a, b) => a - b);
  return sorted[Math.floor(0.95 * (sorted.length - 1))]!;
}
