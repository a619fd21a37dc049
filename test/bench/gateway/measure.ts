import { readdir, readFile } from 'node:fs/promises';

import type { Pool } from 'undici';

// What a process does with a number of requests, seen from outside.

/** What was measured. */
export interface Figures {
  /** Of the process, for each request, in milliseconds. */
  readonly cpuMs: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Load {
  readonly pool: Pool;
  readonly path: string;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the process that is measured. */
  readonly pid: number;
}

interface Measuring {
  /** How many requests each is sent in all. */
  readonly count: number;
  /** So many at a time. */
  readonly concurrency: number;
}

/** So many turns at most: what else a machine does comes and goes within seconds, and should hit all alike. */
const mostTurns = 4;
/** A shorter turn would be over before as many are under way as should be. */
const leastPerTurn = 16;
/**
 * How long each is sent requests that are not measured before each turn, in milliseconds: who has had nothing to do for some seconds
 * takes up to a third more for the first fifty (measured).
 */
const warmingMs = 500;

/** Sends requests to each by turns, and measures. In their order. @throws Error if one is not answered with 200. */
export async function measureByTurns(
  loads: readonly Load[],
  { count, concurrency }: Measuring,
): Promise<readonly Figures[]> {
  const turns = Math.max(1, Math.min(mostTurns, Math.floor(count / leastPerTurn)));
  const perTurn = Math.ceil(count / turns);
  const totals = loads.map(() => ({ cpu: 0, seconds: 0, took: [] as number[] }));
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [at, load] of loads.entries()) {
      for (const until = performance.now() + warmingMs; performance.now() < until;) {
        await sendMany(load, { count: 2 * concurrency, concurrency });
      }
      const { took, ...total } = totals[at]!;
      const cpuBefore = await cpuMs(load.pid);
      const startedAt = performance.now();
      took.push(...(await sendMany(load, { count: perTurn, concurrency })));
      totals[at] = {
        took,
        seconds: total.seconds + (performance.now() - startedAt) / 1_000,
        cpu: total.cpu + (await cpuMs(load.pid)) - cpuBefore,
      };
    }
  }
  return totals.map(({ cpu, seconds, took }) => {
    took.sort((a, b) => a - b);
    const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(share * took.length))]!;
    return { cpuMs: cpu / took.length, perSecond: took.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
  });
}

/** Gives how long each took, in milliseconds. */
async function sendMany(request: Load, { count, concurrency }: Measuring): Promise<readonly number[]> {
  const took: number[] = [];
  let left = count;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const startedAt = performance.now();
      await send(request);
      took.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  return took;
}

/** How many have been sent so far. */
let asked = 0;

/** Sends one; gives how many bytes came. @throws Error if it is not answered, and whole. */
export async function send({
  pool,
  path,
  body,
  headers,
}: Pick<Load, 'pool' | 'path' | 'body' | 'headers'>): Promise<number> {
  const { statusCode, body: answer } = await pool.request({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...headers },
    // Each asks for itself: equal questions would be answered together.
    body: Buffer.concat([body.subarray(0, -1), Buffer.from(`,"extensions":{"at":${asked++}}}`)]),
  });
  if (statusCode !== 200) {
    throw new Error(`HTTP ${statusCode}: ${await answer.text()}`);
  }
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (bytes.includes('"errors":') || bytes.includes('"complete":false')) {
    throw new Error(`It is not a whole answer: ${bytes.toString().slice(-3_000)}`);
  }
  return bytes.length;
}

/** What the threads of a process have used of processors, in milliseconds: the first number of `schedstat` of each, in nanoseconds. */
async function cpuMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const used = await Promise.all(
    threads.map(async (thread) =>
      Number((await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'latin1')).split(' ')[0]),
    ),
  );
  return used.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
}

/** The most memory that a process has had, in MiB: `VmHWM` of proc_pid_status(5). */
export async function peakMiB(pid: number): Promise<number> {
  const [, kibibytes = ''] = /^VmHWM:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'latin1')) ?? [];
  return Number(kibibytes) / 1_024;
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
