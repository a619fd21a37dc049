import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { findFreePorts } from './free-ports.ts';

// `sitewide demo` as a process, for tests that kill parts of it.

const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));

/** How long a demo may take until it is ready, in milliseconds: what the demo itself allows, and a little more. */
const startTimeoutMs = { everything: 30_000, broker: 5_000 };

/** A process of the demo, as its `--json` prints it. */
export interface DemoProcess {
  readonly role: 'broker' | 'simulator' | 'database';
  /** Null for the database server, as its installation. */
  readonly site: string | null;
  /** Null for the database server, which is everybody's. */
  readonly installation: string | null;
  readonly broker: string | null;
  readonly pid: number;
  readonly url: string;
}

/** A running demo. */
export interface Demo extends AsyncDisposable {
  readonly processes: readonly DemoProcess[];
  /** The addresses of all brokers, in the order of their ports. */
  readonly brokers: readonly string[];
  readonly stdout: readonly string[];
  readonly parent: ChildProcess;
  /** Sends a signal to every process of an installation. */
  signal(installation: string, signal: NodeJS.Signals): void;
}

/** Starts a demo of so many sites (one by default), installations and brokers and waits until it is ready. */
export async function startDemo(options: {
  readonly sites?: number;
  readonly installations: number;
  readonly brokers: number;
  readonly vms: number;
  readonly more?: readonly string[];
  /** Where its databases are, for a demo that goes on with those of another one. */
  readonly data?: string;
}): Promise<Demo> {
  const { sites = 1, installations, brokers, vms, more = [] } = options;
  // Brokers, simulators, those of two installations that `more` may add, and the relays between the sites.
  // With certificates each broker has a second port.
  const perBroker = more.includes('--tls') ? sites + 1 : sites;
  const port = await findFreePorts((sites * installations + 2) * (perBroker * brokers + 1));
  // The binaries lie beside the data, and one copy of them does for all tests.
  const data = options.data ?? join(tmpdir(), 'sitewide-test', `demo-${randomUUID()}`);
  const parent = spawn(
    process.execPath,
    [
      program,
      'demo',
      ...['--sites', String(sites), '--installations', String(installations), '--brokers', String(brokers)],
      ...['--vms', String(vms), '--port', String(port), '--data', data, '--json', ...more],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const complaints: string[] = [];
  parent.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  const stdout: string[] = [];
  try {
    const timeoutMs = startTimeoutMs.everything + sites * installations * brokers * startTimeoutMs.broker;
    await readUntilReady(parent, stdout, timeoutMs);
  } catch (cause) {
    parent.kill('SIGKILL');
    throw new Error(`The demo did not start:\n${stdout.join('\n')}\n${complaints.join('')}`, { cause });
  }
  const processes = tableOf(stdout);
  return {
    processes,
    brokers: processes.filter(({ role }) => role === 'broker').map(({ url }) => url),
    stdout,
    parent,
    signal(installation, signal) {
      for (const { pid } of processes.filter((member) => member.installation === installation)) {
        process.kill(pid, signal);
      }
    },
    async [Symbol.asyncDispose]() {
      if (parent.exitCode === null && parent.signalCode === null) {
        const ended = once(parent, 'exit');
        parent.kill('SIGTERM');
        await ended;
      }
      if (options.data === undefined) {
        await rm(data, { recursive: true, force: true });
      }
    },
  };
}

async function readUntilReady(parent: ChildProcess, stdout: string[], timeoutMs: number): Promise<void> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const lines = createInterface({ input: parent.stdout!, signal: deadline });
  const ready = new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      stdout.push(line);
      if (line.startsWith('ready ')) {
        resolve();
      }
    });
    parent.once('exit', (code) => reject(new Error(`It ended with ${code}.`)));
    deadline.addEventListener('abort', () => reject(deadline.reason as Error));
  });
  await ready;
}

function tableOf(stdout: readonly string[]): readonly DemoProcess[] {
  for (const line of stdout) {
    const value = line.startsWith('{') || line.startsWith('[') ? (JSON.parse(line) as unknown) : null;
    const table = Array.isArray(value) ? value : (value as { processes?: unknown } | null)?.processes;
    if (Array.isArray(table)) {
      return table as DemoProcess[];
    }
  }
  throw new Error('The demo printed no table of its processes.');
}
