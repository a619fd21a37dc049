import { isAbsolute, join } from 'node:path';

import { stringify } from 'yaml';

// What a demo consists of: which processes and relays, on which ports, with which configuration. Pure; nothing is started
// here.

/** What the user asked for. */
export interface DemoOptions {
  readonly sites: number;
  /** Simulated ones of each site. */
  readonly installations: number;
  readonly brokers: number;
  readonly vms: number;
  readonly port: number;
  readonly seed: number;
  readonly churn: number;
  /** Sockets or uris of libvirt; each makes an installation of the first site, after the simulated ones. */
  readonly libvirt: readonly string[];
  /** The folder of the brokers' certificates; null or absent: they have none. */
  readonly certificates?: string | null;
}

/** A process of the demo. */
export type PlannedProcess = PlannedBroker | PlannedSimulator;

/** A broker to be started. */
export interface PlannedBroker {
  readonly role: 'broker';
  readonly site: string;
  readonly installation: string;
  readonly broker: string;
  readonly port: number;
  readonly url: string;
  /** The uri of its libvirt; null if its installation is simulated. */
  readonly libvirt: string | null;
  /** The content of its configuration file. */
  readonly config: string;
}

/** A simulator to be started. */
export interface PlannedSimulator {
  readonly role: 'simulator';
  readonly site: string;
  readonly installation: string;
  readonly broker: null;
  readonly port: number;
  readonly url: string;
  readonly args: readonly string[];
}

/** The address under which the brokers of one site know a broker of another one. */
export interface PlannedRelay {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly target: string;
}

/** All parts: the brokers by port, site by site, then the simulators, then the relays. */
export interface DemoPlan {
  /** The ids of the sites. */
  readonly sites: readonly string[];
  readonly brokers: readonly PlannedBroker[];
  readonly simulators: readonly PlannedSimulator[];
  readonly relays: readonly PlannedRelay[];
}

/** An installation with its place. */
interface Place {
  readonly id: string;
  readonly name: string;
  readonly site: string;
  readonly libvirt: string | null;
  readonly brokers: readonly PlaceOfBroker[];
}

interface PlaceOfBroker {
  readonly id: string;
  readonly port: number;
  /** For clients. */
  readonly url: string;
  /** For other brokers: the same without certificates. */
  readonly peersUrl: string;
}

const host = '127.0.0.1';

/** Installations are named by letters. */
export const maximumInstallations = 26;

/** How many installations the options make. */
export function installationCount({ sites, installations, libvirt }: DemoOptions): number {
  return sites * installations + libvirt.length;
}

/**
 * The parts of a demo: brokers on consecutive ports, installation by installation, then simulators, then relays. A site
 * without installations is none.
 */
export function planDemo(options: DemoOptions): DemoPlan {
  const places = placesOf(options);
  const sites = [...new Set(places.map(({ site }) => site))];
  const simulated = places.filter(({ libvirt }) => libvirt === null);
  const ports = places.length * options.brokers * (options.certificates ? 2 : 1);
  const firstSimulatorPort = options.port + ports;
  const simulators = simulated.map((place, at) => planSimulator(place, firstSimulatorPort + at, options));
  const relays = planRelays(places, firstSimulatorPort + simulators.length);
  const brokers = places.flatMap((place) => {
    const url = simulators.find(({ installation }) => installation === place.id)?.url;
    const driver = place.libvirt === null ? { kind: 'simulator', url } : { kind: 'libvirt', uri: place.libvirt };
    const shared = { ...surroundings(place.site, places, relays), installation: place.id, driver };
    const { certificates = null } = options;
    return place.brokers.map((broker) => planBroker(place, broker, { shared, certificates }));
  });
  return { sites, brokers, simulators, relays };
}

/** A libvirt uri: an absolute path is the socket of a session daemon. */
export function libvirtUri(socketOrUri: string): string {
  return isAbsolute(socketOrUri) ? `qemu+unix:///session?socket=${encodeURI(socketOrUri)}` : socketOrUri;
}

