import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { ask } from '../support/graphql.ts';
import { startSites, type TestSites } from '../support/sites.ts';

// Two sites that know each other: any broker answers for both, with one request to the other.

let sites: TestSites;

beforeAll(async () => {
  sites = await startSites({ sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a', 'oslo-b'] }, vms: 20 });
}, 60_000);

afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
});

interface Page {
  readonly virtualMachines: {
    readonly totalCount: number;
    readonly totalCountRelation: string;
    readonly nodes: readonly { readonly id: string; readonly name: string }[];
    readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
    readonly coverage: {
      readonly complete: boolean;
      readonly sources: readonly { readonly id: string; readonly tier: string; readonly parent: string | null }[];
    };
  };
}

const page = `query Page($first: Int, $after: String, $filter: VirtualMachineFilter) {
  virtualMachines(first: $first, after: $after, filter: $filter) {
    totalCount totalCountRelation
    nodes { id name }
    pageInfo { endCursor hasNextPage }
    coverage { complete sources { id tier parent status message endpoint attempts rows } }
  }
}`;

const federation = (site: string): string => `${sites.at(site).url}/federation/graphql`;

describe('the federation tier', () => {
  test('answers for all installations of all sites, and says what each site and each installation gave', async () => {
    for (const site of ['lyon', 'oslo']) {
      const other = site === 'lyon' ? 'oslo' : 'lyon';
      const { virtualMachines } = await ask<Page>(federation(site), page, { first: 100 });
      expect(virtualMachines.totalCount).toBe(80);
      expect(virtualMachines.totalCountRelation).toBe('EQUAL');
      expect(virtualMachines.nodes).toHaveLength(80);
      expect(virtualMachines.coverage).toMatchObject({ complete: true });
      expect(virtualMachines.coverage.sources.map(({ id, tier, parent }) => [id, tier, parent])).toEqual([
        ['installation:lyon-a', 'INSTALLATION', 'site:lyon'],
        ['installation:lyon-b', 'INSTALLATION', 'site:lyon'],
        ['installation:oslo-a', 'INSTALLATION', 'site:oslo'],
        ['installation:oslo-b', 'INSTALLATION', 'site:oslo'],
        [`site:${other}`, 'SITE', null],
      ]);
    }
  });

  test('pages through all sites and sees each machine once', async () => {
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const { virtualMachines }: Page = await ask<Page>(federation('lyon'), page, { first: 7, after });
      expect(virtualMachines.coverage.complete).toBe(true);
      seen.push(...virtualMachines.nodes.map(({ id }) => id));
      after = virtualMachines.pageInfo.endCursor;
      if (!virtualMachines.pageInfo.hasNextPage) break;
    }
    expect(new Set(seen).size).toBe(80);
    expect(seen).toHaveLength(80);
  });

  test('asks a site for one of its installations only if that is all that is wanted', async () => {
    const text = page.replace(')', ') @coverage(sources: ["installation:oslo-b"])');
    const { virtualMachines } = await ask<Page>(federation('lyon'), text, { first: 100 });
    expect(virtualMachines.totalCount).toBe(20);
    expect(statusesOf(virtualMachines.coverage.sources)).toEqual({
      'installation:lyon-a': 'SKIPPED',
      'installation:lyon-b': 'SKIPPED',
      'installation:oslo-a': 'SKIPPED',
      'installation:oslo-b': 'OK',
      'site:oslo': 'OK',
    });
  });

  test('leaves out what a filter on installations rules out', async () => {
    const { virtualMachines } = await ask<Page>(federation('lyon'), page, {
      first: 100,
      filter: { installation: { eq: 'lyon-b' } },
    });
    expect(virtualMachines.totalCount).toBe(20);
    expect(statusesOf(virtualMachines.coverage.sources)).toEqual({
      'installation:lyon-a': 'SKIPPED',
      'installation:lyon-b': 'OK',
      'installation:oslo-a': 'SKIPPED',
      'installation:oslo-b': 'SKIPPED',
      'site:oslo': 'SKIPPED',
    });
  });

  test('looks machines up wherever they are', async () => {
    const { virtualMachines } = await ask<Page>(federation('oslo'), page, { first: 80 });
    const ids = virtualMachines.nodes.map(({ id }) => id).reverse();
    const { nodes } = await ask<{ nodes: readonly { id: string }[] }>(
      federation('lyon'),
      'query Look($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      { ids },
    );
    expect(nodes.map(({ id }) => id)).toEqual(ids);
  });

  test('shows the sites with the link to each other one', async () => {
    const { sites: views } = await ask<{ sites: readonly unknown[] }>(
      federation('oslo'),
      '{ sites { id link { state } installations { localId site brokers { id state } } } }',
    );
    expect(views).toEqual([
      expect.objectContaining({ id: 'oslo', link: null }),
      {
        id: 'lyon',
        link: { state: 'UP' },
        installations: ['lyon-a', 'lyon-b'].map((localId) => ({
          localId,
          site: 'lyon',
          brokers: [{ id: `${localId}-1`, state: 'UP' }],
        })),
      },
    ]);
  });
});

function statusesOf(sources: readonly { readonly id: string }[]): Readonly<Record<string, string>> {
  return Object.fromEntries(sources.map((source) => [source.id, (source as { status?: string }).status ?? '']));
}
