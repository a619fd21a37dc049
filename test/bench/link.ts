import { randomUUID } from 'node:crypto';

import { request } from 'undici';

import { startBroker } from '../../src/commands/broker.ts';
import { countsSince } from '../../src/commands/wan/counts.ts';
import { preciseClock } from '../../src/commands/wan/precise-clock.ts';
import { createWan, type WanShape } from '../../src/commands/wan/wan.ts';
import { parseConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { findFreePorts } from '../support/free-ports.ts';

// What a question costs over the link between two sites: bytes each way, and time beside the round trip. The same question
// plainly over HTTP, with its text sent by a broker for the first time, with its text known, and unchanged. Two sites of two
// installations in this process, the link emulated. Run on a quiet machine: npm run bench:link

const shape: WanShape = { rttMs: 80, jitterMs: 0, megabitsPerSecond: 20 };
const machines = 2_000;
const repetitions = 20;
const ids = { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a', 'oslo-b'] };
const way = { from: 'lyon', to: 'oslo' };

await using started = new AsyncDisposableStack();
const wan = started.use(createWan({ shape, clock: preciseClock, random: Math.random }));
const port = await findFreePorts(4);
const sites = Object.entries(ids).map(([id, installations], site) => ({
  id,
  installations: installations.map((installation, at) => ({
    id: installation,
    brokers: [{ id: `${installation}-1`, url: `http://127.0.0.1:${port + 2 * site + at}` }],
  })),
}));
const [lyon, oslo] = sites as [(typeof sites)[0], (typeof sites)[0]];
for (const [site, other] of [
  [oslo, lyon],
  [lyon, await throughWan(oslo)],
] as const) {
  for (const { id: installation, brokers } of site.installations) {
    const simulator = await startSimulator({ installation, vms: machines, port: 0, usageIntervalMs: 0 });
    started.defer(() => simulator.close());
    const text = JSON.stringify({
      site,
      federation: { sites: [other], hedging: false },
      installation,
      broker: brokers[0]!.id,
      driver: { kind: 'simulator', url: simulator.url },
      timeouts: { drainMs: 100 },
    });
    const logger = createLogger({ level: 'error' });
    const running = { clock: systemClock, random: Math.random, newId: randomUUID, logger };
    started.use(await startBroker(parseConfig(text, { file: 'bench.yml' }), running));
  }
}
const asked = lyon.installations[0]!.brokers[0]!.url;
const relayed = (await throughWan(oslo)).installations[0]!.brokers[0]!.url;
await systemClock.sleep(3_000, AbortSignal.timeout(60_000));

process.stdout.write(`${shape.rttMs} ms, ${shape.megabitsPerSecond} Mbit/s, medians of ${repetitions}\n`);
for (const rows of [20, 1_000]) {
  const within = median(await each((at) => exchange(`${asked}/graphql`, question(rows, `w${rows}x${at}`))));
  const line = async (what: string, work: (at: number) => Promise<Cost>): Promise<void> => {
    const costs = await each(work);
    const of = (pick: (cost: Cost) => number): number => median(costs.map(pick));
    process.stdout.write(
      `  ${String(rows).padStart(5)} machines, ${what.padEnd(28)} ${of(({ up }) => up)
        .toFixed(0)
        .padStart(6)} B up, ` +
        `${of(({ down }) => down)
          .toFixed(0)
          .padStart(7)} B down, ${of(({ ms }) => ms).toFixed(1)} ms\n`,
    );
  };
  process.stdout.write(`  ${String(rows).padStart(5)} machines, own site alone: ${within.toFixed(1)} ms\n`);
  await line('oslo plainly over HTTP', (at) => counted(`${relayed}/graphql`, question(rows, `p${rows}x${at}`)));
  await line('both sites, text sent', (at) => counted(`${asked}/federation/graphql`, question(rows, `q${rows}x${at}`)));
  await line('both sites, text known', (at) => counted(`${asked}/federation/graphql`, question(rows - at, 'known')));
  await line('both sites, unchanged', () => counted(`${asked}/federation/graphql`, question(rows, 'known')));
}
process.exitCode = 0;

interface Cost {
  readonly up: number;
  readonly down: number;
  readonly ms: number;
}

/** The alias makes it another text. */
function question(first: number, alias: string): string {
  const query = `query ($first: Int) { ${alias}: virtualMachines(first: $first) {
    totalCount nodes { id name powerState cpuCount memoryMiB host { name } labels { key value } }
    pageInfo { endCursor hasNextPage } } }`;
  return JSON.stringify({ query, variables: { first } });
}

async function exchange(url: string, body: string): Promise<number> {
  const startedAt = performance.now();
  const answer = await request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const text = await answer.body.text();
  const ms = performance.now() - startedAt;
  if (text.includes('"errors"') || text.includes('"complete":false')) {
    throw new Error(text.slice(0, 500));
  }
  return ms;
}

async function counted(url: string, body: string): Promise<Cost> {
  const before = wan.counts(way);
  const ms = await exchange(url, body);
  const { up, down } = countsSince(before, wan.counts(way));
  return { up: up.bytes, down: down.bytes, ms };
}

async function each<Result>(work: (at: number) => Promise<Result>): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < repetitions; at += 1) {
    results.push(await work(at));
  }
  return results;
}

async function throughWan(site: (typeof sites)[0]): Promise<(typeof sites)[0]> {
  const installations = site.installations.map(async ({ id, brokers }) => ({
    id,
    brokers: await Promise.all(brokers.map(async (one) => ({ id: one.id, url: await relayOf(one.url) }))),
  }));
  return { id: site.id, installations: await Promise.all(installations) };
}

async function relayOf(url: string): Promise<string> {
  return (await wan.relay(way, url)).url;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
