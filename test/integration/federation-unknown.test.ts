import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import type { SiteConfig } from '../../src/config/schema.ts';
import { encodeId } from '../../src/core/ids.ts';
import { ask, query } from '../support/graphql.ts';
import { startSites, type TestSites } from '../support/sites.ts';
import { readStream } from '../support/stream-reader.ts';

// Sites whose configurations differ: one has an installation that another one has not heard of, or one that is somewhere
// else as well.

let sites: TestSites;

beforeAll(async () => {
  sites = await startSites({
    sites: { lyon: ['lyon-a'], oslo: ['oslo-a', 'oslo-b'], york: ['york-a', 'york-b'] },
    vms: 5,
  });
}, 60_000);

beforeEach(() => {
  configure('lyon', {});
  configure('oslo', {});
});

afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
});

const siteOf = (id: string): SiteConfig => sites.sites.find((site) => site.id === id)!;
const only = (site: string, ...installations: readonly string[]): SiteConfig => ({
  ...siteOf(site),
  installations: sites.sites.flatMap((one) => one.installations).filter(({ id }) => installations.includes(id)),
});

/** Puts a topology in force at all brokers of a site; what is not said is as it was at the start. */
function configure(at: string, given: Readonly<Record<string, SiteConfig>>): void {
  const others = sites.sites.filter(({ id }) => id !== at).map((site) => given[site.id] ?? site);
  for (const { site, membership } of sites.brokers) {
    if (site === at) membership.adopt({ site: given[at] ?? siteOf(at), federation: { sites: others, hedging: false } });
  }
}

interface Found {
  readonly totalCount: number;
  readonly coverage: {
    readonly complete: boolean;
    readonly sources: readonly { id: string; parent: string | null; status: string; message: string | null }[];
  };
}

const lyon = (): string => `${sites.at('lyon').url}/federation/graphql`;

async function list(filter: object = {}): Promise<Found> {
  const { virtualMachines } = await ask<{ virtualMachines: Found }>(
    lyon(),
    `query L($filter: VirtualMachineFilter) {
      virtualMachines(first: 100, filter: $filter) { totalCount coverage { complete sources { id parent status message } } }
    }`,
    { filter },
  );
  return virtualMachines;
}

const statusesOf = ({ coverage }: Found) =>
  Object.fromEntries(coverage.sources.map(({ id, parent, status }) => [`${parent ?? ''} ${id}`, status]));
const look = 'query N($id: ID!) { node(id: $id) { id } }';
const hostOf = (installation: string): string =>
  encodeId({ type: 'Installation', installation, localId: installation });

test('an installation that only its own site knows is looked up there, once that site has named it', async () => {
  configure('lyon', { oslo: only('oslo', 'oslo-a') });
  const id = hostOf('oslo-b');
  expect((await query(lyon(), look, { id })).errors).toMatchObject([{ extensions: { code: 'UNKNOWN_INSTALLATION' } }]);
  expect(await list()).toMatchObject({ totalCount: 25, coverage: { complete: true } });
  expect(await ask(lyon(), look, { id })).toEqual({ node: { id } });
  expect((await list({ installation: { eq: 'oslo-b' } })).totalCount).toBe(5);
  const { virtualMachines } = await ask<{ virtualMachines: Found }>(
    lyon(),
    'query Q @coverage(sources: ["installation:oslo-b"]) { virtualMachines(first: 100) { totalCount } }',
  );
  expect(virtualMachines.totalCount).toBe(5);
  configure('lyon', { oslo: only('oslo', 'oslo-a') });
  expect((await query(lyon(), look, { id })).errors).toMatchObject([{ extensions: { code: 'UNKNOWN_INSTALLATION' } }]);
});

test('a filter finds an installation that nobody has named yet', async () => {
  configure('lyon', { oslo: only('oslo', 'oslo-a') });
  expect((await list({ installation: { eq: 'oslo-b' } })).totalCount).toBe(5);
  expect((await list({ installation: { eq: 'oslo-a' } })).coverage.sources).toEqual(
    expect.arrayContaining([expect.objectContaining({ id: 'site:york', status: 'SKIPPED' })]),
  );
});

test('a site that has what is configured elsewhere is refused by name, and then asked for the rest', async () => {
  configure('oslo', { oslo: only('oslo', 'oslo-a', 'oslo-b', 'york-a'), york: only('york', 'york-b') });
  const first = await list();
  expect(first).toMatchObject({ totalCount: 15, coverage: { complete: false } });
  expect(first.coverage.sources.find(({ id }) => id === 'site:oslo')).toMatchObject({
    status: 'ERROR',
    message: expect.stringMatching(/^DUPLICATE_INSTALLATION: .*"york-a".*site:oslo and site:york/),
  });
  const second = await list();
  expect(second).toMatchObject({ totalCount: 25, coverage: { complete: false } });
  expect(statusesOf(second)).toEqual({
    'site:lyon installation:lyon-a': 'OK',
    'site:oslo installation:oslo-a': 'OK',
    'site:oslo installation:oslo-b': 'OK',
    'site:oslo installation:york-a': 'ERROR',
    'site:york installation:york-a': 'OK',
    'site:york installation:york-b': 'OK',
    ' site:oslo': 'OK',
    ' site:york': 'OK',
  });
  expect(await ask(lyon(), look, { id: hostOf('york-a') })).toEqual({ node: { id: hostOf('york-a') } });
  expect(await liveOnceAll()).toMatchObject({ totalCount: 25, coverage: { complete: false } });
  configure('oslo', {});
  configure('lyon', {});
  expect(await list()).toMatchObject({ totalCount: 25, coverage: { complete: true } });
});

/** The live page of all machines, once no source is waited for any more. */
async function liveOnceAll(): Promise<Found> {
  await using reader = readStream<Found & { readonly type: string }>(lyon(), {
    query: `subscription {
      virtualMachinesLive(first: 100) { totalCount coverage { complete sources { id parent status message } } }
    }`,
  });
  for (;;) {
    const page = await reader.next();
    if (page === null) throw new Error('The live page has ended.');
    if (page.coverage.sources.every(({ status }) => status !== 'PENDING')) return page;
  }
}

test('of two sites that name the same unknown installation neither is believed', async () => {
  configure('oslo', { oslo: only('oslo', 'oslo-a', 'oslo-b', 'york-a'), york: only('york', 'york-b') });
  configure('lyon', { york: only('york', 'york-b') });
  expect(await list()).toMatchObject({ totalCount: 5, coverage: { complete: false } });
  const second = await list();
  expect(second).toMatchObject({ totalCount: 20, coverage: { complete: false } });
  expect(statusesOf(second)).toMatchObject({
    'site:oslo installation:york-a': 'ERROR',
    'site:york installation:york-a': 'ERROR',
  });
  const { errors } = await query(lyon(), look, { id: hostOf('york-a') });
  expect(errors).toMatchObject([{ extensions: { code: 'DUPLICATE_INSTALLATION' } }]);
});
