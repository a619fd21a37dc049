import type { Target } from './target.ts';

// How long to wait for one endpoint before another one is asked, learned from what the target's answers take.

/** Below this no endpoint is given up for being slow, in milliseconds: a pause of garbage collection is no failure. */
const leastPatienceMs = 400;
/** Time is kept for so many others at most: a site has dozens of brokers, and to none of them a moment would be enough. */
const mostAlternatives = 3;
/** So many times the slowest usual answer is a failure. */
const patienceFactor = 5;
/** Below this a second endpoint is never asked beside the first, in milliseconds. */
const leastHedgeDelayMs = 10;
/** As long as too little is known, a second endpoint is asked after this time, in milliseconds. */
const firstHedgeDelayMs = 100;
/** So many answers have to be known before their tail says anything. */
const enoughAnswers = 20;

/**
 * How long one endpoint may take while others are left: several times the usual tail, but never so long that the others
 * could not be asked before the deadline.
 * @param remainingMs Milliseconds until the deadline.
 * @param alternatives How many other endpoints are left, at least 1.
 */
export function attemptTimeoutMs(target: Target, remainingMs: number, alternatives: number): number {
  const fairShareMs = remainingMs / (Math.min(alternatives, mostAlternatives) + 1);
  const p99Ms = target.latency.count < enoughAnswers ? null : target.latency.quantile(0.99);
  const usualMs = p99Ms === null ? fairShareMs : Math.max(leastPatienceMs, patienceFactor * p99Ms);
  return Math.min(usualMs, fairShareMs);
}

/** When a second endpoint is asked beside the first: when 95 % of the answers would be there. */
export function hedgeDelayMs({ latency }: Target): number {
  const p95Ms = latency.count < enoughAnswers ? null : latency.quantile(0.95);
  return p95Ms === null ? firstHedgeDelayMs : Math.max(leastHedgeDelayMs, p95Ms);
}
