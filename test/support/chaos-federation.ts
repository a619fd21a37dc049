import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { WanFault } from '../../src/commands/wan/connection.ts';
import { preciseClock } from '../../src/commands/wan/precise-clock.ts';
import { createWan, type Wan, type WanShape } from '../../src/commands/wan/wan.ts';
import type { SiteConfig } from '../../src/config/schema.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { createMortalBroker, type MortalBroker } from './chaos-broker.ts';
import { findFreePorts } from './free-ports.ts';
import { startPostgres } from './postgres.ts';

// Sites whose brokers are processes, with a network between the sites that can be slow, cut, silent or half open. Within a
// site nothing is disturbed but the brokers themselves.

/** A broker of one of the sites. */
export interface FederationBroker extends MortalBroker {
  readonly site: string;
}

/** Sites to be disturbed. Disposing ends everything. */
export interface ChaosFederation extends AsyncDisposable {
  readonly sites: readonly string[];
  readonly installations: readonly string[];
  readonly brokers: readonly FederationBroker[];
  /** The simulated hypervisor manager of each installation, by its id. */
  readonly simulators: ReadonlyMap<string, string>;
  /** The database of each installation, by its id. */
  readonly databases: ReadonlyMap<string, string>;
  readonly wan: Wan;
  /** The installations of a site. */
  installationsOf(site: string): readonly string[];
  /** The addresses for clients of all sites: every broker of this one. */
  endpointsOf(site: string): readonly string[];
  /** Spoils the link between two sites, whichever of them asks. */
  spoilLink(one: string, other: string, fault: WanFault): void;
}

interface ChaosFederationOptions {
  readonly sites: number;
  /** At each site. */
  readonly installations: number;
  /** In front of each installation. */
  readonly brokers: number;
  /** In each installation. */
  readonly vms: number;
  readonly shape: WanShape;
}

/** Starts the sites and waits until every broker is ready. */
export async function startChaosFederation(options: ChaosFederationOptions): Promise<ChaosFederation> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sitewide-chaos-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const wan = started.use(createWan({ shape: options.shape, clock: preciseClock, random: Math.random }));
  const sites = await planSites(options);
  const postgres = started.use(await startPostgres());
  const simulators = new Map<string, string>();
  const databases = new Map<string, string>();
  for (const [at, { id }] of sites.flatMap((site) => site.installations).entries()) {
    // Nothing moves in there, so that every answer can be foretold.
    const simulator = await startSimulator({
      installation: id,
      vms: options.vms,
      seed: at + 1,
      port: 0,
      usageIntervalMs: 0,
    });
    started.defer(() => simulator.close());
    simulators.set(id, simulator.url);
    databases.set(id, await postgres.newDatabase());
  }
  const brokers: FederationBroker[] = [];
  for (const site of sites) {
    const others = await Promise.all(sites.filter((one) => one !== site).map((one) => seenFrom(site, one, wan)));
    for (const { id: installation, brokers: members } of site.installations) {
      for (const { id, url: directUrl } of members) {
        const configFile = join(folder, `${id}.yml`);
        const config = {
          site,
          federation: { sites: others },
          ...{ installation, broker: id, log: { level: 'error' } },
          driver: { kind: 'simulator', url: simulators.get(installation) },
          database: { url: databases.get(installation) },
        };
        await writeFile(configFile, JSON.stringify(config));
        const broker = createMortalBroker({ id, installation, directUrl, url: directUrl, configFile });
        started.defer(() => broker.kill());
        brokers.push({ ...broker, site: site.id });
      }
    }
  }
  brokers.forEach((broker) => broker.start());
  await Promise.all(brokers.map((broker) => broker.healthy()));
  const everything = started.move();
  return {
    sites: sites.map(({ id }) => id),
    installations: [...simulators.keys()],
    brokers,
    simulators,
    databases,
    wan,
    installationsOf: (site) => sites.find(({ id }) => id === site)!.installations.map(({ id }) => id),
    endpointsOf: (site) =>
      brokers.filter((broker) => broker.site === site).map(({ directUrl }) => `${directUrl}/federation/graphql`),
    spoilLink(one, other, fault) {
      wan.setFault({ from: one, to: other }, fault);
      wan.setFault({ from: other, to: one }, fault);
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

async function planSites({ sites, installations, brokers }: ChaosFederationOptions): Promise<readonly SiteConfig[]> {
  let port = await findFreePorts(sites * installations * brokers);
  const range = (length: number): readonly number[] => Array.from({ length }, (_, at) => at + 1);
  return range(sites).map((site) => ({
    id: `s${site}`,
    installations: range(installations).map((installation) => ({
      id: `s${site}-${installation}`,
      brokers: range(brokers).map((broker) => ({
        id: `s${site}-${installation}-${broker}`,
        url: `http://127.0.0.1:${port++}`,
      })),
    })),
  }));
}

/** A site as the brokers of another one know it: each of its brokers by a relay of theirs. */
async function seenFrom(from: SiteConfig, { id, installations }: SiteConfig, wan: Wan): Promise<SiteConfig> {
  return {
    id,
    installations: await Promise.all(
      installations.map(async (installation) => ({
        ...installation,
        brokers: await Promise.all(
          installation.brokers.map(async (broker) => ({
            ...broker,
            url: (await wan.relay({ from: from.id, to: id }, broker.url)).url,
          })),
        ),
      })),
    ),
  };
}
