import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { request } from 'undici';

import { eventually } from '../contract/eventually.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { fields } from './gateway/sources.ts';

// An export of 250,000 machines of five installations, each broker and each simulated manager a process: how soon its first row
// comes, how long it takes, and how far the memory of the broker that merges grows, with a quick reader and with a slow one.
// On Linux, on a quiet machine: npm run bench:export

const installations = 5;
const vms = 50_000;
const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));

await using started = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'sitewide-bench-'));
started.defer(() => rm(folder, { recursive: true, force: true }));

function run(args: readonly string[]): number {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
  });
  const exited = once(child, 'exit');
  started.defer(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  return child.pid!;
}

const port = await findFreePorts(2 * installations);
const ids = Array.from({ length: installations }, (_, at) => `a${at}`);
const site = {
  id: 'bench',
  installations: ids.map((id, at) => ({ id, brokers: [{ id: `${id}-1`, url: `http://127.0.0.1:${port + at}` }] })),
};
const pids: number[] = [];
for (const [at, id] of ids.entries()) {
  const own = port + installations + at;
  const simulated = { installation: id, vms, port: own, 'usage-interval': 0 };
  run(['simulate', ...Object.entries(simulated).flatMap(([name, value]) => [`--${name}`, String(value)])]);
  const file = join(folder, `${id}.yml`);
  const driver = { kind: 'simulator', url: `http://127.0.0.1:${own}` };
  const config = {
    site,
    installation: id,
    broker: `${id}-1`,
    listen: { port: port + at },
    driver,
    log: { level: 'error' },
  };
  await writeFile(file, JSON.stringify(config));
  pids.push(run(['serve', '--config', file]));
}
const url = `http://127.0.0.1:${port}/graphql`;

const send = (query: string, accept: string) =>
  request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query }),
    bodyTimeout: 0,
  });

await eventually(async () => {
  const { body } = await send('{ virtualMachines(first: 1) { totalCount coverage { complete } } }', 'application/json');
  const { data } = (await body.json()) as {
    data: { virtualMachines: { totalCount: number; coverage: { complete: boolean } } };
  };
  const { totalCount, coverage } = data.virtualMachines;
  if (!coverage.complete || totalCount !== installations * vms) throw new Error('They are not all there yet.');
}, 120_000);

/** Of the broker that merges, in MiB. */
async function residentMiB(): Promise<number> {
  const [, kibibytes = ''] = /^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pids[0]}/status`, 'latin1')) ?? [];
  return Number(kibibytes) / 1_024;
}

/** @param pauseMs How long the reader pauses after every two megabytes. */
async function measure(name: string, pauseMs: number): Promise<void> {
  const idle = await residentMiB();
  let peak = idle;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      peak = Math.max(peak, await residentMiB());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const startedAt = performance.now();
  const { body } = await send(`{ virtualMachines { nodes { ${fields} } } }`, 'application/jsonl');
  let firstMs = 0;
  let bytes = 0;
  let unpaused = 0;
  let last = '';
  for await (const chunk of body) {
    const part = chunk as Buffer;
    firstMs ||= performance.now() - startedAt;
    bytes += part.length;
    unpaused += part.length;
    last = (last + part.toString('latin1')).slice(-10_000);
    if (pauseMs > 0 && unpaused > 2_000_000) {
      unpaused = 0;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  isOver = true;
  await watching;
  const { rows, coverage } = JSON.parse(last.trimEnd().split('\n').at(-1)!) as {
    rows: number;
    coverage: { complete: boolean };
  };
  if (rows !== installations * vms || !coverage.complete) throw new Error('It is not all of them.');
  const seconds = (performance.now() - startedAt) / 1_000;
  const cells = [name, firstMs.toFixed(0), seconds.toFixed(1), (bytes / 1e6).toFixed(0), (peak - idle).toFixed(0)];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

process.stdout.write(
  '| reader | first row, ms | all, s | MB | memory over idle, MiB |\n| --- | --- | --- | --- | --- |\n',
);
await measure('the first', 0);
await measure('quick', 0);
await measure('quick', 0);
await measure('slow', 200);
await started.disposeAsync();
process.exit(0);
