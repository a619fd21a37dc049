import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import type { PlannedProcess } from './demo-plan.ts';
import { exitWithParent } from './stop.ts';

// The processes of a demo: starts them, notices their end, ends them. It never starts one again: who kills a broker wants
// to see what the others make of it. Their logs go to files, so that the terminal belongs to the demo.

/** A started process. */
export interface DemoProcess {
  readonly plan: PlannedProcess;
  readonly pid: number;
  /** Becomes true at its end. */
  readonly ended: () => boolean;
  /** Resolves at its end with what is known of it, for example `killed by SIGKILL`. */
  readonly end: Promise<string>;
  /** The file with everything it says. */
  readonly logFile: string;
}

/** All processes of a demo. Disposing ends them and removes their folder. */
export interface DemoProcesses extends AsyncDisposable {
  /** By port: the brokers, then the simulators. */
  readonly started: readonly DemoProcess[];
  /** @param env What its environment has beside ours. */
  start(plan: PlannedProcess, env?: NodeJS.ProcessEnv): DemoProcess;
  /** Keep the folder with the logs beyond the end; gives its name. */
  keepLogs(): string;
}

/** Processes that do not end in order within this time are killed; with the database, less than the 5 s that are promised. */
const graceMs = 3_500;

const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));

/** A place for processes, with a private folder for their configurations and logs. */
export async function createDemoProcesses({ clock }: { readonly clock: Clock }): Promise<DemoProcesses> {
  const folder = await mkdtemp(join(tmpdir(), 'sitewide-demo-'));
  const started: { readonly process: DemoProcess; readonly child: ChildProcess }[] = [];
  let keep = false;
  return {
    get started() {
      return started.map(({ process }) => process).sort((a, b) => a.plan.port - b.plan.port);
    },
    start(plan, env = {}) {
      const one = startProcess(plan, { folder, env });
      started.push(one);
      return one.process;
    },
    keepLogs() {
      keep = true;
      return folder;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((one) => endProcess(one, clock)));
      if (!keep) {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** The last lines that a process said. */
export function lastWords({ logFile }: DemoProcess, lines = 8): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/** What a process is called in messages: `broker demo-a-1`, `simulator demo-a`. */
export function processName({ role, installation, broker }: PlannedProcess): string {
  return `${role} ${broker ?? installation}`;
}

function startProcess(
  plan: PlannedProcess,
  { folder, env }: { readonly folder: string; readonly env: NodeJS.ProcessEnv },
) {
  const name = processName(plan).replace(' ', '-');
  const logFile = join(folder, `${name}.log`);
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [program, ...argsOf(plan, join(folder, `${name}.yml`))], {
    stdio: ['pipe', log, log],
    env: { ...childEnvironment(), ...env },
  });
  closeSync(log);
  // The pipe only tells the child that we are still here; that the child is not is told by its end.
  child.stdin?.on('error', () => undefined);
  let over = false;
  const { promise: end, resolve } = Promise.withResolvers<string>();
  const finish = (how: string): void => {
    over = true;
    resolve(how);
  };
  child.once('error', ({ message }) => finish(message));
  child.once('exit', (code, signal) => finish(signal === null ? `exit code ${code}` : `killed by ${signal}`));
  if (child.pid === undefined) {
    throw new SitewideError('PROCESS_FAILED', { process: processName(plan), problem: 'the system has no room for it' });
  }
  const started: DemoProcess = { plan, pid: child.pid, ended: () => over, end, logFile };
  return { process: started, child };
}

function argsOf(plan: PlannedProcess, configFile: string): readonly string[] {
  switch (plan.role) {
    case 'simulator':
      return plan.args;
    case 'broker':
      writeFileSync(configFile, plan.config, { mode: 0o600 });
      return ['serve', '--config', configFile];
  }
}

/** As ours, but where to listen and what to keep are in the configuration, and compiled code is shared, which halves the time to start. */
function childEnvironment(): NodeJS.ProcessEnv {
  const { SITEWIDE_LISTEN_HOST: _, SITEWIDE_LISTEN_PORT: __, DATABASE_URL: ___, ...env } = process.env;
  return {
    NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
    ...env,
    [exitWithParent]: '1',
  };
}

async function endProcess(
  { process: { end, ended }, child }: { readonly process: DemoProcess; readonly child: ChildProcess },
  clock: Clock,
): Promise<void> {
  if (ended()) {
    return;
  }
  child.kill('SIGTERM');
  const gone = new AbortController();
  void end.then(() => gone.abort());
  await clock.sleep(graceMs, gone.signal).catch(() => undefined);
  if (!ended()) {
    // It hangs or is stopped; only this ends it then.
    child.kill('SIGKILL');
    await abortable(end, AbortSignal.timeout(1_000)).catch(() => undefined);
  }
}
