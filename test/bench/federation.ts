import { availableParallelism, loadavg } from 'node:os';

import { request } from 'undici';

import { countsSince, type WanCounts } from '../../src/commands/wan/counts.ts';
import { eventually } from '../contract/eventually.ts';
import { type ChaosFederation, startChaosFederation } from '../support/chaos-federation.ts';
import { quantile } from '../support/load.ts';

// What a question to a federation of two sites costs over a link of 80 ms and 20 Mbit/s: time beside the round trip, and
// bytes on the wire in each direction. Asked for: a warm small question takes one round trip and at most 15 ms, and one
// whose answer did not change at most 500 bytes in each direction. Run on a quiet machine: npm run bench:federation

const shape = { rttMs: 80, jitterMs: 0, megabitsPerSecond: 20 };
const warmUp = 40;
const repetitions = 60;
const way = { from: 's1', to: 's2' };

const small = '{ virtualMachines(first: 5) { nodes { id name powerState } totalCount } }';
/** Another answer each time, since nobody asked for exactly this page before. */
const varied = `query ($first: Int, $least: Long) {
  virtualMachines(first: $first, filter: { memoryMiB: { gte: $least } }) { nodes { id name powerState } totalCount }
}`;
const full = `query ($first: Int) {
  virtualMachines(first: $first, orderBy: { field: MEMORY }) {
    totalCount pageInfo { endCursor }
    nodes { id name powerState cpuCount memoryMiB guestOs host { name } installation { localId } ipAddresses labels { key value } }
  }
}`;

await using federation = await startChaosFederation({ sites: 2, installations: 2, brokers: 2, vms: 500, shape });
const [url] = federation.endpointsOf('s1') as [string];
await eventually(() => ask(url, small), 60_000);
process.stdout.write(
  `${shape.rttMs} ms, ${shape.megabitsPerSecond} Mbit/s, 2 sites x 2 installations x 2 brokers, ` +
    `${repetitions} times, load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} processors\n`,
);
const own = await measure('small, own site only', () => ask(url.replace('/federation', ''), small));
const rows = [
  own,
  await measure('small, unchanged', () => ask(url, small)),
  await measure('small, never asked before', (at) => ask(url, varied, { first: 5, least: at })),
  await measure('200 rows of 10 fields, unchanged', () => ask(url, full, { first: 200 })),
  await measure('200 rows, never asked before', (at) => ask(url, full, { first: 200 + (at % 150) })),
];
for (const { name, took, counts } of rows) {
  const share = repetitions;
  const median = quantile(took, 0.5);
  process.stdout.write(
    `  ${name.padEnd(34)} ${median.toFixed(1).padStart(6)} ms (p95 ${quantile(took, 0.95).toFixed(1)} ms` +
      `${counts.requests === 0 ? '' : `, ${(median - shape.rttMs).toFixed(1)} ms beside the round trip`}), ` +
      `${(counts.requests / share).toFixed(2)} requests, ${(counts.up.bytes / share).toFixed(0)} B up, ` +
      `${(counts.down.bytes / share).toFixed(0)} B down\n`,
  );
}

interface Measured {
  readonly name: string;
  /** Milliseconds of each. */
  readonly took: readonly number[];
  readonly counts: WanCounts;
}

/** Asks again and again, one after the other; the first ones do not count. */
async function measure(name: string, one: (at: number) => Promise<void>): Promise<Measured> {
  for (let at = 0; at < warmUp; at += 1) {
    await one(at);
  }
  const before = countsOf(federation);
  const took: number[] = [];
  for (let at = 0; at < repetitions; at += 1) {
    const startedAt = performance.now();
    await one(warmUp + at);
    took.push(performance.now() - startedAt);
  }
  return { name, took, counts: countsSince(before, countsOf(federation)) };
}

function countsOf({ wan }: ChaosFederation): WanCounts {
  return wan.counts(way);
}

async function ask(to: string, query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const { body } = await request(to, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { errors, extensions } = (await body.json()) as {
    readonly errors?: unknown;
    readonly extensions: { readonly coverage: { readonly virtualMachines: { readonly complete: boolean } } };
  };
  if (errors !== undefined || !extensions.coverage.virtualMachines.complete) {
    throw new Error(JSON.stringify({ errors, extensions }));
  }
}
