import { availableParallelism, loadavg } from 'node:os';

import { type ChaosResult, quantile } from './chaos-client.ts';
import type { Disturbed } from './chaos-script.ts';
import type { ChaosSite } from './chaos-site.ts';

// What a chaos run cost and brought, as a table.

/** What the brokers of a site sent one another, by their own metrics; a broker that was stopped when asked counts nothing. */
export interface Attempts {
  readonly first: number;
  readonly retries: number;
  readonly hedges: number;
  readonly hedgesWon: number;
}

/** What the brokers have sent one another up to now. */
export async function countAttempts(site: ChaosSite): Promise<Attempts> {
  const all = (await Promise.all(site.brokers.map((broker) => broker.counters()))).flatMap((counters) => [...counters]);
  const sum = (pattern: RegExp): number =>
    all.filter(([name]) => pattern.test(name)).reduce((total, [, value]) => total + value, 0);
  return {
    first: sum(/^sitewide_attempts_total\{.*reason="FIRST"/),
    retries: sum(/^sitewide_retries_total\b/),
    hedges: sum(/^sitewide_hedges_total\b/),
    hedgesWon: sum(/^sitewide_hedge_wins_total\b/),
  };
}

/** What they sent in between. */
export function attemptsBetween(before: Attempts, after: Attempts): Attempts {
  return {
    first: after.first - before.first,
    retries: after.retries - before.retries,
    hedges: after.hedges - before.hedges,
    hedgesWon: after.hedgesWon - before.hedgesWon,
  };
}

/** The table of a run. */
export function chaosTable(run: {
  readonly seed: string;
  readonly runMs: number;
  readonly result: ChaosResult;
  readonly disturbed: readonly Disturbed[];
  readonly attempts: Attempts;
}): string {
  const { seed, runMs, result, disturbed, attempts } = run;
  const rows: readonly (readonly [string, number | string])[] = [
    ['requests', result.requests],
    ['complete', result.complete],
    ['partial', result.partial],
    ['failed', result.failed],
    ['p50', `${quantile(result.latencies, 0.5).toFixed(0)} ms`],
    ['p99', `${quantile(result.latencies, 0.99).toFixed(0)} ms`],
    ['slowest', `${Math.max(...result.latencies).toFixed(0)} ms`],
    ['reissued by the client', result.reissued],
    ['sent between brokers', attempts.first],
    ['hedges', `${attempts.hedges} (${attempts.hedgesWon} answered first)`],
    ['retries', attempts.retries],
    ['disturbances', disturbed.length],
    // Whoever reads a slow run has to know whether the machine had time for it.
    ['load of the machine', `${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} processors`],
  ];
  return [
    '',
    `chaos: ${runMs / 1_000} s, SITEWIDE_CHAOS_SEED=${seed}`,
    ...rows.map(([name, value]) => `  ${name.padEnd(24)}${value}`),
    ...disturbed.map(
      ({ atMs, disturbance, broker, forMs }) => `  ${atMs} ms: ${disturbance} ${broker} for ${forMs} ms`,
    ),
    ...result.problems,
    '',
    '',
  ].join('\n');
}
