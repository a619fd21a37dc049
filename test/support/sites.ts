import { randomUUID } from 'node:crypto';

import { expect } from '@jest/globals';
import { Agent, fetch } from 'undici';

import { type BaseVersion, type Broker, startBroker } from '../../src/commands/broker.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { SiteConfig } from '../../src/config/schema.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { eventually } from '../contract/eventually.ts';
import type { CertificateFiles, TestAuthority } from './certificates.ts';
import { findFreePorts } from './free-ports.ts';
import { createRecordingLogger, type LogLine } from './recording-logger.ts';

// Several sites in this process, over real sockets, all of one federation: quicker to start than the demo, for tests that
// kill nothing. Between sites there may be something that counts or disturbs.

/** A broker that runs. */
export interface SitesBroker {
  readonly site: string;
  readonly installation: string;
  readonly broker: string;
  /** Its own address for clients, whatever other brokers use. */
  readonly url: string;
  /** Where other brokers come in: the same without certificates. */
  readonly peersUrl: string;
  readonly membership: Broker['membership'];
  /** Its certificate; null for none. */
  readonly certificate: CertificateFiles | null;
  readonly authority: Broker['authority'];
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
  /** Trusts the brokers' certificates; for `fetch` of undici. */
  readonly dispatcher: Agent;
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
  /** How often the usage of machines moves, in milliseconds; 0 for never. */
  readonly usageIntervalMs?: number;
  /** Issues certificates for all brokers; without it there are none. */
  readonly authority?: TestAuthority;
  /** Brokers, by id, that speak another version of the base schema. */
  readonly versions?: Readonly<Record<string, BaseVersion>>;
}

/** Starts sites, and waits until every broker is ready and knows of the other sites. */
export async function startSites(options: SitesOptions): Promise<TestSites> {
  const { vms, brokers: perInstallation = 1, usageIntervalMs } = options;
  await using started = new AsyncDisposableStack();
  const sites = await configureSites(options, perInstallation);
  const dispatcher = started.use(trusting(options.authority));
  const simulators: Record<string, string> = {};
  for (const installation of Object.values(options.sites).flat()) {
    const simulator = await startSimulator({
      installation,
      vms,
      port: 0,
      ...(usageIntervalMs !== undefined && { usageIntervalMs }),
    });
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
        const identity = { site: site.id, installation, broker };
        const certificate = (await options.authority?.issue(identity)) ?? null;
        const text = JSON.stringify({
          site,
          federation: { sites: others, hedging: options.hedging ?? false },
          installation,
          broker,
          driver: { kind: 'simulator', url: simulators[installation] },
          timeouts: { drainMs: 100 },
          ...(certificate && settingsOf(certificate, options.authority!)),
          ...options.settings?.({ site: site.id, installation }),
        });
        const config = parseConfig(text, { file: `${broker}.yml` });
        const version = options.versions?.[broker];
        const own = { clock: systemClock, random: Math.random, newId: randomUUID, logger };
        const running = { ...own, ...(version && { version }) };
        const { membership, authority, address } = started.use(await startBroker(config, running));
        const urls = { url: options.authority ? address.url : url, peersUrl: url };
        brokers.push({ ...identity, ...urls, certificate, membership, authority, log: logger.lines });
      }
    }
  }
  await Promise.all(brokers.map(({ url }) => eventually(() => expectReady(url, dispatcher))));
  await eventually(() => expect(brokers.flatMap(lostOf)).toEqual([]));
  const everything = started.move();
  return {
    brokers,
    simulators,
    sites,
    dispatcher,
    at: (site) => brokers.find((broker) => broker.site === site)!,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/** For clients that trust the authority. */
function trusting(authority: TestAuthority | undefined): Agent & AsyncDisposable {
  const agent = new Agent(authority ? { connect: { ca: authority.certificate } } : {});
  return Object.assign(agent, { [Symbol.asyncDispose]: () => agent.destroy() });
}

/** The part of a broker's configuration that has to do with certificates. */
function settingsOf(
  { certificateFile, keyFile }: CertificateFiles,
  { certificateFile: authorityFile, revokedFile }: TestAuthority,
): object {
  const tls = { certificate: certificateFile, key: keyFile, authorities: [authorityFile], revoked: [revokedFile] };
  return { listen: { port: 0 }, tls };
}

async function configureSites(
  { sites, authority }: SitesOptions,
  perInstallation: number,
): Promise<readonly SiteConfig[]> {
  let port = await findFreePorts(Object.values(sites).flat().length * perInstallation);
  return Object.entries(sites).map(([id, installations]) => ({
    id,
    installations: installations.map((installation) => ({
      id: installation,
      brokers: Array.from({ length: perInstallation }, (_, nth) => ({
        id: `${installation}-${nth + 1}`,
        url: `${authority ? 'https' : 'http'}://127.0.0.1:${port++}`,
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

/** The brokers that this one has given up for now: one that starts late is refused a few times, and asked again later. */
function lostOf({ broker, membership }: SitesBroker): readonly string[] {
  return [...membership.current.endpoints.values()]
    .filter(({ isLost }) => isLost)
    .map(({ id }) => `${broker} lost ${id}`);
}

/** What is asked of each broker before a test begins. */
export const readyQuery = '{ sites { id link { state } } virtualMachines(first: 1) { coverage { complete } } }';

/** Ready, and every broker of every other site was reached once. */
async function expectReady(url: string, dispatcher: Agent): Promise<void> {
  const response = await fetch(`${url}/health/ready`, { dispatcher });
  expect(await response.json()).toEqual({ status: 'ready', reasons: [] });
  const answer = await fetch(`${url}/federation/graphql`, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: readyQuery }),
  });
  const { data } = (await answer.json()) as { data: { virtualMachines: { coverage: { complete: boolean } } } };
  expect(data.virtualMachines?.coverage).toEqual({ complete: true });
}
