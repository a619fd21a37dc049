import { availableParallelism, loadavg } from 'node:os';

import { request } from 'undici';

import { findFreePorts } from '../../support/free-ports.ts';
import { quantile } from '../../support/load.ts';
import { planScale } from './plan.ts';
import { type SiteProcess, startSiteProcess } from './processes.ts';

// A federation of 50 installations in 15 sites with 7 addresses each and 250,000 machines, asked at one broker. Real: the
// brokers' code, HTTP over loopback, all rows, one request to each other site and one to each other installation there.
// Not real: the 7 addresses of an installation lead to one broker, the brokers of a site share a process, there is no
// database, the network takes no time, and all of it shares the processors of this machine, so that the time of a question
// is nearly the sum of the work of all sites. Takes about 6 GB. SITEWIDE_SCALE=0.2 is a fifth of it. npm run bench:scale

const scale = Number(process.env['SITEWIDE_SCALE'] ?? '1');
const size = {
  sites: Math.max(2, Math.round(15 * scale)),
  installations: Math.max(4, Math.round(50 * scale)),
  endpoints: 7,
  vms: 5_000,
};
const repetitions = 15;
/** Pages of 1000. */
const pageDepth = Math.floor(Math.min(100, (size.installations * size.vms) / 2_000));

const rowFields = 'nodes { id name powerState cpuCount memoryMiB host { name } installation { localId } }';
const list = `query ($first: Int, $after: String, $field: VirtualMachineOrderField!, $filter: VirtualMachineFilter) {
  virtualMachines(first: $first, after: $after, orderBy: { field: $field }, filter: $filter) {
    totalCount pageInfo { endCursor } ${rowFields}
  }
}`;
const walk = `query ($after: String) { virtualMachines(first: 1000, after: $after) { nodes { name } pageInfo { endCursor } } }`;
const summary =
  '{ virtualMachineSummary(groupBy: [{ field: POWER_STATE }]) { count facets { buckets { key count } } } }';
const orders = ['NAME', 'POWER_STATE', 'CPU_COUNT', 'MEMORY', 'HOST', 'INSTALLATION', 'CREATED_AT', 'BOOTED_AT'];

await using started = new AsyncDisposableStack();
const startedAt = performance.now();
const plans = planScale(size, await findFreePorts(size.installations * size.endpoints));
const processes: SiteProcess[] = [];
// One after the other: there are more of them than processors.
for (const plan of plans) {
  processes.push(started.use(await startSiteProcess(plan)));
}
const gateway = processes[0]!;
const url = `http://127.0.0.1:${plans[0]!.serves[0]!.port}/federation/graphql`;
const machines = size.installations * size.vms;
say(
  `${size.installations} installations in ${size.sites} sites, ${size.endpoints} addresses each, ${machines} machines; ` +
    `ready after ${((performance.now() - startedAt) / 1_000).toFixed(0)} s, load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} processors`,
);
say(`memory of the asked broker with ${size.vms} machines of its own: ${memoryText()}`);

for (const field of orders) {
  const first = await time(() => page({ first: 50, field }));
  await measure(`first page by ${field}, ${first.toFixed(0)} ms the first time`, () => page({ first: 50, field }));
}
const { after, slowest } = await goDown();
say(`  ${pageDepth} pages of 1000 names, the slowest ${slowest.toFixed(0)} ms`);
await measure(`50 rows behind ${pageDepth * 1_000}`, () => page({ first: 50, field: 'NAME', after }));
const filter = { name: { endsWith: '-017' }, memoryMiB: { gte: 16_384 } };
const { totalCount } = await page({ first: 50, field: 'NAME', filter });
await measure(`first page of the ${((totalCount / machines) * 100).toFixed(2)} % that meet a filter`, () =>
  page({ first: 50, field: 'NAME', filter }),
);
await measure('1000 rows', () => page({ first: 1_000, field: 'MEMORY' }));
await measure('summary by power state', () => ask(summary));
say(`memory of the asked broker after all of this: ${memoryText()}`);

interface Coverage {
  readonly complete: boolean;
  readonly sources: readonly { readonly status: string }[];
}

interface Page {
  readonly totalCount: number;
  readonly pageInfo: { readonly endCursor: string };
}

async function page(variables: Readonly<Record<string, unknown>>): Promise<Page> {
  const { virtualMachines } = await ask<{ virtualMachines: Page }>(list, variables);
  if (variables['filter'] === undefined && virtualMachines.totalCount !== machines) {
    throw new Error(`${virtualMachines.totalCount} machines instead of ${machines}`);
  }
  return virtualMachines;
}

/** Pages far down; gives the last cursor. */
async function goDown(): Promise<{ readonly after: string; readonly slowest: number }> {
  let after: string | null = null;
  let slowest = 0;
  for (let at = 0; at < pageDepth; at += 1) {
    const beganAt = performance.now();
    const answer: { virtualMachines: Page } = await ask<{ virtualMachines: Page }>(walk, { after });
    after = answer.virtualMachines.pageInfo.endCursor;
    slowest = Math.max(slowest, performance.now() - beganAt);
  }
  return { after: after!, slowest };
}

/** Asks one after the other: time, and processor time of the asked broker and of all others together. */
async function measure(name: string, one: () => Promise<unknown>): Promise<void> {
  for (let at = 0; at < 3; at += 1) {
    await one();
  }
  const before = processes.map((process) => process.usage().cpuMs);
  const took: number[] = [];
  for (let at = 0; at < repetitions; at += 1) {
    took.push(await time(one));
  }
  const used = processes.map((process, at) => (process.usage().cpuMs - before[at]!) / repetitions);
  const others = used.slice(1).reduce((sum, milliseconds) => sum + milliseconds, 0);
  say(
    `  ${name.padEnd(52)} ${quantile(took, 0.5).toFixed(0).padStart(5)} ms, slowest ${Math.max(...took).toFixed(0)} ms; ` +
      `CPU ${used[0]!.toFixed(0)} ms at the asked broker, ${others.toFixed(0)} ms at all others; ${memoryText()}`,
  );
}

async function time(one: () => Promise<unknown>): Promise<number> {
  const beganAt = performance.now();
  await one();
  return performance.now() - beganAt;
}

async function ask<Data>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
  const { body } = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sitewide-deadline-ms': '30000' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors, extensions } = (await body.json()) as {
    readonly data: Data;
    readonly errors?: unknown;
    readonly extensions: { readonly coverage: Readonly<Record<string, Coverage>> };
  };
  if (errors !== undefined || Object.values(extensions.coverage).some(({ complete }) => !complete)) {
    const bad = Object.values(extensions.coverage).flatMap(({ sources }) =>
      sources.filter(({ status }) => status !== 'OK'),
    );
    throw new Error(JSON.stringify({ errors, bad }));
  }
  return data;
}

function memoryText(): string {
  const { memoryMiB, peakMiB } = gateway.usage();
  return `${memoryMiB.toFixed(0)} MiB, at most ${peakMiB.toFixed(0)} MiB`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
