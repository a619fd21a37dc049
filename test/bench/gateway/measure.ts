import { readFile } from 'node:fs/promises';

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
  readonly count: number;
  readonly concurrency: number;
  /** Of the process that is measured. */
  readonly pid: number;
}

/** Sends requests, so many at a time, and measures. @throws Error if one is not answered with 200. */
export async function measure({ count, concurrency, pid, ...request }: Load): Promise<Figures> {
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
  const cpuBefore = await cpuMs(pid);
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, client));
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpu = (await cpuMs(pid)) - cpuBefore;
  took.sort((a, b) => a - b);
  const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(share * took.length))]!;
  return { cpuMs: cpu / count, perSecond: count / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
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

/** What a process has used of processors, in milliseconds: fields 14 and 15 of proc_pid_stat(5), in hundredths of a second. */
async function cpuMs(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'latin1')).replace(/^.*\) /, '').split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
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
