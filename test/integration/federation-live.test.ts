import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import type { SourceCoverage } from '../../src/model/coverage.ts';
import { eventually } from '../contract/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { simulatorConsole } from '../support/simulator.ts';
import { startSites, type TestSites } from '../support/sites.ts';
import { readStream } from '../support/stream-reader.ts';

// The live page of two sites that know each other, with a proxy before each broker of the other one.

const everything = new AsyncDisposableStack();
let sites: TestSites;
/** Before the brokers of oslo, as lyon knows them. */
const wan: FaultProxy[] = [];

beforeAll(async () => {
  const before = async (url: string): Promise<string> => {
    const proxy = everything.use(await startFaultProxy(url));
    wan.push(proxy);
    return proxy.url;
  };
  sites = everything.use(
    await startSites({
      sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a', 'oslo-b'] },
      vms: 20,
      between: (from, { url }) => (from === 'lyon' ? before(url) : Promise.resolve(url)),
    }),
  );
}, 60_000);

afterAll(async () => everything.disposeAsync());

let readers = new AsyncDisposableStack();
afterEach(async () => {
  wan.forEach((proxy) => proxy.setFault({ kind: 'none' }));
  await readers.disposeAsync();
  readers = new AsyncDisposableStack();
});

const url = (): string => `${sites.at('lyon').url}/federation/graphql`;

const page = `edges { cursor node { id name cpuCount host { name } } } pageInfo { hasNextPage hasPreviousPage }
  totalCount totalCountRelation coverage { complete sources { id parent status rows } }`;

interface Page {
  readonly edges: readonly { readonly node: { readonly name: string } }[];
  readonly totalCount: number;
  readonly coverage: { readonly complete: boolean; readonly sources: readonly SourceCoverage[] };
}

const ask = async (args: string): Promise<Page> => {
  const body = JSON.stringify({ query: `{ virtualMachines(${args}) { ${page} } }` });
  const response = await fetch(url(), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { data } = (await response.json()) as { data: { virtualMachines: Page } };
  return data.virtualMachines;
};

/** The pages that have been told so far. */
const watch = (args: string): Page[] => {
  const reader = readers.use(
    readStream<Page & { readonly type: string }>(url(), {
      query: `subscription { virtualMachinesLive(${args}) { ${page} } }`,
    }),
  );
  const told: Page[] = [];
  void (async () => {
    for (let next = await reader.next(); next !== null; next = await reader.next()) {
      told.push(next);
    }
  })().catch(() => undefined);
  return told;
};

const statuses = (told: readonly Page[]): string[] | undefined =>
  told.at(-1)?.coverage.sources.map(({ id, status }) => `${id} ${status}`);

const edit = async (installation: string, nth: number, cpuCount: number): Promise<void> => {
  const manager = simulatorConsole(sites.simulators[installation]!);
  const vms = await manager.vms();
  await manager.edit(vms[nth % vms.length]!.localId, { cpuCount });
};

const installations = ['lyon-a', 'lyon-b', 'oslo-a', 'oslo-b'];

describe('a live page of the federation', () => {
  test.each(['first: 7', 'last: 5, orderBy: { field: CPU_COUNT, direction: DESC }', 'first: 200'])(
    'with %s is that of the query',
    async (args) => {
      const told = watch(args);
      const asked = await ask(args);
      expect(asked.coverage.complete).toBe(true);
      await eventually(() => expect(told.at(-1)).toEqual(asked));
    },
  );

  test('names every installation of every site, as the query does', async () => {
    const told = watch('first: 1');
    await eventually(() =>
      expect(statuses(told)).toEqual([...installations.map((one) => `installation:${one} OK`), 'site:oslo OK']),
    );
  });

  test('is that of the query again after a storm of changes at every site', async () => {
    const args = 'first: 15, orderBy: { field: CPU_COUNT, direction: ASC }, filter: { cpuCount: { gte: 2 } }';
    const told = watch(args);
    await eventually(() => expect(told.at(-1)?.coverage.complete).toBe(true));
    for (let round = 0; round < 30; round += 1) {
      await Promise.all(installations.map(async (one, at) => edit(one, round, 1 + ((round * 7 + at) % 13))));
    }
    await simulatorConsole(sites.simulators['oslo-b']!).add({ name: 'aaa', cpuCount: 2 });
    await eventually(async () => {
      const asked = await ask(args);
      expect(JSON.stringify(asked)).toContain('"aaa"');
      expect(told.at(-1)).toEqual(asked);
    });
  });

  test('does not wait for a site that hangs, and keeps one that is cut off as STALE', async () => {
    const told = watch('first: 200');
    await eventually(() => expect(told.at(-1)?.coverage.complete).toBe(true));
    const { edges, totalCount } = told.at(-1)!;
    wan.forEach((proxy) => proxy.setFault({ kind: 'reset' }));
    await eventually(() =>
      expect(statuses(told)?.slice(2)).toEqual([
        'installation:oslo-a STALE',
        'installation:oslo-b STALE',
        'site:oslo STALE',
      ]),
    );
    expect(told.at(-1)).toMatchObject({ edges, totalCount, totalCountRelation: 'AT_LEAST' });
    wan.forEach((proxy) => proxy.setFault({ kind: 'half-open' }));
    const later = watch('first: 200');
    // Its brokers may be known to be away since they were cut off, or be waited for.
    const away = (name: string): unknown => expect.stringMatching(new RegExp(`^${name} (PENDING|UNREACHABLE)$`));
    await eventually(
      () =>
        expect(statuses(later)?.slice(2)).toEqual(
          ['installation:oslo-a', 'installation:oslo-b', 'site:oslo'].map(away),
        ),
      1_000,
    );
    expect(later.at(-1)!.totalCount).toBeLessThan(totalCount);
    wan.forEach((proxy) => proxy.setFault({ kind: 'none' }));
    await eventually(() => expect([told, later].map((one) => one.at(-1)?.coverage.complete)).toEqual([true, true]));
    expect(later.at(-1)).toEqual(told.at(-1));
  }, 30_000);

  test('takes one socket to the other site, however many readers there are', async () => {
    const all = Array.from({ length: 8 }, () => watch('first: 3'));
    await eventually(() => expect(all.every((told) => told.at(-1)?.coverage.complete)).toBe(true));
    expect(wan.flatMap(({ webSockets }) => webSockets)).toEqual(['/graphql']);
  });
});
