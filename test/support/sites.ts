import { randomUUID } from 'node:crypto';

import { expect } from '@jest/globals';

import { type BaseVersion, type Broker, startBroker } from '../../src/commands/broker.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { SiteConfig } from '../../src/config/schema.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { eventually } from '../contract/eventually.ts';
import { findFreePorts } from './free-ports.ts';
import { createRecordingLogger, type LogLine } from './recording-logger.ts';

// Several sites in this process, over real sockets, all of one federation: quicker to start than the demo, for tests that
// kill nothing. Between sites there may be something that counts or disturbs.

/** A broker that runs. */
export interface SitesBroker {
  readonly site: string;
  readonly installation: string;
  readonly broker: string;
  /** Its own address, whatever others use. */
  readonly url: string;
  readonly membership: Broker['membership'];
  /** What it has logged so far, at every level. */
  readonly log: readonly LogLine[];
}

/** Sites that run. Disposing them ends everything. */
export interface TestSites extends AsyncDisposable {
  /** Site by site and installation by installation. */
  readonly brokers: readonly SitesBroker[];
  /** The address of each installation's simulator, by its id. */
  readonly simulators: Readonly<Record<string, string>>;
  /** The configuration of each site with its brokers' own addresses. */
  readonly sites: readonly SiteConfig[];
  /** The first broker of a site. */
  at(site: string): SitesBroker;
}

interface SitesOptions {
  /** The ids of the installations of each site; no id occurs twice. */
  readonly sites: Readonly<Record<string, readonly string[]>>;
  /** Virtual machines of each installation. */
  readonly vms: number;
  /** Brokers of each installation. */
  readonly brokers?: number;
  /** The address by which the brokers of one site know a broker of another one; its own by default. */
  readonly between?: (from: string, broker: { readonly site: string; readonly url: string }) => Promise<string>;
  /** Added to the configuration of each broker. */
  readonly settings?: (broker: {
    readonly site: string;
    readonly installation: string;
  }) => Readonly<Record<string, unknown>>;
  readonly hedging?: boolean;
  /** Brokers, by id, that speak another version of the base schema. */
  readonly versions?: Readonly<Record<string, BaseVersion>>;
}

/** Starts sites, and waits until every broker is ready and knows of the other sites. */
export async function startSites(options: SitesOptions): Promise<TestSites> {
  const { vms, brokers: perInstallation = 1 } = options;
  await using started = new AsyncDisposableStack();
  const sites = await configureSites(options.sites, perInstallation);
  const simulators: Record<string, string> = {};
  for (const installation of Object.values(options.sites).flat()) {
    const simulator = await startSimulator({ installation, vms, port: 0 });
    started.defer(() => simulator.close());
    simulators[installation] = simulator.url;
  }
  const brokers: SitesBroker[] = [];
  for (const site of sites) {
    const others = await Promise.all(
      sites.filter((other) => other !== site).map((other) => seenFrom(site, other, options)),
    );
    for (const { id: installation, brokers: members } of site.installations) {
      for (const { id: broker, url } of members) {
        const logger = createRecordingLogger();
        const text = JSON.stringify({
          site,
          federation: { sites: others, hedging: options.hedging ?? false },
          installation,
          broker,
          driver: { kind: 'simulator', url: simulators[installation] },
          timeouts: { drainMs: 100 },
          ...options.settings?.({ site: site.id, installation }),
        });
        const config = parseConfig(text, { file: `${broker}.yml` });
        const version = options.versions?.[broker];
        const own = { clock: systemClock, random: Math.random, newId: randomUUID, logger };
        const running = { ...own, ...(version && { version }) };
        const { membership } = started.use(await startBroker(config, running));
        brokers.push({ site: site.id, installation, broker, url, membership, log: logger.lines });
      }
    }
  }
  await Promise.all(brokers.map(({ url }) => eventually(() => expectReady(url))));
  const everything = started.move();
  return {
    brokers,
    simulators,
    sites,
    at: (site) => brokers.find((broker) => broker.site === site)!,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

async function configureSites(sites: SitesOptions['sites'], perInstallation: number): Promise<readonly SiteConfig[]> {
  let port = await findFreePorts(Object.values(sites).flat().length * perInstallation);
  return Object.entries(sites).map(([id, installations]) => ({
    id,
    installations: installations.map((installation) => ({
      id: installation,
      brokers: Array.from({ length: perInstallation }, (_, nth) => ({
        id: `${installation}-${nth + 1}`,
        url: `http://127.0.0.1:${port++}`,
      })),
    })),
  }));
}

/** A site as the brokers of another one know it. */
async function seenFrom(from: SiteConfig, site: SiteConfig, { between }: SitesOptions): Promise<SiteConfig> {
  const address = async (url: string): Promise<string> => (between ? between(from.id, { site: site.id, url }) : url);
  const installations = await Promise.all(
    site.installations.map(async (installation) => ({
      ...installation,
      brokers: await Promise.all(installation.brokers.map(async ({ id, url }) => ({ id, url: await address(url) }))),
    })),
  );
  return { ...site, installations };
}

/** What is asked of each broker before a test begins. */
export const readyQuery = '{ sites { id link { state } } virtualMachines(first: 1) { coverage { complete } } }';

/** Ready, and every broker of every other site was reached once. */
async function expectReady(url: string): Promise<void> {
  const response = await fetch(`${url}/health/ready`);
  expect(await response.json()).toEqual({ status: 'ready', reasons: [] });
  const answer = await fetch(`${url}/federation/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: readyQuery }),
  });
  const { data } = (await answer.json()) as { data: { virtualMachines: { coverage: { complete: boolean } } } };
  expect(data.virtualMachines?.coverage).toEqual({ complete: true });
}
