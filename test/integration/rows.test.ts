import { buildSubgraphSchema } from '@apollo/subgraph';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';

import { baseSdl } from '../../src/core/sdl.ts';
import { eventually } from '../contract/eventually.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { ask } from '../support/graphql.ts';
import { type Chance, chanceOf, pick, randomQuery, randomSelection } from '../support/random-document.ts';
import { simulatorConsole } from '../support/simulator.ts';
import { startSites, type TestSites } from '../support/sites.ts';
import { type SlowSubgraph, startSlowSubgraph } from '../support/slow-subgraph.ts';

// Rows that travel as bytes are the same as those that are read: a broker that passes them on is asked the same as one that
// plans and shapes everything, since an operator has a subgraph there, and both the same as a list that is sorted here, naively.
// One installation of five is away. Names have what JSON escapes and what code units and code points order differently.

const schema = buildSubgraphSchema(parse(baseSdl));
const seed = Number(process.env['SITEWIDE_SEED'] ?? 20_261_123);
const isLong = process.env['SITEWIDE_CHAOS'] === 'long';
const documents = isLong ? 2_000 : 60;
const pages = isLong ? 2_000 : 60;
const installations = ['lyon-a', 'lyon-b', 'lyon-c', 'lyon-d'];
/** All take the same part in each of them. */
const sharedNames = [
  'zwölf',
  'a"b\\c',
  'line\nend',
  '\u0000zero',
  '\uffee wide',
  '\u{1f600} face',
  'e\u0301',
  'name',
  'Name',
];

let subgraph: SlowSubgraph;
let sites: TestSites;
let fast: string;
let slow: string;

beforeAll(async () => {
  subgraph = await startSlowSubgraph();
  const limits = { depth: 50, aliases: 5_000, rootFields: 100, fields: 10_000, directives: 1_000, tokens: 50_000 };
  sites = await startSites({
    sites: { lyon: installations },
    vms: 60,
    usageIntervalMs: 0,
    settings: ({ installation }) => ({
      limits: { ...limits, cost: 10_000_000, principal: { requestsPerSecond: 100_000, burst: 100_000 } },
      ...(installation === 'lyon-b' && { subgraphs: [{ name: 'foreign', url: subgraph.url }] }),
    }),
  });
  for (const url of Object.values(sites.simulators)) {
    const console = simulatorConsole(url);
    for (const name of sharedNames) {
      await console.add({ name, cpuCount: null, memoryMiB: null, host: null, labels: { 'k"ey': '\\ \u2028' } });
    }
  }
  const ghost = `http://127.0.0.1:${await findFreePorts(1)}`;
  const [site] = sites.sites;
  const away = { id: 'lyon-e', brokers: [{ id: 'lyon-e-1', url: ghost }] };
  for (const { membership } of sites.brokers) {
    membership.adopt({
      site: { ...site!, installations: [...site!.installations, away] },
      federation: { sites: [], hedging: false },
    });
  }
  [fast, slow] = [`${sites.brokers[0]!.url}/graphql`, `${sites.brokers[1]!.url}/graphql`] as [string, string];
  await eventually(async () => {
    for (const { url } of sites.brokers) {
      const { virtualMachines } = await ask<{ virtualMachines: { totalCount: number } }>(
        `${url}/installation/graphql`,
        '{ virtualMachines { totalCount } }',
      );
      expect(virtualMachines.totalCount).toBe(60 + sharedNames.length);
    }
  });
}, 60_000);

afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
  await subgraph?.[Symbol.asyncDispose]();
});

interface Said {
  readonly data: Record<string, unknown> | null;
  readonly errors?: unknown;
  readonly extensions: { readonly explain: { readonly fields: readonly { delivery: { as: string } | null }[] } };
}

async function send(url: string, query: string, variables: object): Promise<Said> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sitewide-explain': '1' },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(30_000),
  });
  return (await response.json()) as Said;
}

/** How often rows came as bytes at the one, and as values at the other. */
const delivered = { bytes: 0, values: 0 };

