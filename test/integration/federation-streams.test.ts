import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { decodeRevisions } from '../../src/core/revision-vector.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { startPostgres } from '../support/postgres.ts';
import { simulatorConsole } from '../support/simulator.ts';
import { startSites, type TestSites } from '../support/sites.ts';
import { type ReadEvent, readStream, type StreamReader } from '../support/stream-reader.ts';

// Subscriptions on two sites that know each other, with a proxy before each broker of the other one.

const everything = new AsyncDisposableStack();
let sites: TestSites;
/** Before the brokers of oslo, by their ids, as lyon knows them. */
const wan = new Map<string, FaultProxy>();

const layout = { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a', 'oslo-b'] };

beforeAll(async () => {
  const postgres = everything.use(await startPostgres());
  const databases = new Map<string, string>();
  for (const installation of Object.values(layout).flat()) {
    databases.set(installation, await postgres.newDatabase());
  }
  const before = async (url: string): Promise<string> => {
    const proxy = everything.use(await startFaultProxy(url));
    wan.set(url, proxy);
    return proxy.url;
  };
  sites = everything.use(
    await startSites({
      sites: layout,
      vms: 5,
      settings: ({ installation }) => ({ database: { url: databases.get(installation) } }),
      between: (from, { url }) => (from === 'lyon' ? before(url) : Promise.resolve(url)),
    }),
  );
}, 60_000);

afterAll(async () => {
  await everything.disposeAsync();
});

const federation = (site = 'lyon'): string => `${sites.at(site).url}/federation/graphql`;
const filter = (prefix: string): string =>
  `types: [VIRTUAL_MACHINE], filter: { virtualMachine: { name: { startsWith: "${prefix}" } } }`;
const machines = (prefix: string, coverage = ''): string => `subscription ($after: String) ${coverage} {
  inventoryChanged(after: $after, ${filter(prefix)}) { type source node { ... on VirtualMachine { name } } resumeToken }
}`;

const add = async (installation: string, name: string): Promise<void> => {
  await simulatorConsole(sites.simulators[installation]!).add({ name });
};

/** The names of the next machines. */
const names = async (reader: StreamReader<ReadEvent>, count: number): Promise<string[]> => {
  const found: string[] = [];
  while (found.length < count) {
    const { type, node, source } = await reader.change();
    found.push(type === 'ADDED' ? node!.name : `${type} of ${source}`);
  }
  return found;
};

/** The paths of the sockets from lyon to oslo. */
const sockets = (): string[] => [...wan.values()].flatMap(({ webSockets }) => webSockets);

describe('a stream of the federation', () => {
  test('begins with the places of all installations of all sites, and tells what happens at each', async () => {
    await using reader = readStream(federation(), { query: machines('first-') });
    const first = await reader.next();
    expect(first).toMatchObject({ type: 'BOOKMARK', node: null });
    expect(Object.keys(decodeRevisions(first!.resumeToken))).toEqual(['lyon-a', 'lyon-b', 'oslo-a', 'oslo-b']);
    for (const installation of ['lyon-a', 'oslo-b', 'lyon-b', 'oslo-a']) {
      await add(installation, `first-${installation}`);
      const event = await reader.change();
      expect(event).toMatchObject({
        type: 'ADDED',
        source: `installation:${installation}`,
        node: { name: `first-${installation}` },
      });
      expect(Object.keys(event).sort()).toEqual(['node', 'resumeToken', 'source', 'type']);
    }
  });

  test('takes one socket to another site, however many subscribers there are', async () => {
    const readers = Array.from({ length: 120 }, () => readStream(federation(), { query: machines('shared-') }));
    await Promise.all(readers.map((reader) => reader.next()));
    expect(sockets()).toEqual(['/graphql']);
    await add('oslo-b', 'shared-1');
    expect(await Promise.all(readers.map((reader) => names(reader, 1)))).toEqual(readers.map(() => ['shared-1']));
    await Promise.all(readers.map((reader) => reader[Symbol.asyncDispose]()));
  });

  test('goes on at another broker of the site that was lost, without losing or repeating anything', async () => {
    await using reader = readStream(federation(), { query: machines('lost-') });
    await reader.next();
    const wanted: string[] = [];
    for (const round of [1, 2, 3]) {
      for (const proxy of wan.values()) {
        if (proxy.webSockets.length > 0) {
          proxy.setFault({ kind: 'reset' });
          proxy.setFault({ kind: 'none' });
        }
      }
      await add('oslo-a', `lost-a${round}`);
      await add('oslo-b', `lost-b${round}`);
      wanted.push(`lost-a${round}`, `lost-b${round}`);
      expect((await names(reader, 2)).sort()).toEqual([`lost-a${round}`, `lost-b${round}`]);
    }
    expect(sockets()).toEqual(['/graphql']);
  });
});
