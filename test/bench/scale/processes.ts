import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { PlannedSite } from './plan.ts';

// The processes of the simulated federation, and what they use.

const program = fileURLToPath(new URL('./site-process.ts', import.meta.url));
/** Ticks of the processor time in `/proc`, a second. */
const ticksPerSecond = 100;

/** What a process has used so far. */
export interface Usage {
  readonly cpuMs: number;
  readonly memoryMiB: number;
  /** The most it ever had. */
  readonly peakMiB: number;
}

/** A process that serves. Disposing ends it. */
export interface SiteProcess extends AsyncDisposable {
  usage(): Usage;
}

/** Starts a process and waits until all that it serves is ready. */
export async function startSiteProcess(plan: PlannedSite): Promise<SiteProcess> {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  child.send(plan);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The process of ${plan.site.id} ended with ${code}.`);
  });
  ended.catch(() => undefined);
  await Promise.race([once(child, 'message'), ended]);
  return {
    usage: () => usageOf(child),
    async [Symbol.asyncDispose]() {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** Linux only. */
function usageOf({ pid }: ChildProcess): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kibibytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)![1]);
  return {
    cpuMs: ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1_000,
    memoryMiB: kibibytes('VmRSS') / 1_024,
    peakMiB: kibibytes('VmHWM') / 1_024,
  };
}
