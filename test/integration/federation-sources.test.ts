import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { ask, query } from '../support/graphql.ts';
import { startSites, type TestSites } from '../support/sites.ts';

// Choosing where to ask, at a broker of lyon: by `@coverage(sources:)`, by filters, and by ids.

let sites: TestSites;

beforeAll(async () => {
  sites = await startSites({
    sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a', 'oslo-b'], york: ['york-a'] },
    vms: 4,
  });
}, 60_000);

afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
});

const lyon = (path = '/federation/graphql'): string => `${sites.at('lyon').url}${path}`;

interface Found {
  readonly totalCount: number;
  readonly nodes: readonly { readonly id: string; readonly installation: { readonly localId: string } }[];
  readonly coverage: {
    readonly complete: boolean;
    readonly sources: readonly { id: string; status: string; message: string | null }[];
  };
}

const list = `virtualMachines(first: 100, filter: $filter) {
  totalCount nodes { id installation { localId } } coverage { complete sources { id status message } }
}`;

async function listOf(filter: object, directive = ''): Promise<Found> {
  const text = `query L($filter: VirtualMachineFilter) ${directive} { ${list} }`;
  const { virtualMachines } = await ask<{ virtualMachines: Found }>(lyon(), text, { filter });
  return virtualMachines;
}

const only = (...names: readonly string[]): string => `@coverage(sources: ${JSON.stringify(names)})`;

/** The installations asked, which are those whose rows are there. */
function askedOf({ nodes, coverage, totalCount }: Found): string {
  const asked = coverage.sources.filter(({ id, status }) => id.startsWith('installation:') && status === 'OK');
  const names = asked.map(({ id }) => id.slice('installation:'.length)).sort();
  expect(new Set(nodes.map(({ installation }) => installation.localId))).toEqual(new Set(names));
  expect(totalCount).toBe(4 * names.length);
  expect(coverage.complete).toBe(true);
  return names.join(' ');
}

describe('@coverage(sources:)', () => {
  test.each([
    [['site:lyon'], 'lyon-a lyon-b'],
    [['site:oslo'], 'oslo-a oslo-b'],
    [['installation:oslo-b'], 'oslo-b'],
    [['installation:lyon-b', 'site:york'], 'lyon-b york-a'],
    [['installation:oslo-a', 'installation:oslo-b', 'installation:york-a'], 'oslo-a oslo-b york-a'],
    [['site:oslo', 'installation:oslo-a', 'site:lyon'], 'lyon-a lyon-b oslo-a oslo-b'],
  ])('%j asks %s', async (names, asked) => {
    expect(askedOf(await listOf({}, only(...names)))).toBe(asked);
  });

  test.each(['site:rome', 'installation:rome-a', 'oslo'])('refuses %s and names what there is', async (name) => {
    const { errors } = await query(lyon(), `query L ${only('site:oslo', name)} { hosts { totalCount } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'UNKNOWN_SOURCE' } }]);
    expect(errors[0]!.message).toBe(
      `"${name}" is not a source of the federation; its sources are site:lyon, site:oslo, site:york, ` +
        'installation:lyon-a, installation:lyon-b, installation:oslo-a, installation:oslo-b, installation:york-a.',
    );
  });

  test('of another site is refused where only the own site is asked', async () => {
    const { errors } = await query(lyon('/graphql'), `query L ${only('site:oslo')} { hosts { totalCount } }`);
    expect(errors).toMatchObject([
      { message: expect.stringContaining('site "lyon"'), extensions: { code: 'UNKNOWN_SOURCE' } },
    ]);
  });

  test('leaves look-ups at other sources unanswered by name', async () => {
    const { nodes } = await listOf({ site: { in: ['oslo', 'york'] } });
    const ids = ['oslo-a', 'york-a'].map((name) => nodes.find(({ installation }) => installation.localId === name)!.id);
    const text = `query N($ids: [ID!]!) ${only('installation:york-a')} { nodes(ids: $ids) { id } }`;
    const { data, errors } = await query<{ nodes: unknown }>(lyon(), text, { ids });
    expect(data).toEqual({ nodes: [null, { id: ids[1] }] });
    expect(errors).toMatchObject([{ path: ['nodes', 0], extensions: { code: 'SOURCE_FAILED' } }]);
  });

  test('makes a complete answer of what is asked for, also where all is required', async () => {
    const directive = '@coverage(require: ALL, sources: ["installation:oslo-a"])';
    expect(askedOf(await listOf({}, directive))).toBe('oslo-a');
  });
});

describe('a filter', () => {
  test('on sites, installations and ids asks only where something can meet it', async () => {
    const { nodes } = await listOf({});
    const idsAt = (...names: readonly string[]) =>
      nodes.filter(({ installation }) => names.includes(installation.localId)).map(({ id }) => id);
    expect(askedOf(await listOf({ site: { in: ['lyon', 'york'] } }))).toBe('lyon-a lyon-b york-a');
    expect(askedOf(await listOf({ not: { site: { eq: 'oslo' } } }))).toBe('lyon-a lyon-b york-a');
    expect(askedOf(await listOf({ or: [{ site: { eq: 'york' } }, { installation: { eq: 'oslo-a' } }] }))).toBe(
      'oslo-a york-a',
    );
    expect(askedOf(await listOf({ id: { in: idsAt('oslo-b', 'lyon-a') } }))).toBe('lyon-a oslo-b');
    expect(askedOf(await listOf({ and: [{ id: { in: nodes.map(({ id }) => id) } }, { site: { eq: 'york' } }] }))).toBe(
      'york-a',
    );
  });

  test('and @coverage(sources:) hold together, and each is named as the reason', async () => {
    const found = await listOf({ site: { eq: 'oslo' } }, only('site:oslo', 'site:york'));
    expect(askedOf(found)).toBe('oslo-a oslo-b');
    const reasons = Object.fromEntries(found.coverage.sources.map(({ id, message }) => [id, message]));
    expect(reasons).toMatchObject({
      'installation:lyon-a': 'it is not among the sources asked for',
      'site:york': 'the filter rules it out',
      'installation:york-a': 'the filter rules it out',
    });
  });

  test('that nothing can meet is answered with nothing, by one source', async () => {
    const found = await listOf({ site: { eq: 'rome' } });
    expect(found).toMatchObject({ totalCount: 0, coverage: { complete: true } });
    expect(found.coverage.sources.filter(({ status }) => status !== 'SKIPPED')).toHaveLength(1);
  });

  test('groups what it finds by site', async () => {
    const { virtualMachineSummary } = await ask<{ virtualMachineSummary: unknown }>(
      lyon(),
      '{ virtualMachineSummary(groupBy: [{ field: SITE }]) { facets { buckets { key count } } } }',
    );
    const buckets = [
      { key: 'lyon', count: 8 },
      { key: 'oslo', count: 8 },
      { key: 'york', count: 4 },
    ];
    expect(virtualMachineSummary).toEqual({ facets: [{ buckets }] });
  });
});
