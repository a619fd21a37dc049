import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import type { Binding } from '../../src/auth/roles.ts';
import { eventually } from '../contract/eventually.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { startSites, type TestSites } from '../support/sites.ts';
import { readStream } from '../support/stream-reader.ts';

// Roles over two sites and three installations, each of which decides for itself. Whoever asks is anonymous everywhere.

let postgres: TestPostgres;
let sites: TestSites;

beforeAll(async () => {
  postgres = await startPostgres();
  const databases: Record<string, string> = {};
  for (const installation of ['lyon-a', 'lyon-b', 'oslo-a']) {
    databases[installation] = await postgres.newDatabase();
  }
  sites = await startSites({
    sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a'] },
    vms: 60,
    settings: ({ installation }) => ({ database: { url: databases[installation] } }),
  });
}, 60_000);
afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
  await postgres?.[Symbol.asyncDispose]();
});

function viewer(labels: string | null): Binding {
  const everywhere = { fromSites: null, sites: null, installations: null };
  return { role: 'viewer', subjects: ['anonymous'], groups: [], ...everywhere, labels };
}

/** Gives the anonymous these bindings at an installation. */
function give(installation: string, ...bindings: readonly Binding[]): void {
  const other = { ...viewer(null), role: 'admin', subjects: ['root'] };
  for (const broker of sites.brokers) {
    if (broker.installation === installation) broker.authority.adopt({ roles: {}, bindings: [other, ...bindings] });
  }
}

beforeEach(() => {
  give('lyon-a', viewer('env=prod'));
  give('lyon-b');
  give('oslo-a', viewer(null));
});

interface Answer {
  readonly data: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- each test knows its answer
  readonly errors?: readonly { readonly extensions: Readonly<Record<string, unknown>> }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

async function ask(url: string, query: string): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as Answer;
}

const at = (installation: string): string => sites.brokers.find((one) => one.installation === installation)!.url;
const codesOf = ({ errors = [] }: Answer): unknown[] => errors.map(({ extensions }) => extensions['code']);

const list = `{ virtualMachines(first: 500) {
    totalCount nodes { id installation { id: localId } labels { key value } host { id } }
    coverage { complete sources { id status rows } }
  }
  virtualMachineSummary(groupBy: [{ field: INSTALLATION }, { field: LABEL, label: "env" }, { field: HOST }]) {
    count facets { buckets { key count } } coverage { sources { id status } }
  }
  hosts { nodes { name } } }`;

interface Node {
  readonly id: string;
  readonly installation: { readonly id: string };
  readonly labels: readonly { readonly key: string; readonly value: string }[];
  readonly host: { readonly id: string } | null;
}

