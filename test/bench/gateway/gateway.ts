import { execFileSync } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { Pool } from 'undici';

import { eventually } from '../../contract/eventually.ts';
import { type GatewayName, gatewayNames, gatewayProcessor, startGateway } from './gateways.ts';
import { installHive } from './hive.ts';
import { type Figures, measureByTurns, median, peakMiB, send } from './measure.ts';
import { fields, plainQuery, type Sources, startSources } from './sources.ts';

// What a gateway costs, ours and others, against what any has to cost. All are asked the same of the same sources, by turns in
// one run. Plain gateways give all rows of all sources, neither merged nor sorted, and so do less than ours and the limit.
// On Linux, on a quiet machine: npm run bench [-- --runs 5 --only '8 x 10' --gateways limit,sitewide --json FILE --table FILE --profiles FOLDER]

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true },
    gateways: { type: 'string', default: gatewayNames.join(',') },
    json: { type: 'string' },
    table: { type: 'string' },
    profiles: { type: 'string' },
  },
});
const runs = Number(options.runs);
const wanted = gatewayNames.filter((name) => options.gateways.split(',').includes(name));

/** How long each is asked before anything is measured, in milliseconds: until what is compiled on the way is compiled. */
const warmMs = 5_000;

/** Where the table is in a text. */
const tableBegins = '<!-- table of all cases: begin -->';
const tableEnds = '<!-- table of all cases: end -->';

interface Case {
  readonly name: string;
  readonly installations: number;
  readonly vms: number;
  /** About how much work it is, as a number of requests in a second. */
  readonly requests: number;
  /** How many bytes an answer has at least. */
  readonly least: number;
  /** What ours is asked, and what the others are; null for what they cannot do. */
  query(sources: Sources): { readonly ours: object; readonly plain: string | null };
}

const rows =
  (first: number): Case['query'] =>
  ({ installations }) => ({
    ours: {
      query: `{ virtualMachines(first: ${first}, orderBy: { field: NAME }) { nodes { ${fields} } totalCount coverage { complete } } }`,
    },
    plain: plainQuery(installations.length, first),
  });

const cases: readonly Case[] = [
  { name: '8 x 10', installations: 8, vms: 5_000, requests: 1_000, least: 2000, query: rows(10) },
  { name: '8 x 1000', installations: 8, vms: 5_000, requests: 16, least: 300000, query: rows(1_000) },
  { name: '50 of 8 x 5000', installations: 8, vms: 5_000, requests: 120, least: 12000, query: rows(50) },
  {
    name: 'summary of 8 x 5000',
    installations: 8,
    vms: 5_000,
    requests: 250,
    least: 100,
    query: () => ({
      ours: {
        query:
          '{ virtualMachineSummary(groupBy: [{ field: POWER_STATE }]) { count facets { buckets { key count } } } }',
      },
      plain: null,
    }),
  },
  {
    name: '10 ids over 8',
    installations: 8,
    vms: 5_000,
    requests: 250,
    least: 500,
    query: ({ ids }) => ({
      ours: {
        query: `query I($ids: [ID!]!) { nodes(ids: $ids) { id ... on VirtualMachine { name powerState } } }`,
        variables: { ids: ids.slice(0, 10) },
      },
      plain: null,
    }),
  },
  { name: '32 x 100', installations: 32, vms: 100, requests: 40, least: 25000, query: rows(100) },
];

interface Row extends Figures {
  readonly case: string;
  readonly concurrency: number;
  readonly gateway: GatewayName;
  /** Of the CPU: the least and the most of all runs. */
  readonly spread: readonly [number, number];
  /** Of the CPU, to that of the limit in the same run; null where there is none. */
  readonly ratio: number | null;
  readonly peakMiB: number;
}

if (availableParallelism() < 2)
  throw new Error('It takes two processors: one for the gateway, one for everything else.');
execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', otherProcessors(), String(process.pid)], {
  stdio: 'ignore',
});
const hive = wanted.some((name) => name.startsWith('hive')) ? await installHive() : null;
const table: Row[] = [];
for (const [installations, group] of Map.groupBy(cases.filter(isWanted), (one) => one.installations)) {
  await using sources = await startSources(installations, group[0]!.vms);
  for (const one of group) table.push(...(await measureCase(one, sources)));
}
if (options.table) writeTable(options.table, table.map(lineOf));
if (options.json) writeFileSync(options.json, `${JSON.stringify({ runs, load: loadavg()[0], table }, null, 2)}\n`);
process.exit(0);

