import { startFaultProxy, type FaultProxy } from './fault-proxy.ts';
import { startPostgres } from './postgres.ts';
import { simulatorConsole } from './simulator.ts';
import { startSites, type SitesBroker, type TestSites } from './sites.ts';
import type { ReadEvent, StreamReader } from './stream-reader.ts';

// Two sites with databases, as subscriptions need them: lyon, where tests subscribe, and oslo, which lyon knows through a
// proxy before each of its brokers.

/** The two sites. Disposing them ends everything. */
export interface StreamSites extends AsyncDisposable {
  readonly sites: TestSites;
  /** Before each broker of oslo, as lyon knows it. */
  readonly wan: readonly FaultProxy[];
  /** The paths of the web sockets from lyon to oslo that are open. */
  readonly webSockets: () => readonly string[];
  /** The address of the federation tier at the first broker of a site. */
  federation(site?: string): string;
  /** Puts a machine of this name into an installation. */
  add(installation: string, name: string): Promise<void>;
  /** What oslo is for its own brokers, or as lyon knows it: without these installations, or with others. */
  adoptOslo(at: 'lyon' | 'oslo', change: OsloChange): void;
}

/** Which installations there are. */
interface OsloChange {
  readonly without?: readonly string[];
  /** An installation nobody answers for. */
  readonly with?: string;
}

/** Starts the sites. */
export async function startStreamSites(
  layout: Readonly<Record<'lyon' | 'oslo', readonly string[]>>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<StreamSites> {
  await using started = new AsyncDisposableStack();
  const postgres = started.use(await startPostgres());
  const databases = new Map<string, string>();
  for (const installation of Object.values(layout).flat()) {
    databases.set(installation, await postgres.newDatabase());
  }
  const proxies = new Map<string, FaultProxy>();
  const before = async (url: string): Promise<string> => {
    const proxy = proxies.get(url) ?? started.use(await startFaultProxy(url));
    proxies.set(url, proxy);
    return proxy.url;
  };
  const sites = started.use(
    await startSites({
      sites: layout,
      vms: 5,
      // Each move is an event, among those that a test waits for.
      usageIntervalMs: 0,
      settings: ({ installation }) => ({ database: { url: databases.get(installation) }, ...settings }),
      between: (from, { url }) => (from === 'lyon' ? before(url) : Promise.resolve(url)),
    }),
  );
  const everything = started.move();
  return {
    sites,
    wan: [...proxies.values()],
    webSockets: () => [...proxies.values()].flatMap(({ webSockets }) => webSockets),
    federation: (site = 'lyon') => `${sites.at(site).url}/federation/graphql`,
    add: async (installation, name) => {
      await simulatorConsole(sites.simulators[installation]!).add({ name });
    },
    adoptOslo(at, change) {
      for (const { site, installation, membership } of sites.brokers) {
        // A broker is always in its own site.
        if (site === at && !change.without?.includes(installation)) {
          adoptOslo(sites, membership, { at, change, addressOf: (url) => proxies.get(url)?.url ?? url });
        }
      }
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

interface Adopting {
  readonly at: 'lyon' | 'oslo';
  readonly change: OsloChange;
  /** As lyon knows it. */
  readonly addressOf: (url: string) => string;
}

function adoptOslo(
  { sites }: TestSites,
  membership: SitesBroker['membership'],
  { at, change, addressOf }: Adopting,
): void {
  const [lyon, oslo] = [sites.find(({ id }) => id === 'lyon')!, sites.find(({ id }) => id === 'oslo')!];
  const dead = { id: change.with ?? '', brokers: [{ id: `${change.with}-1`, url: 'http://127.0.0.1:1' }] };
  const installations = [
    ...oslo.installations.filter(({ id }) => !change.without?.includes(id)),
    ...(change.with === undefined ? [] : [dead]),
  ];
  if (at === 'oslo') {
    membership.adopt({ site: { ...oslo, installations }, federation: { sites: [lyon], hedging: false } });
    return;
  }
  const known = installations.map((installation) => ({
    ...installation,
    brokers: installation.brokers.map(({ id, url }) => ({ id, url: addressOf(url) })),
  }));
  membership.adopt({ site: lyon, federation: { sites: [{ ...oslo, installations: known }], hedging: false } });
}

/** The subscription to machines whose name begins with this. */
export function machines(prefix: string, coverage = ''): string {
  return `subscription ($after: String) ${coverage} {
    inventoryChanged(after: $after, types: [VIRTUAL_MACHINE], filter: { virtualMachine: { name: { startsWith: "${prefix}" } } }) {
      type source node { ... on VirtualMachine { name } } resumeToken
    }
  }`;
}

/** The names of the next machines that came, or what else came of where. */
export async function namesOf(reader: StreamReader<ReadEvent>, count: number): Promise<string[]> {
  const found: string[] = [];
  while (found.length < count) {
    const { type, node, source } = await reader.change();
    found.push(type === 'ADDED' ? node!.name : `${type} of ${source}`);
  }
  return found;
}
