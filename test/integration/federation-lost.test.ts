import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { eventually } from '../contract/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { ask, query } from '../support/graphql.ts';
import { startSites, type TestSites } from '../support/sites.ts';

// A site that cannot be reached, seen from another one: what it has is missing and named, and nothing else is.

let sites: TestSites;
/** In front of each broker of oslo as lyon knows it. */
const proxies: FaultProxy[] = [];
const away = new AsyncDisposableStack();

beforeAll(async () => {
  sites = await startSites({
    sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a', 'oslo-b'] },
    vms: 10,
    async between(from, { url }) {
      if (from === 'oslo') return url;
      const proxy = away.use(await startFaultProxy(url));
      proxies.push(proxy);
      return proxy.url;
    },
  });
}, 60_000);

afterEach(async () => {
  proxies.forEach((proxy) => proxy.setFault({ kind: 'none' }));
  await eventually(async () => expect((await page({ first: 1 })).coverage.complete).toBe(true), 15_000);
});

afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
  await away[Symbol.asyncDispose]();
});

interface Page {
  readonly totalCount: number;
  readonly totalCountRelation: string;
  readonly nodes: readonly { readonly id: string; readonly installation: { readonly localId: string } }[];
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
  readonly coverage: {
    readonly complete: boolean;
    readonly sources: readonly { readonly id: string; readonly status: string; readonly message: string | null }[];
  };
}

const text = `query Page($first: Int, $after: String) {
  virtualMachines(first: $first, after: $after) {
    totalCount totalCountRelation
    nodes { id installation { localId } }
    pageInfo { endCursor hasNextPage }
    coverage { complete sources { id status message } }
  }
}`;

const federation = (): string => `${sites.at('lyon').url}/federation/graphql`;

async function page(variables: Record<string, unknown>): Promise<Page> {
  const { virtualMachines } = await ask<{ virtualMachines: Page }>(federation(), text, variables);
  return virtualMachines;
}

const statusesOf = ({ coverage }: Page): Readonly<Record<string, string>> =>
  Object.fromEntries(coverage.sources.map(({ id, status }) => [id, status]));

describe('a site behind a link that is cut', () => {
  test('is missing with all its installations, and the total is no longer exact', async () => {
    cut();
    const found = await page({ first: 100 });
    expect(found).toMatchObject({ totalCount: 20, totalCountRelation: 'AT_LEAST', coverage: { complete: false } });
    expect(new Set(found.nodes.map(({ installation }) => installation.localId))).toEqual(new Set(['lyon-a', 'lyon-b']));
    expect(statusesOf(found)).toEqual({
      'installation:lyon-a': 'OK',
      'installation:lyon-b': 'OK',
      'installation:oslo-a': 'UNREACHABLE',
      'installation:oslo-b': 'UNREACHABLE',
      'site:oslo': 'UNREACHABLE',
    });
  });

  test('fails an answer that must be complete, by name', async () => {
    cut();
    const { data, errors } = await query(federation(), text.replace(')', ') @coverage(require: ALL)'), { first: 5 });
    expect(data).toEqual({ virtualMachines: null });
    expect(errors).toMatchObject([
      { message: expect.stringContaining('site:oslo is UNREACHABLE'), extensions: { code: 'COVERAGE_NOT_MET' } },
    ]);
  });

  test('is MISSED by name on the pages after its return, though it answers', async () => {
    cut();
    const first = await page({ first: 5 });
    expect(first.coverage.complete).toBe(false);
    proxies.forEach((proxy) => proxy.setFault({ kind: 'none' }));
    const second = await eventually(async () => {
      const found = await page({ first: 100, after: first.pageInfo.endCursor });
      expect(statusesOf(found)).toEqual({
        'installation:lyon-a': 'OK',
        'installation:lyon-b': 'OK',
        'installation:oslo-a': 'MISSED',
        'installation:oslo-b': 'MISSED',
        'site:oslo': 'OK',
      });
      return found;
    }, 15_000);
    expect(second.coverage.complete).toBe(false);
  });

  test('leaves look-ups of its machines unanswered with the reason, and those of others answered', async () => {
    const { nodes } = await page({ first: 100 });
    const near = nodes.find(({ installation }) => installation.localId === 'lyon-b')!.id;
    const far = nodes.find(({ installation }) => installation.localId === 'oslo-b')!.id;
    cut();
    const { data, errors } = await query<{ nodes: unknown }>(
      federation(),
      'query Look($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      { ids: [far, near] },
    );
    expect(data).toEqual({ nodes: [null, { id: near }] });
    expect(errors).toMatchObject([{ path: ['nodes', 0], extensions: { code: 'SOURCE_FAILED' } }]);
  });
});

test('an installation of another site that is not asked for is SKIPPED, and the site itself is well', async () => {
  const { sites: views } = await ask<{ sites: readonly { id: string }[] }>(federation(), '{ sites { id } }');
  expect(views.map(({ id }) => id)).toEqual(['lyon', 'oslo']);
  const found = await ask<{ virtualMachines: Page }>(
    federation(),
    text.replace(')', ') @coverage(sources: ["site:lyon", "installation:oslo-a"])'),
    { first: 100 },
  );
  expect(statusesOf(found.virtualMachines)).toEqual({
    'installation:lyon-a': 'OK',
    'installation:lyon-b': 'OK',
    'installation:oslo-a': 'OK',
    'installation:oslo-b': 'SKIPPED',
    'site:oslo': 'OK',
  });
  expect(found.virtualMachines.coverage.complete).toBe(true);
});

function cut(): void {
  proxies.forEach((proxy) => proxy.setFault({ kind: 'reset' }));
}
