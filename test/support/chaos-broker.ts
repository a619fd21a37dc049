import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { eventually } from '../contract/eventually.ts';

// A broker in a process that a script kills, stops and starts again.

const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));
/** A machine with two processors and other work needs a while to start many brokers. */
const readyWithinMs = 120_000;

/** A broker that can be killed. */
export interface MortalBroker {
  readonly id: string;
  readonly installation: string;
  /** Its own address, behind whatever is put in front of it. */
  readonly directUrl: string;
  /** Sends its process a signal. */
  signal(name: NodeJS.Signals): void;
  /** Kills it. What it counted is kept for `counters`. */
  kill(): Promise<void>;
  start(): void;
  /** Resolves once it says, at the address that others use, that it is ready. */
  healthy(): Promise<void>;
  /** What its processes have said of errors. */
  log(): string;
  /** What it has counted over all its lives, by name and labels as Prometheus writes them. */
  counters(): Promise<ReadonlyMap<string, number>>;
}

interface MortalBrokerPlan extends Pick<MortalBroker, 'id' | 'installation' | 'directUrl'> {
  /** The address that others use. */
  readonly url: string;
  readonly configFile: string;
}

/** A broker that does not run yet. */
export function createMortalBroker(plan: MortalBrokerPlan): MortalBroker {
  const { id, url, directUrl, configFile } = plan;
  let child: ChildProcess | null = null;
  /** Everything that its processes said. */
  const complaints: string[] = [];
  const counted = new Map<string, number>();
  const readCounters = async (): Promise<void> => {
    for (const [name, value] of await scrape(directUrl)) {
      counted.set(name, (counted.get(name) ?? 0) + value);
    }
  };
  return {
    id,
    installation: plan.installation,
    directUrl,
    signal(name) {
      child?.kill(name);
    },
    async kill() {
      if (child === null) {
        return;
      }
      const killed = child;
      child = null;
      await readCounters();
      const ended = once(killed, 'exit');
      killed.kill('SIGKILL');
      if (killed.exitCode === null && killed.signalCode === null) {
        await ended;
      }
    },
    start() {
      // The open pipe is how the broker knows that the tests still run; it ends with them, whatever ends them.
      child = spawn(process.execPath, [program, 'serve', '--config', configFile], {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
          SITEWIDE_EXIT_WITH_PARENT: '1',
        },
      });
      child.stdin?.on('error', () => undefined);
      for (const output of [child.stdout, child.stderr]) {
        output?.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
      }
    },
    async healthy() {
      await eventually(async () => {
        const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) }).catch(String);
        const status = typeof response === 'string' ? response : response.status;
        if (typeof response !== 'string') {
          await response.body?.cancel();
        }
        if (status !== 200) {
          const end = child?.exitCode == null ? '' : `, it ended with ${child.exitCode}`;
          throw new Error(`Broker ${id} is not ready: ${status}${end}\n${complaints.join('')}`);
        }
      }, readyWithinMs);
    },
    log: () => complaints.join(''),
    async counters() {
      const now = new Map(counted);
      for (const [name, value] of child === null ? [] : await scrape(directUrl)) {
        now.set(name, (now.get(name) ?? 0) + value);
      }
      return now;
    },
  };
}

/** The counters of a broker; none if it does not answer. */
async function scrape(url: string): Promise<readonly (readonly [string, number])[]> {
  let text: string;
  try {
    const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(500) });
    text = response.ok ? await response.text() : '';
  } catch {
    // It is dead or stopped: then what it counted is lost.
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [, name, value] = /^(sitewide_\w+_total(?:\{.*\})?) (\d+)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, Number(value)] as const];
  });
}
