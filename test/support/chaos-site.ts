import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { eventually } from '../contract/eventually.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { findFreePorts } from './free-ports.ts';
import { startPostgres } from './postgres.ts';
import { spawnSimulator } from './simulator.ts';

// A site whose brokers are processes that a script kills, stops and starts again, each behind a proxy that can spoil its
// traffic. The site knows the proxies only.

const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));
/** A loaded machine needs a while to start nine brokers. */
const readyWithinMs = 40_000;

/** A broker that can be disturbed. */
export interface ChaosBroker {
  readonly id: string;
  readonly installation: string;
  readonly proxy: FaultProxy;
  /** Its own address, behind the proxy. */
  readonly directUrl: string;
  /** Sends its process a signal. */
  signal(name: NodeJS.Signals): void;
  /** Kills it. What it counted is kept for `counters`. */
  kill(): Promise<void>;
  start(): void;
  /** Resolves once it says through its proxy that it is ready. */
  healthy(): Promise<void>;
  /** What its processes have said of errors. */
  log(): string;
  /** What it has counted over all its lives, by name and labels as Prometheus writes them. */
  counters(): Promise<ReadonlyMap<string, number>>;
}

/** A site to be disturbed. Disposing it ends everything. */
export interface ChaosSite extends AsyncDisposable {
  /** Gives every broker the site under another name, which they put in force while they run. */
  rename(name: string): Promise<void>;
  readonly installations: readonly string[];
  readonly brokers: readonly ChaosBroker[];
  /** The addresses for clients: every broker of the site. */
  readonly endpoints: readonly string[];
  /** The simulated hypervisor manager of each installation, by its id. */
  readonly simulators: ReadonlyMap<string, string>;
  /** The database of each installation, by its id. */
  readonly databases: ReadonlyMap<string, string>;
}

interface ChaosSiteOptions {
  readonly installations: readonly string[];
  /** In front of each installation. */
  readonly brokers: number;
  /** In each installation. */
  readonly vms: number;
  /** How long a change of a machine takes, in milliseconds. */
  readonly actionMs?: number;
}

/** Starts a site and waits until every broker is ready. */
export async function startChaosSite({
  installations,
  brokers: count,
  vms,
  actionMs = 0,
}: ChaosSiteOptions): Promise<ChaosSite> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sitewide-chaos-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const port = await findFreePorts(installations.length * count);
  const plans = await Promise.all(
    installations.flatMap((installation, at) =>
      Array.from({ length: count }, async (_, nth) => {
        const ownPort = port + at * count + nth;
        const directUrl = `http://127.0.0.1:${ownPort}`;
        const proxy = started.use(await startFaultProxy(directUrl));
        return { id: `${installation}-${nth + 1}`, installation, ownPort, directUrl, proxy };
      }),
    ),
  );
  const simulators = new Map(
    await Promise.all(
      installations.map(async (id) => {
        // Nothing moves in there, so that every answer can be foretold.
        const still = ['--churn', '0', '--usage-interval', '0', '--action-time', String(actionMs)];
        const args = ['--installation', id, '--port', '0', '--vms', String(vms), '--seed', String(id.charCodeAt(0))];
        return [id, started.use(await spawnSimulator(...args, ...still)).url] as const;
      }),
    ),
  );
  const site = {
    id: 'chaos',
    installations: installations.map((id) => ({
      id,
      brokers: plans
        .filter(({ installation }) => installation === id)
        .map((plan) => ({ id: plan.id, url: plan.proxy.url })),
    })),
  };
  const postgres = started.use(await startPostgres());
  const databases = new Map<string, string>();
  for (const installation of installations) {
    databases.set(installation, await postgres.newDatabase());
  }
  const fileOf = (plan: BrokerPlan): string => join(folder, `${plan.id}.yml`);
  const configure = async (plan: (typeof plans)[number], name: string): Promise<void> => {
    const config = {
      site: { ...site, name },
      installation: plan.installation,
      broker: plan.id,
      listen: { host: '127.0.0.1', port: plan.ownPort },
      driver: { kind: 'simulator', url: simulators.get(plan.installation) },
      database: { url: databases.get(plan.installation) },
      log: { level: 'error' },
    };
    // Beside and renamed, so that nobody reads half of it.
    await writeFile(`${fileOf(plan)}.new`, JSON.stringify(config));
    await rename(`${fileOf(plan)}.new`, fileOf(plan));
  };
  const brokers = await Promise.all(
    plans.map(async (plan) => {
      await configure(plan, 'Chaos');
      const broker = createBroker(plan, fileOf(plan));
      started.defer(() => broker.kill());
      broker.start();
      return broker;
    }),
  );
  await Promise.all(brokers.map((broker) => broker.healthy()));
  const everything = started.move();
  return {
    installations,
    brokers,
    endpoints: brokers.map(({ proxy }) => `${proxy.url}/graphql`),
    simulators,
    databases,
    async rename(name) {
      await Promise.all(plans.map((plan) => configure(plan, name)));
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

type BrokerPlan = Pick<ChaosBroker, 'id' | 'installation' | 'proxy' | 'directUrl'>;

function createBroker(plan: BrokerPlan, configFile: string): ChaosBroker {
  const { id, proxy, directUrl } = plan;
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
    ...plan,
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
        const response = await fetch(`${proxy.url}/health/ready`, { signal: AbortSignal.timeout(1_000) });
        await response.body?.cancel();
        if (response.status !== 200) {
          throw new Error(`Broker ${id} is not ready: ${response.status}\n${complaints.join('')}`);
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