function placesOf(options: DemoOptions): readonly Place[] {
  const { sites, installations, brokers, port, libvirt, certificates } = options;
  const entries = range(installations === 0 ? 1 : sites).flatMap((nth) => {
    const site = installations > 0 && sites > 1 ? `demo-${nth + 1}` : 'demo';
    const real = nth === 0 ? libvirt.map(libvirtUri) : [];
    return [...range(installations).map(() => null), ...real].map((uri) => ({ site, libvirt: uri }));
  });
  // Clients come in at the ports that they would without certificates; those for brokers come after all of them.
  const count = entries.length * brokers;
  const scheme = certificates ? 'https' : 'http';
  return entries.map((entry, at) => {
    const id = `demo-${letter(at)}`;
    return {
      ...entry,
      id,
      name: `Demo ${letter(at).toUpperCase()}`,
      brokers: range(brokers).map((nth) => {
        const own = port + at * brokers + nth;
        const peers = certificates ? own + count : own;
        return {
          id: `${id}-${nth + 1}`,
          port: own,
          url: `${scheme}://${host}:${own}`,
          peersUrl: `${scheme}://${host}:${peers}`,
        };
      }),
    };
  });
}

function planSimulator({ id, site }: Place, port: number, { vms, seed, churn }: DemoOptions): PlannedSimulator {
  const settings = { host, port, installation: id, vms, seed, churn };
  const args = ['simulate', ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])];
  return { role: 'simulator', site, installation: id, broker: null, port, url: `http://${host}:${port}`, args };
}

function planBroker(
  { id: installation, site, libvirt }: Place,
  { id: broker, port, url }: PlaceOfBroker,
  { shared, certificates }: { readonly shared: object; readonly certificates: string | null },
): PlannedBroker {
  const own = { broker, timeouts: { drainMs: 2_000 }, ...(certificates && tlsOf(broker, { port, certificates })) };
  const config = stringify({ ...shared, ...own }, { aliasDuplicateObjects: false });
  return { role: 'broker', site, installation, broker, port, url, libvirt, config };
}

/** The files are named by `makeDemoCertificates`. */
function tlsOf(broker: string, { port, certificates }: { readonly port: number; readonly certificates: string }) {
  const file = (name: string): string => join(certificates, name);
  const authority = { authorities: [file('ca.crt')], revoked: [file('revoked.crl')] };
  return { listen: { port }, tls: { certificate: file(`${broker}.crt`), key: file(`${broker}.key`), ...authority } };
}

/** One for each broker and each site that is not its own. */
function planRelays(places: readonly Place[], firstPort: number): readonly PlannedRelay[] {
  const sites = [...new Set(places.map(({ site }) => site))];
  const wanted = sites.flatMap((from) =>
    places
      .filter(({ site }) => site !== from)
      .flatMap(({ site: to, brokers }) => brokers.map(({ peersUrl: target }) => ({ from, to, target }))),
  );
  return wanted.map((relay, at) => ({ ...relay, port: firstPort + at }));
}

/** What a broker is told of its own site, by the brokers' own addresses, and of the others, by the relays'. */
function surroundings(own: string, places: readonly Place[], relays: readonly PlannedRelay[]) {
  const others = [...new Set(places.map(({ site }) => site))].filter((site) => site !== own);
  const relayOf = (url: string): string => {
    const { port } = relays.find(({ from, target }) => from === own && target === url)!;
    return `${new URL(url).protocol}//${host}:${port}`;
  };
  const site = siteEntry(own, places, (url) => url);
  const sites = others.map((other) => siteEntry(other, places, relayOf));
  // A second question for the sake of speed would blur how many are needed, which is what the demo shows.
  return sites.length === 0 ? { site } : { site, federation: { sites, hedging: false } };
}

function siteEntry(id: string, places: readonly Place[], urlFor: (url: string) => string) {
  const installations = places
    .filter(({ site }) => site === id)
    .map((place) => ({
      id: place.id,
      name: place.name,
      brokers: place.brokers.map((broker) => ({ id: broker.id, url: urlFor(broker.peersUrl) })),
    }));
  return { id, name: id.replace('demo', 'Demo').replace('-', ' '), installations };
}

function letter(at: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + at);
}

function range(length: number): number[] {
  return Array.from({ length }, (_, at) => at);
}
