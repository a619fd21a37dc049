import type { Clock } from '../core/clock.ts';
import { type Budget, createBudget } from './budget.ts';
import type { Endpoint } from './endpoint.ts';
import { createLatency, type Latency } from './latency.ts';

// A target is a set of equivalent endpoints, any of which may answer, with the budgets for asking more than one.

/** Equivalent endpoints. */
export interface Target {
  /** The source that its answers come from, for example `installation:lyon-a`. */
  readonly source: string;
  readonly endpoints: readonly Endpoint[];
  /** How long answers take, whichever endpoint gives them. */
  readonly latency: Latency;
  readonly retries: Budget;
  readonly hedges: Budget;
}

/** Retries: a fifth of the traffic, and ten a second when there is little of it. */
const retryBudget = { ratio: 0.2, floorPerSecond: 10, burst: 20 };
/** Hedges: a twentieth of the traffic. The burst lets the very first slow answers be hedged. */
const hedgeBudget = { ratio: 0.05, floorPerSecond: 0, burst: 5 };

/** A target. */
export function createTarget(options: {
  readonly source: string;
  readonly endpoints: readonly Endpoint[];
  readonly clock: Clock;
}): Target {
  const { source, endpoints, clock } = options;
  return {
    source,
    endpoints,
    latency: createLatency(),
    retries: createBudget({ ...retryBudget, clock }),
    hedges: createBudget({ ...hedgeBudget, clock }),
  };
}

/** The same target with other endpoints: what was learned of it, and its budgets, are shared. */
export function withEndpoints(target: Target, endpoints: readonly Endpoint[]): Target {
  return { ...target, endpoints };
}

/**
 * The endpoint to ask next: of two random ones among those that admit requests and have not been tried, the one where a
 * further request costs less.
 * @param random Gives numbers from 0 up to but not including 1.
 */
export function chooseEndpoint(
  { endpoints }: Target,
  tried: ReadonlySet<Endpoint>,
  random: () => number,
): Endpoint | null {
  const candidates = endpoints.filter((endpoint) => endpoint.admits && !tried.has(endpoint));
  if (candidates.length < 2) {
    return candidates[0] ?? null;
  }
  const first = Math.floor(random() * candidates.length);
  const second = (first + 1 + Math.floor(random() * (candidates.length - 1))) % candidates.length;
  const [one, other] = [candidates[first]!, candidates[second]!];
  return cost(other) < cost(one) ? other : one;
}

/** A connection has to be opened first, and perhaps a route found. */
const coldFactor = 4;

/**
 * What a further request there may cost: the slower and the busier, the more. Unknown latencies count as 1 ms, and shorter
 * ones too, so that the other factors count.
 */
function cost({ latency, inFlight, weight, isWarm, state }: Endpoint): number {
  const cold = isWarm || state === 'UNKNOWN' ? 1 : coldFactor;
  return (Math.max(1, latency.ewmaMs ?? 1) * (inFlight + 1) * cold) / weight;
}
