import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Pool, request } from 'undici';

import { schemaHash } from '../../../src/core/schema-hash.ts';
import { baseSdl } from '../../../src/core/sdl.ts';
import { startSimulator } from '../../../src/drivers/simulator/server.ts';
import { acceptRows } from '../../../src/rows/frames.ts';
import { eventually } from '../../contract/eventually.ts';
import { findFreePorts } from '../../support/free-ports.ts';
import { type Figures, measureByTurns, median, send } from '../gateway/measure.ts';
import { fields } from '../gateway/sources.ts';
import { installForBench } from '../install.ts';

// What one installation takes to answer with rows, ours against GraphQL servers over ready objects, each a process on a
// processor of its own. On Linux, on a quiet machine: npm run bench:installation [-- --runs 5 --profiles FOLDER]

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, profiles: { type: 'string' } },
});
const runs = Number(options.runs);
const processor = 0;
const contender = fileURLToPath(new URL('contender.ts', import.meta.url));
const program = fileURLToPath(new URL('../../../bin/sitewide.js', import.meta.url));
/** How long each is asked before anything is measured, in milliseconds. */
const warmMs = 3_000;

if (availableParallelism() < 2) throw new Error('It takes two processors: one for what is measured.');
const others = Array.from({ length: availableParallelism() }, (_, at) => at).filter((at) => at !== processor);
execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', others.join(','), String(process.pid)], {
  stdio: 'ignore',
});
await using started = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'sitewide-bench-'));
started.defer(() => rm(folder, { recursive: true, force: true }));

async function start(name: string, args: readonly string[]): Promise<number> {
  const profiling = options.profiles
    ? ['--cpu-prof', `--cpu-prof-dir=${options.profiles}`, `--cpu-prof-name=${name}.cpuprofile`]
    : [];
  const child = spawn(process.execPath, [...profiling, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
  });
  const exited = once(child, 'exit');
  started.defer(async () => {
    // What it has started itself, such as a database, ends with it.
    child.kill('SIGTERM');
    await exited;
  });
  return child.pid!;
}

/** The first so many rows, with their number. */
const textOf = (first: number): string =>
  JSON.stringify({ query: `{ virtualMachines(first: ${first}) { nodes { ${fields} } totalCount } }` });

async function ask(url: string, body: string): Promise<string> {
  const { statusCode, body: answer } = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const text = await answer.text();
  if (statusCode !== 200 || text.includes('"errors"')) throw new Error(text.slice(0, 300));
  return text;
}

const [port] = [await findFreePorts(4)];
const simulator = await startSimulator({ installation: 'a', vms: 5_000, port: 0, usageIntervalMs: 0 });
started.defer(() => simulator.close());
const broker = { id: 'a-1', url: `http://127.0.0.1:${port}` };
const config = {
  site: { id: 'bench', installations: [{ id: 'a', brokers: [broker] }] },
  ...{ installation: 'a', broker: broker.id, listen: { port } },
  driver: { kind: 'simulator', url: simulator.url },
  limits: { principal: { requestsPerSecond: 1_000_000, burst: 1_000_000 } },
  log: { level: 'error' },
};
await writeFile(join(folder, 'broker.yml'), JSON.stringify(config));
const own = await start('sitewide', [program, 'serve', '--config', join(folder, 'broker.yml')]);
const ownUrl = `${broker.url}/installation/graphql`;
const first = await eventually(async () => ask(ownUrl, textOf(1_000)), 30_000);
const { data } = JSON.parse(first) as { data: { virtualMachines: { nodes: object[] } } };
await writeFile(join(folder, 'rows.json'), JSON.stringify(data.virtualMachines.nodes));
const mercurius = await installForBench('mercurius', [
  'mercurius@16.10.1',
  'fastify@5',
  'graphql@16',
  'graphql-jit@0.8.9',
]);

interface Contender {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const rowsHeaders = { accept: acceptRows(schemaHash(baseSdl)), 'sitewide-tier': 'INSTALLATION' };
const contenders: Contender[] = [
  { name: 'sitewide, rows', pid: own, url: ownUrl, headers: rowsHeaders },
  { name: 'sitewide, JSON', pid: own, url: ownUrl },
];
for (const [at, kind] of ['limit', 'mercurius', 'apollo'].entries()) {
  if (kind === 'mercurius' && mercurius === null) continue;
  const own = port + 1 + at;
  const pid = await start(kind, [contender, String(own), kind, join(folder, 'rows.json'), mercurius ?? '']);
  const url = `http://127.0.0.1:${own}${kind === 'mercurius' ? '/graphql' : '/'}`;
  await eventually(() => ask(url, textOf(1)), 30_000);
  contenders.push({ name: kind === 'limit' ? 'JSON.stringify of ready objects' : kind, pid, url });
}

// Only now, so that what they have started themselves, such as a database, does not share their processor.
for (const { pid } of contenders) {
  const args = ['--all-tasks', '--cpu-list', '--pid', String(processor), String(pid)];
  execFileSync('taskset', args, { stdio: 'ignore' });
}
for (const [rows, count] of [
  [1_000, 100],
  [10, 1_000],
] as const) {
  for (const concurrency of [1, 8]) {
    const all = new Map(contenders.map(({ name }) => [name, [] as Figures[]]));
    const loads = contenders.map(({ pid, url, headers }) => {
      const { origin, pathname: path } = new URL(url);
      const pool = new Pool(origin, { connections: 8 });
      return { pid, pool, path, body: Buffer.from(textOf(rows)), ...(headers && { headers }) };
    });
    for (const load of loads) {
      for (const until = Date.now() + warmMs; Date.now() < until;) await send(load);
    }
    for (let run = 0; run < runs; run += 1) {
      const figures = await measureByTurns(loads, { concurrency, count });
      contenders.forEach(({ name }, at) => all.get(name)!.push(figures[at]!));
    }
    await Promise.all(loads.map(({ pool }) => pool.close()));
    const limit = all.get('JSON.stringify of ready objects')!;
    for (const [name, figures] of all) {
      const of = (key: keyof Figures): number => median(figures.map((one) => one[key]));
      const share = median(figures.map(({ perSecond }, run) => perSecond / limit[run]!.perSecond));
      const cells = [
        `${rows} x 10`,
        concurrency,
        name,
        of('cpuMs').toFixed(2),
        of('perSecond').toFixed(0),
        share.toFixed(2),
      ];
      process.stdout.write(`| ${cells.join(' | ')} |\n`);
    }
  }
}
process.stdout.write(`load ${loadavg()[0]!.toFixed(1)}\n`);
await started.disposeAsync();
process.exit(0);
