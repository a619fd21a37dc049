import type { Clock } from '../core/clock.ts';

// How long a client waits for one endpoint before it asks another beside it, learned from what answers take; and how often
// it may do so, so that clients do not double the load of brokers that are slow because they have too much to do. What
// slowness uses up is not lost to failures: under load there is much of the one and the other must still be made good.

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
  /** True if another endpoint may be asked beside a slow one; each time counts. */
  mayHedge(): boolean;
  /** True if another endpoint may be asked in place of one that failed; each time counts. If not, a little later. */
  mayRetry(): boolean;
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

/** Beside slow endpoints: a tenth of the traffic, and one a second, saved up to ten. */
const hedgeBudget = { ratio: 0.1, perSecond: 1, burst: 10 };
/** In place of failed endpoints: a fifth of the traffic, and ten a second, saved up to twenty. As between brokers. */
const retryBudget = { ratio: 0.2, perSecond: 10, burst: 20 };

/** Nothing learned yet, and the budgets full. */
export function createPatience(clock: Clock): Patience {
  const durations: number[] = [];
  let next = 0;
  const hedges = createAllowance(hedgeBudget, clock);
  const retries = createAllowance(retryBudget, clock);
  return {
    begin() {
      hedges.fill();
      retries.fill();
    },
    record(milliseconds) {
      durations[next] = milliseconds;
      next = (next + 1) % memory;
    },
    waitMs(remainingMs) {
      const usualMs = durations.length < enough ? mostMs : factor * tailOf(durations);
      return Math.min(mostMs, Math.max(leastMs, usualMs), remainingMs * share);
    },
    mayHedge: hedges.take,
    mayRetry: retries.take,
  };
}

/** A token bucket that is filled by traffic and by time. */
function createAllowance({ ratio, perSecond, burst }: typeof hedgeBudget, clock: Clock) {
  let tokens = burst;
  let filledAt = clock.now();
  return {
    fill(): void {
      tokens = Math.min(burst, tokens + ratio);
    },
    take(): boolean {
      const now = clock.now();
      tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) / 1_000) * perSecond);
      filledAt = now;
      if (tokens < 1) {
        return false;
      }
      tokens -= 1;
      return true;
    },
  };
}

/** What 95 % of them stay below. */
function tailOf(durations: readonly number[]): number {
  const sorted = durations.toSorted((a, b) => a - b);
  return sorted[Math.floor(0.95 * (sorted.length - 1))]!;
}
