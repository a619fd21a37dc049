import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createMortalBroker, type MortalBroker } from './chaos-broker.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { findFreePorts } from './free-ports.ts';
import { startPostgres } from './postgres.ts';
import { spawnSimulator } from './simulator.ts';

// A site whose brokers are processes that a script kills, stops and starts again, each behind a proxy that can spoil its
// traffic. The site knows the proxies only.

/** A broker that can be disturbed. */
export interface ChaosBroker extends MortalBroker {
  readonly proxy: FaultProxy;
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
  const fileOf = (plan: { readonly id: string }): string => join(folder, `${plan.id}.yml`);
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
      const { proxy } = plan;
      const broker = { ...createMortalBroker({ ...plan, url: proxy.url, configFile: fileOf(plan) }), proxy };
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