/** What both say, which has to be the same but for what differs from answer to answer. */
async function expectSame(query: string, variables: object = { yes: true }): Promise<Said> {
  const both = async (): Promise<[Said, Said]> => {
    // The second time it may be answered by what is known from the first.
    await send(fast, query, variables);
    return Promise.all([send(fast, query, variables), send(slow, query, variables)]);
  };
  let [found, wanted] = await both();
  if (JSON.stringify(lasting(found)) !== JSON.stringify(lasting(wanted))) {
    // Every five minutes an installation reads its manager again; the one may have been asked before it did, and the other after.
    [found, wanted] = await both();
  }
  for (const { delivery } of found.extensions?.explain?.fields ?? []) {
    if (delivery) delivered[delivery.as === 'values' ? 'values' : 'bytes'] += 1;
  }
  expect(wanted.extensions?.explain?.fields.every(({ delivery }) => (delivery?.as ?? 'values') === 'values')).toBe(
    true,
  );
  expect({ query, answer: lasting(found) }).toEqual({ query, answer: lasting(wanted) });
  return found;
}

function lasting({ extensions, ...rest }: Said): unknown {
  const { coverage } = (extensions ?? {}) as { readonly coverage?: object };
  const all = JSON.stringify({
    ...rest,
    coverage: Object.entries(coverage ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
  });
  return JSON.parse(
    all
      .replaceAll(/("\w*(?:latencyMs|asOf|attempts|endpoint|rows)"):[^,}]+/g, '$1:0')
      .replaceAll(/"[^"]*(?:ECONNREFUSED|no broker admits)[^"]*"/g, '"away"')
      .replaceAll(/"(?:TIMEOUT|UNREACHABLE)"/g, '"UNREACHABLE"'),
  );
}

const orders = ['NAME', 'HOST', 'CPU_COUNT', 'MEMORY', 'POWER_STATE', 'BOOTED_AT', 'INSTALLATION'];
const filters = [
  '',
  '',
  'filter: { name: { contains: "prod" } }',
  'filter: { installation: { in: ["lyon-a", "lyon-c", "lyon-e"] } }',
  'filter: { name: { eq: "nobody" } }',
  'filter: { powerState: [RUNNING] }',
];

function randomRoot(chance: Chance): string {
  const field = pick(chance, [
    'virtualMachines',
    'virtualMachines',
    'virtualMachines',
    'hosts',
    'datastores',
    'networks',
  ]);
  const isVms = field === 'virtualMachines';
  const direction = pick(chance, ['ASC', 'DESC']);
  const order = `orderBy: { field: ${isVms ? pick(chance, orders) : 'NAME'}, direction: ${direction} }`;
  const page = pick(chance, ['first: 3', 'first: 40', 'first: 100', 'first: 1000', 'last: 4', 'last: 60', '']);
  const parts = [isVms ? pick(chance, filters) : '', order, page].filter((part) => part !== '');
  return `${field}(${parts.join(', ')})`;
}

/** What machines are sorted by, as it is selected, and as it compares. */
const values: Readonly<Record<string, string>> = {
  NAME: 'o_value: name',
  HOST: 'o_value: host { name }',
  CPU_COUNT: 'o_value: cpuCount',
  MEMORY: 'o_value: memoryMiB',
  POWER_STATE: 'o_value: powerState',
  BOOTED_AT: 'o_value: bootedAt',
  INSTALLATION: 'o_value: installation { localId }',
};

interface NaiveRow {
  readonly o_id: string;
  readonly o_value: unknown;
}

interface NaiveList {
  readonly virtualMachines: { readonly nodes: readonly NaiveRow[] };
}

/** All machines of all installations that are there, one after the other, sorted. */
async function naiveList(
  selection: { text: string; fragments: string },
  order: string,
  isDown: boolean,
): Promise<object[]> {
  const query = `query ($yes: Boolean!, $no: Boolean = false) { virtualMachines(first: 1000) { nodes {
    o_id: id ${values[order]} ... on VirtualMachine ${selection.text} } }
    used: site { id @include(if: $yes) @skip(if: $no) } } ${selection.fragments}`;
  const lists = await Promise.all(
    sites.brokers.map(({ url }) => ask<NaiveList>(`${url}/installation/graphql`, query, { yes: true })),
  );
  const rows = lists.flatMap(({ virtualMachines }) => virtualMachines.nodes);
  const compare = (a: NaiveRow, b: NaiveRow): number => {
    const [one, other] = [plain(a.o_value), plain(b.o_value)];
    if (one === other) return a.o_id < b.o_id ? -1 : 1;
    // Without a value they are last, or first.
    const isLess = one === null ? false : other === null ? true : isBefore(one, other);
    return isLess === isDown ? 1 : -1;
  };
  return rows.toSorted(compare).map(({ o_id: _, o_value: __, ...row }) => row);
}

