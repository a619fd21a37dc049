import { availableParallelism, loadavg } from 'node:os';

import { quantile } from './chaos-client.ts';
import type { Asked } from './federation-clients.ts';

// What became of the questions of one disturbance, in one line for people.

interface Disturbance {
  readonly name: string;
  readonly seed: string;
  readonly asked: readonly Asked[];
  /** Milliseconds since the clients began. */
  readonly faultAt: number;
  readonly healedAt: number;
}

/** One line. */
export function federationLine({ name, seed, asked, faultAt, healedAt }: Disturbance): string {
  const took = asked.map(({ tookMs }) => tookMs);
  const partial = asked.filter(({ verdict }) => verdict.kind === 'partial');
  const complete = asked.filter(({ verdict }) => verdict.kind === 'complete').length;
  const partialTook = partial.map(({ tookMs }) => tookMs);
  const recovered = Math.max(0, ...partial.map(({ atMs }) => atMs - healedAt));
  return (
    `${name} (${((healedAt - faultAt) / 1_000).toFixed(1)} s, SITEWIDE_CHAOS_SEED=${seed}): ${asked.length} answers, ` +
    `${complete} complete, ${partial.length} partial; p50 ${inMs(quantile(took, 0.5))}, p99 ${inMs(quantile(took, 0.99))}, ` +
    `slowest ${inMs(Math.max(...took))}, partial ones p50 ${inMs(quantile(partialTook, 0.5))}; the last partial one was ` +
    `asked ${inMs(recovered)} after the end; load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} processors\n`
  );
}

function inMs(value: number): string {
  return Number.isNaN(value) ? '–' : `${value.toFixed(0)} ms`;
}
