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
  /** True if opening a connection costs much, so that those that are open are used. */
  readonly isFar: boolean;
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
  readonly isFar?: boolean;
}): Target {
  const { source, endpoints, clock, isFar = false } = options;
  return {
    source,
    endpoints,
    isFar,
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
 * further request costs less. Of a far target two of those with an open connection are drawn, and one of the others.
 */
export function chooseEndpoint(
  target: Target,
  tried: ReadonlySet<Endpoint>,
  { random, onChoice }: ChoiceOptions,
): Endpoint | null {
  const candidates = candidatesOf(target, tried);
  if (candidates.length < 2) {
    onChoice?.(onlyChoice(target.endpoints, tried));
    return candidates[0] ?? null;
  }
  const [chosen, ...left] = (target.isFar ? drawFar(candidates, random) : draw(candidates, 2, random))
    .map((endpoint) => ({ endpoint, cost: target.isFar ? farCost(endpoint, candidates) : cost(endpoint) }))
    .sort((a, b) => a.cost - b.cost);
  onChoice?.(
    `of ${candidates.length}, ${drawnText[left.length]}: ${[chosen!, ...left].map(costText).join(' against ')}`,
  );
  return chosen!.endpoint;
}

/**
 * Nobody looks after the endpoints if none was asked anything for so long, in milliseconds: more than a probe that is not
 * answered, the pause of the breaker after it and the wait for the next look together.
 */
const untendedMs = 6_000;

/**
 * The endpoints that may be asked next. One that is lost comes last: it is tried by a request only if those that are well
 * have failed. If all are lost, whoever looks after them finds out first which of them is back, so that no caller waits for
 * a place that cannot be reached, as long as anybody does.
 */
export function candidatesOf({ endpoints }: Pick<Target, 'endpoints'>, tried: ReadonlySet<Endpoint>): Endpoint[] {
  if (tried.size >= endpoints.length && endpoints.every((endpoint) => tried.has(endpoint))) {
    return [];
  }
  const left = endpoints.filter((endpoint) => endpoint.admits && !tried.has(endpoint));
  const well = left.filter((endpoint) => !endpoint.isLost);
  if (well.length > 0) {
    return well;
  }
  const areAllLost = endpoints.every((endpoint) => endpoint.isLost);
  return areAllLost && endpoints.some(({ quietMs }) => quietMs < untendedMs) ? [] : left;
}

interface ChoiceOptions {
  /** Gives numbers from 0 up to but not including 1. */
  readonly random: () => number;
  /** Told why, in a few words; who does not ask saves the work. */
  readonly onChoice?: ((why: string) => void) | undefined;
}

/** By how many were left out. */
const drawnText = ['one at random', 'two at random', 'three at random'];

/** So many different ones at random, at most two; fewer if there are no more. */
function draw(endpoints: readonly Endpoint[], count: number, random: () => number): readonly Endpoint[] {
  const first = Math.floor(random() * endpoints.length);
  if (endpoints.length < 2 || count === 1) {
    return endpoints.slice(first, first + 1);
  }
  const second = (first + 1 + Math.floor(random() * (endpoints.length - 1))) % endpoints.length;
  return [endpoints[first]!, endpoints[second]!];
}

function drawFar(candidates: readonly Endpoint[], random: () => number): readonly Endpoint[] {
  const warm = candidates.filter(({ isWarm }) => isWarm);
  const cold = candidates.filter(({ isWarm }) => !isWarm);
  return [...draw(warm, 2, random), ...draw(cold, warm.length === 0 ? 2 : 1, random)];
}

function onlyChoice(endpoints: readonly Endpoint[], tried: ReadonlySet<Endpoint>): string {
  const others = [
    ...(tried.size > 0 ? [`${[...tried].map(({ id }) => id).join(', ')} tried before`] : []),
    ...endpoints.filter((one) => !one.admits && !tried.has(one)).map(({ id }) => `the breaker of ${id} is open`),
  ];
  return others.length === 0 ? 'the only one' : `the only one left: ${others.join(', ')}`;
}

/** For example `lyon-a-1 costs 4.2 (2.1 ms, 1 in flight)`. */
function costText({ endpoint, cost }: { readonly endpoint: Endpoint; readonly cost: number }): string {
  const { id, latency, inFlight, weight, isWarm, state } = endpoint;
  const facts = [
    latency.ewmaMs === null ? 'latency unknown' : `${latency.ewmaMs.toFixed(1)} ms`,
    `${inFlight} in flight`,
    ...(isWarm || state === 'UNKNOWN' ? [] : ['no warm connection']),
    ...(weight < 1 ? [`${Math.round(weight * 100)} % of its share`] : []),
  ];
  return `${id} costs ${cost.toFixed(1)} (${facts.join(', ')})`;
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

/** The same where all are about equally far, and one that was never asked costs a handshake as well. */
function farCost({ latency, inFlight, weight, isWarm }: Endpoint, candidates: readonly Endpoint[]): number {
  const known = candidates.map((one) => one.latency.ewmaMs).filter((milliseconds) => milliseconds !== null);
  const usualMs = latency.ewmaMs ?? (known.length === 0 ? 1 : Math.min(...known));
  return (Math.max(1, usualMs) * (inFlight + 1) * (isWarm ? 1 : coldFactor)) / weight;
}
