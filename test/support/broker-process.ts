import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Dispatcher, fetch } from 'undici';

import { eventually } from '../contract/eventually.ts';
import { startPostgres } from './postgres.ts';

// One `sitewide serve` as a process of its own, for tests that measure it from outside.

const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));
/** A loaded machine needs a while to start Node. */
const readyWithinMs = 20_000;

/** A running broker. Disposing it kills it. */
export interface BrokerProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** True as long as it has not ended. */
  readonly isRunning: boolean;
  /** What it has said on stderr so far. */
  readonly complaints: readonly string[];
}

interface SpawnOptions {
  readonly nodeOptions?: readonly string[];
  readonly dispatcher?: Dispatcher;
}

/**
 * Starts a broker and waits until it is ready.
 * @param config Its configuration file's content; JSON is YAML. Without a database it gets one of its own.
 * @param options `nodeOptions` for Node, before the program; a `dispatcher` that trusts its certificate.
 */
export async function spawnBroker(
  url: string,
  config: Readonly<Record<string, unknown>>,
  { nodeOptions = [], dispatcher }: SpawnOptions = {},
): Promise<BrokerProcess> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sitewide-broker-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'broker.yml');
  await writeFile(file, JSON.stringify(config));
  const postgres = config['database'] === undefined ? started.use(await startPostgres()) : null;
  const child = spawn(process.execPath, [...nodeOptions, program, 'serve', '--config', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...(postgres === null ? {} : { DATABASE_URL: await postgres.newDatabase() }) },
  });
  const complaints: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  const exited = once(child, 'exit');
  started.defer(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  await eventually(async () => {
    if (child.exitCode !== null) {
      throw new Error(`The broker ended:\n${complaints.join('')}`);
    }
    const response = await fetch(`${url}/health/ready`, {
      signal: AbortSignal.timeout(1_000),
      ...(dispatcher && { dispatcher }),
    });
    await response.body?.cancel();
    if (response.status !== 200) {
      throw new Error(`The broker is not ready:\n${complaints.join('')}`);
    }
  }, readyWithinMs);
  const everything = started.move();
  return {
    url,
    pid: child.pid!,
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    complaints,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