describe('roles over several installations', () => {
  test.each(['lyon-a', 'lyon-b'])('%s: a site answers with what each installation lets be seen', async (asked) => {
    const { data } = await ask(`${at(asked)}/graphql`, list);
    const { nodes, totalCount, coverage } = data['virtualMachines'];
    expect(coverage).toEqual({
      complete: false,
      sources: [
        { id: 'installation:lyon-a', status: 'OK', rows: totalCount },
        { id: 'installation:lyon-b', status: 'FORBIDDEN', rows: null },
      ],
    });
    expect(totalCount).toBeGreaterThan(0);
    expect(nodes).toHaveLength(totalCount);
    for (const { installation, labels, host } of nodes as readonly Node[]) {
      expect([installation.id, host]).toEqual(['lyon-a', null]);
      expect(labels).toContainEqual({ key: 'env', value: 'prod' });
    }
    const { count, facets } = data['virtualMachineSummary'];
    expect(count).toBe(totalCount);
    expect(facets.map(({ buckets }: { buckets: unknown }) => buckets)).toEqual([
      [{ key: 'lyon-a', count }],
      [{ key: 'prod', count }],
      [{ key: null, count }],
    ]);
    expect(data['hosts']).toEqual({ nodes: [] });
  });

  test('a federation adds what another site lets be seen', async () => {
    const { data } = await ask(`${at('lyon-b')}/federation/graphql`, list);
    const { nodes, coverage } = data['virtualMachines'];
    expect(new Set((nodes as Node[]).map(({ installation }) => installation.id))).toEqual(
      new Set(['lyon-a', 'oslo-a']),
    );
    const statuses = coverage.sources.map(({ id, status }: { id: string; status: string }) => [id, status]);
    expect(Object.fromEntries(statuses)).toMatchObject({
      'installation:lyon-a': 'OK',
      'installation:lyon-b': 'FORBIDDEN',
      'installation:oslo-a': 'OK',
    });
    expect(data['hosts'].nodes.length).toBeGreaterThan(0);
  });

  test('a site that refuses as a whole is FORBIDDEN, and so is an answer that nobody may give', async () => {
    give('oslo-a');
    const federation = await ask(`${at('lyon-a')}/federation/graphql`, list);
    expect(federation.data['virtualMachines'].coverage.sources).toContainEqual(
      expect.objectContaining({ id: 'site:oslo', status: 'FORBIDDEN' }),
    );
    give('lyon-a');
    for (const tier of ['installation/graphql', 'graphql', 'federation/graphql']) {
      const answer = await ask(`${at('lyon-a')}/${tier}`, '{ virtualMachines { totalCount } hosts { totalCount } }');
      expect([answer.data, codesOf(answer)]).toEqual([
        { virtualMachines: null, hosts: null },
        ['FORBIDDEN', 'FORBIDDEN'],
      ]);
    }
    expect(codesOf(await ask(`${at('lyon-a')}/graphql`, '{ site { id } }'))).toEqual(['FORBIDDEN']);
  });

  test('a look-up at an installation that refuses is FORBIDDEN, of what is not seen it finds nothing', async () => {
    give('lyon-a', viewer(null));
    give('lyon-b', viewer(null));
    const { data } = await ask(`${at('lyon-a')}/graphql`, list);
    const nodes = data['virtualMachines'].nodes as readonly Node[];
    const hidden = nodes.find(
      (one) => one.installation.id === 'lyon-a' && !one.labels.some(({ value }) => value === 'prod'),
    )!;
    const foreign = nodes.find((one) => one.installation.id === 'lyon-b')!;
    give('lyon-a', viewer('env=prod'));
    give('lyon-b');
    const lookUp = (id: string) => ask(`${at('lyon-a')}/graphql`, `{ node(id: "${id}") { id } }`);
    expect(await lookUp(hidden.id)).toMatchObject({ data: { node: null } });
    expect(codesOf(await lookUp(hidden.id))).toEqual([]);
    expect(codesOf(await lookUp(foreign.id))).toEqual(['FORBIDDEN']);
    const source = `mutation { setPowerState(input: { id: "${foreign.id}", action: START }) { userErrors { code } } }`;
    const change = await ask(`${at('lyon-a')}/graphql`, source);
    expect(codesOf(change)).toEqual(['FORBIDDEN']);
    expect(change.errors![0]!.extensions).toMatchObject({ accepted: 'NO' });
  });

  test('whoever asks is told who they are and what they may do, installation by installation', async () => {
    const { data } = await ask(
      `${at('lyon-b')}/federation/graphql`,
      '{ virtualMachines(first: 1) { nodes { id } } viewer { subject groups site roles { installation role permissions labels } } }',
    );
    expect(data['viewer']).toEqual({
      subject: 'anonymous',
      groups: [],
      site: expect.any(String) as unknown,
      roles: expect.arrayContaining([
        { installation: 'lyon-a', role: 'viewer', permissions: ['VIEW'], labels: 'env=prod' },
        { installation: 'oslo-a', role: 'viewer', permissions: ['VIEW'], labels: null },
      ]) as unknown,
    });
    const id = data['virtualMachines'].nodes[0].id as string;
    const can = await ask(
      `${at('lyon-b')}/federation/graphql`,
      `{ viewer { view: can(action: VIEW, id: "${id}") power: can(action: POWER, id: "${id}") } }`,
    );
    expect(can.data['viewer']).toEqual({ view: true, power: false });
  });

  test('a stream and a live page lose what is no longer allowed', async () => {
    give('lyon-b', viewer(null));
    const url = `${at('lyon-a')}/graphql`;
    await using events = readStream(url, { query: 'subscription { inventoryChanged { type source resumeToken } }' });
    interface Page {
      readonly type: string;
      readonly totalCount: number;
      readonly coverage: { readonly sources: readonly { readonly id: string; readonly status: string }[] };
    }
    await using pages = readStream<Page>(url, {
      query: `subscription { virtualMachinesLive(first: 200) {
        type: __typename totalCount nodes { installation { id } } coverage { sources { id status } } } }`,
    });
    await events.next();
    await eventually(async () => {
      expect((await pages.next())!.coverage.sources.map(({ status }) => status)).toEqual(['OK', 'OK']);
    });
    give('lyon-a', viewer('env=test'));
    expect(await events.change()).toMatchObject({ type: 'GAP', source: 'installation:lyon-a' });
    give('lyon-b');
    await eventually(async () => {
      const { sources } = (await pages.next())!.coverage;
      expect(sources).toContainEqual({ id: 'installation:lyon-b', status: 'FORBIDDEN' });
    }, 5_000);
    await using late = readStream(url, { query: 'subscription { inventoryChanged { type source resumeToken } }' });
    const { extensions } = await late.result();
    expect(extensions).toMatchObject({
      coverage: {
        inventoryChanged: { sources: [{ id: 'installation:lyon-a', status: 'OK' }, { status: 'FORBIDDEN' }] },
      },
    });
  });
});