function isWanted({ name }: Case): boolean {
  return options.only === undefined || options.only.includes(name);
}

function otherProcessors(): string {
  const all = Array.from({ length: availableParallelism() }, (_, at) => at);
  return all.filter((at) => at !== gatewayProcessor).join(',');
}

async function measureCase(one: Case, sources: Sources): Promise<Row[]> {
  const { ours, plain } = one.query(sources);
  await using started = new AsyncDisposableStack();
  const contenders = [];
  for (const name of wanted) {
    if ((name.startsWith('sitewide') || plain !== null) && (!name.startsWith('hive') || hive)) {
      const gateway = started.use(await startGateway(name, { sources, hive, profiles: options.profiles ?? null }));
      const { origin, pathname: path } = new URL(gateway.url);
      const pool = new Pool(origin, { connections: 8 });
      started.defer(() => pool.destroy());
      contenders.push({
        name,
        pid: gateway.pid,
        request: {
          pool,
          path,
          body: Buffer.from(JSON.stringify(gateway.isOurs ? ours : { query: plain })),
          pid: gateway.pid,
        },
      });
    }
  }
  const found: Row[] = [];
  for (const concurrency of [1, 8]) {
    const all = new Map(contenders.map(({ name }) => [name, [] as Figures[]]));
    for (const { request } of contenders) await warm(request, one);
    for (let run = 0; run < runs; run += 1) {
      const loads = contenders.map(({ request }) => request);
      const figures = await measureByTurns(loads, { concurrency, count: one.requests });
      contenders.forEach(({ name }, at) => all.get(name)!.push(figures[at]!));
    }
    for (const { name, pid } of contenders) {
      found.push(await summarize({ one, concurrency, name, pid }, all));
      process.stdout.write(`${lineOf(found.at(-1)!)}\n`);
    }
  }
  return found;
}

async function warm(request: Parameters<typeof send>[0], { least }: Case): Promise<void> {
  const bytes = await eventually(() => send(request), 30_000);
  if (bytes < least) throw new Error(`It answers with ${bytes} bytes only; at least ${least} are due.`);
  for (const until = Date.now() + warmMs; Date.now() < until;) await send(request);
}

interface Measured {
  readonly one: Case;
  readonly concurrency: number;
  readonly name: GatewayName;
  readonly pid: number;
}

async function summarize(
  { one, concurrency, name, pid }: Measured,
  all: ReadonlyMap<GatewayName, readonly Figures[]>,
): Promise<Row> {
  const own = all.get(name)!;
  const limit = all.get('limit');
  const of = (key: keyof Figures): number => median(own.map((figures) => figures[key]));
  const cpu = own.map(({ cpuMs }) => cpuMs);
  return {
    case: one.name,
    concurrency,
    gateway: name,
    cpuMs: of('cpuMs'),
    perSecond: of('perSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    spread: [Math.min(...cpu), Math.max(...cpu)],
    ratio: limit ? median(cpu.map((ms, run) => ms / limit[run]!.cpuMs)) : null,
    peakMiB: await peakMiB(pid),
  };
}

/** Puts the table into a text, where one is. */
function writeTable(file: string, lines: readonly string[]): void {
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [text.indexOf(tableBegins), text.indexOf(tableEnds)];
  if (begin < 0 || end < begin) throw new Error(`There is no place for a table in ${file}.`);
  const heading = [
    '| case | at a time | gateway | CPU, ms (least–most) | ratio | requests/s | p50, ms | p99, ms | peak, MiB |',
    `|${' --- |'.repeat(9)}`,
  ];
  const table = [...heading, ...lines].join('\n');
  writeFileSync(file, `${text.slice(0, begin)}${tableBegins}\n\n${table}\n\n${text.slice(end)}`);
}

function lineOf({
  case: name,
  concurrency,
  gateway,
  cpuMs,
  spread,
  ratio,
  perSecond,
  p50Ms,
  p99Ms,
  peakMiB: peak,
}: Row): string {
  const columns = [name, concurrency, gateway, `${cpuMs.toFixed(2)} (${spread[0].toFixed(2)}–${spread[1].toFixed(2)})`];
  const rest = [
    ratio === null ? '' : ratio.toFixed(2),
    perSecond.toFixed(0),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    peak.toFixed(0),
  ];
  return `| ${[...columns, ...rest].join(' | ')} |`;
}
