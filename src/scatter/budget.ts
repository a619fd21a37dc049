import type { Clock } from '../core/clock.ts';

// A budget for extra requests: a share of the traffic, so that retries and hedges cannot multiply the load of an outage.
// With a floor, so that a quiet target may be retried all the same.

/** A token bucket that is filled by traffic and by time. */
export interface Budget {
  /** Notes a request of the ordinary traffic. */
  deposit(): void;
  /** Takes a token; false if there is none. */
  take(): boolean;
}

interface BudgetOptions {
  /** Tokens for each ordinary request. */
  readonly ratio: number;
  /** Tokens for each second, whatever the traffic. */
  readonly floorPerSecond: number;
  /** How many tokens can be saved up. */
  readonly burst: number;
  readonly clock: Clock;
}

/** A full budget. */
export function createBudget({ ratio, floorPerSecond, burst, clock }: BudgetOptions): Budget {
  let tokens = burst;
  let filledAt = clock.now();
  const fill = (more: number): void => {
    tokens = Math.min(burst, tokens + more);
  };
  const fillByTime = (): void => {
    const now = clock.now();
    fill((Math.max(0, now - filledAt) / 1_000) * floorPerSecond);
    filledAt = now;
  };
  return {
    deposit: () => fill(ratio),
    take() {
      fillByTime();
      if (tokens < 1) {
        return false;
      }
      tokens -= 1;
      return true;
    },
  };
}