function plain(value: unknown): string | number | null {
  return typeof value === 'object' && value !== null
    ? (Object.values(value as Record<string, string>)[0] ?? null)
    : (value as string | number | null);
}

function isBefore(one: string | number, other: string | number): boolean {
  if (typeof one === 'number' || typeof other === 'number') return one < other;
  const [points, others] = [Array.from(one, codeOf), Array.from(other, codeOf)];
  const at = points.findIndex((point, index) => point !== others[index]);
  return at < 0 ? points.length < others.length : at >= others.length ? false : points[at]! < others[at]!;
}

function codeOf(character: string): number {
  return character.codePointAt(0)!;
}

describe('rows as bytes', () => {
  test('of a long page are fetched as many as are needed, and not that many of each source', async () => {
    const query =
      '{ virtualMachines(first: 100, orderBy: { field: MEMORY }) { nodes { id } coverage { sources { rows } } } }';
    interface Page {
      readonly virtualMachines: {
        readonly nodes: readonly object[];
        readonly coverage: { readonly sources: readonly { readonly rows: number | null }[] };
      };
    }
    await ask<Page>(fast, query);
    const { virtualMachines: page } = await ask<Page>(fast, query);
    expect(page.nodes).toHaveLength(100);
    const fetched = page.coverage.sources.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
    expect(fetched).toBeLessThan(150);
  });

  test(
    `are the same as rows that are read, in ${documents} documents that chance has made`,
    async () => {
      for (let at = 0; at < documents; at += 1) {
        const chance = chanceOf(seed + at);
        const roots = chance() < 0.85 ? [randomRoot(chance)] : [randomRoot(chance), randomRoot(chance)];
        const text = randomQuery(schema, chance, roots);
        await expectSame(text);
      }
      // Not because nothing ever comes as bytes, or everything.
      expect(delivered.bytes).toBeGreaterThan(documents / 10);
      expect(delivered.values).toBeGreaterThan(documents / 10);
    },
    2_000 * documents,
  );

  test(
    `are the same as a list that is sorted naively, page by page, in ${pages} lists that chance has made`,
    async () => {
      for (let at = 0; at < pages; at += 1) {
        const chance = chanceOf(seed + 1_000_000 + at);
        const selection = randomSelection(schema, chance, 'VirtualMachine');
        const [order, isDown] = [pick(chance, orders), chance() < 0.5];
        const [size, fromEnd] = [pick(chance, [7, 40, 90, 200]), chance() < 0.3];
        const wanted = await naiveList(selection, order, isDown);
        const [length, cursor] = fromEnd ? ['last', 'before'] : ['first', 'after'];
        const query = `query ($yes: Boolean!, $no: Boolean = false, $cursor: String) {
          used: virtualMachines(first: 1) @include(if: $no) { totalCount @skip(if: $yes) }
          virtualMachines(${length}: ${size}, ${cursor}: $cursor, orderBy: { field: ${order}, direction: ${isDown ? 'DESC' : 'ASC'} }) {
            nodes ${selection.text} pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } ${selection.fragments}`;
        const found: object[] = [];
        let next: string | null = null;
        do {
          const said: Said = await expectSame(query, { yes: true, cursor: next });
          const { nodes, pageInfo } = said.data!['virtualMachines'] as {
            nodes: object[];
            pageInfo: Record<string, unknown>;
          };
          found.splice(fromEnd ? 0 : found.length, 0, ...nodes);
          const hasMore = pageInfo[fromEnd ? 'hasPreviousPage' : 'hasNextPage'];
          expect({ query, hasMore }).toEqual({ query, hasMore: found.length < wanted.length });
          next = hasMore ? (pageInfo[fromEnd ? 'startCursor' : 'endCursor'] as string) : null;
        } while (next !== null);
        expect({ query, rows: found }).toEqual({ query, rows: wanted });
      }
      expect(delivered.bytes).toBeGreaterThan(pages);
    },
    4_000 * pages,
  );
});
