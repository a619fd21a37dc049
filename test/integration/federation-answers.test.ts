import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { ask } from '../support/graphql.ts';
import { startSites, type TestSites } from '../support/sites.ts';

// What a federation answers is what its sites answer, put together: worked out here from the sites' own answers, without
// any code of the program's merge.

const installations = { home: ['h1'], one: ['o1', 'o2'], two: ['t1', 't2', 't3'] };
const vms = 40;

let sites: TestSites;
/** All machines, as the sites tell them. */
let known: readonly Vm[];

beforeAll(async () => {
  sites = await startSites({ sites: installations, vms });
  known = (await ofEachSite<Page>(list, { first: 1_000 })).flatMap(({ virtualMachines }) => virtualMachines.nodes);
  expect(known).toHaveLength(6 * vms);
}, 90_000);

afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
});

interface Vm {
  readonly id: string;
  readonly name: string;
  readonly powerState: string;
  readonly cpuCount: number;
  readonly memoryMiB: number;
  readonly createdAt: string | null;
  readonly bootedAt: string | null;
  readonly host: { readonly id: string; readonly name: string } | null;
  readonly installation: { readonly localId: string };
}

interface Page {
  readonly virtualMachines: {
    readonly nodes: readonly Vm[];
    readonly totalCount: number;
    readonly totalCountRelation: string;
    readonly pageInfo: {
      readonly startCursor: string;
      readonly endCursor: string;
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
    };
  };
}

const list = `query List(
  $filter: VirtualMachineFilter $orderBy: VirtualMachineOrder $first: Int $after: String $last: Int $before: String
) {
  virtualMachines(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    nodes {
      id name powerState cpuCount memoryMiB createdAt bootedAt host { id name } installation { localId }
    }
    totalCount totalCountRelation pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
  }
}`;

const federation = (): string => `${sites.at('home').url}/federation/graphql`;

function ofEachSite<Data>(text: string, variables: Record<string, unknown>): Promise<readonly Data[]> {
  return Promise.all(
    Object.keys(installations).map((site) => ask<Data>(`${sites.at(site).url}/graphql`, text, variables)),
  );
}

type Value = string | number | null;

/** What each order goes by. */
const orders: Readonly<Record<string, (vm: Vm) => Value>> = {
  NAME: ({ name }) => name,
  POWER_STATE: ({ powerState }) => powerState,
  CPU_COUNT: ({ cpuCount }) => cpuCount,
  MEMORY: ({ memoryMiB }) => memoryMiB,
  HOST: ({ host }) => host?.name ?? null,
  INSTALLATION: ({ installation }) => installation.localId,
  CREATED_AT: ({ createdAt }) => createdAt,
  BOOTED_AT: ({ bootedAt }) => bootedAt,
};

/** Nulls come last upwards and first downwards; equal values stay in the order of the ids. */
function sorted(rows: readonly Vm[], field: string, direction: string): readonly string[] {
  const value = orders[field]!;
  const sign = direction === 'ASC' ? 1 : -1;
  return [...rows].sort((a, b) => sign * compare(value(a), value(b)) || compare(a.id, b.id)).map(({ id }) => id);
}

function compare(a: Value, b: Value): number {
  if (a === null || b === null) {
    return Number(a === null) - Number(b === null);
  }
  return typeof a === 'number' || typeof b === 'number'
    ? Number(a) - Number(b)
    : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

interface Walk {
  readonly field: string;
  readonly direction: string;
  readonly filter?: Readonly<Record<string, unknown>>;
}

/** All ids, page by page; each page must tell the same total. */
async function walk({ field, direction, filter }: Walk, total: number, backwards: boolean): Promise<readonly string[]> {
  const seen: string[] = [];
  for (let cursor: string | null = null; ;) {
    const place: Readonly<Record<string, unknown>> = backwards
      ? { last: 37, before: cursor }
      : { first: 37, after: cursor };
    const { virtualMachines }: Page = await ask<Page>(federation(), list, {
      filter,
      orderBy: { field, direction },
      ...place,
    });
    const { nodes, pageInfo, totalCount, totalCountRelation } = virtualMachines;
    expect([totalCount, totalCountRelation]).toEqual([total, 'EQUAL']);
    const ids = nodes.map(({ id }) => id);
    seen.splice(backwards ? 0 : seen.length, 0, ...ids);
    if (!(backwards ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) {
      return seen;
    }
    cursor = backwards ? pageInfo.startCursor : pageInfo.endCursor;
  }
}

describe('a list of the federation', () => {
  const ways = Object.keys(orders).flatMap((field) => ['ASC', 'DESC'].map((direction) => [field, direction] as const));

  test.each(ways)('by %s %s has the rows of all sites in order, forwards and backwards', async (field, direction) => {
    const wanted = sorted(known, field, direction);
    expect(await walk({ field, direction }, known.length, false)).toEqual(wanted);
    expect(await walk({ field, direction }, known.length, true)).toEqual(wanted);
  });

  test('that is filtered has those that meet the filter', async () => {
    const filter = { powerState: ['RUNNING', 'PAUSED'], memoryMiB: { gte: 4_096 } };
    const rows = known.filter(
      ({ powerState, memoryMiB }) => /^(RUNNING|PAUSED)$/.test(powerState) && memoryMiB >= 4_096,
    );
    expect(rows.length).toBeGreaterThan(40);
    const found = await walk({ field: 'MEMORY', direction: 'DESC', filter }, rows.length, false);
    expect(found).toEqual(sorted(rows, 'MEMORY', 'DESC'));
  });

  test('has each row as its site tells it', async () => {
    const { virtualMachines } = await ask<Page>(federation(), list, { first: 1_000 });
    const byId = new Map(known.map((vm) => [vm.id, vm]));
    expect(virtualMachines.nodes).toEqual(virtualMachines.nodes.map(({ id }) => byId.get(id)));
  });

  test('is the same at a broker of any site', async () => {
    const answers = await Promise.all(
      sites.brokers.map(({ url }) => ask<Page>(`${url}/federation/graphql`, list, { first: 37 })),
    );
    const rowsOf = ({ virtualMachines }: Page): unknown => virtualMachines.nodes;
    expect(answers.map(rowsOf)).toEqual(answers.map(() => rowsOf(answers[0]!)));
  });

  test('goes on at a broker of another site', async () => {
    const wanted = sorted(known, 'NAME', 'ASC');
    const seen: string[] = [];
    for (let after: string | null = null, at = 0; ; at += 1) {
      const { url } = sites.brokers[at % sites.brokers.length]!;
      const { virtualMachines }: Page = await ask<Page>(`${url}/federation/graphql`, list, { first: 37, after });
      seen.push(...virtualMachines.nodes.map(({ id }) => id));
      if (!virtualMachines.pageInfo.hasNextPage) break;
      after = virtualMachines.pageInfo.endCursor;
    }
    expect(seen).toEqual(wanted);
  });
});

describe('other answers of the federation', () => {
  test('a summary is that of all rows', async () => {
    const text = `{
      virtualMachineSummary(groupBy: [{ field: POWER_STATE }, { field: INSTALLATION }, { field: HOST }]) {
        count countRelation cpuCount memoryMiB averageCpuCount averageMemoryMiB minMemoryMiB maxMemoryMiB
        facets { position field buckets { key count cpuCount memoryMiB } }
      }
    }`;
    const { virtualMachineSummary } = await ask<{ virtualMachineSummary: Record<string, unknown> }>(federation(), text);
    const groupings: readonly (readonly [string, (vm: Vm) => string | null])[] = [
      ['POWER_STATE', ({ powerState }) => powerState],
      ['INSTALLATION', ({ installation }) => installation.localId],
      ['HOST', ({ host }) => host?.id ?? null],
    ];
    const memories = known.map(({ memoryMiB }) => memoryMiB);
    expect(virtualMachineSummary).toEqual({
      ...sums(known),
      countRelation: 'EQUAL',
      averageCpuCount: expect.closeTo(sums(known).cpuCount / known.length, 9),
      averageMemoryMiB: expect.closeTo(sums(known).memoryMiB / known.length, 6),
      minMemoryMiB: Math.min(...memories),
      maxMemoryMiB: Math.max(...memories),
      facets: groupings.map(([field, keyOf], position) => ({ position, field, buckets: bucketsOf(keyOf) })),
    });
  });

  test('a look-up of many gives each what its site tells of it, in the order asked', async () => {
    const wanted = [...known].sort((a, b) => compare(a.id.slice(-6), b.id.slice(-6)));
    const text = `query Look($ids: [ID!]!) { nodes(ids: $ids) { id ... on VirtualMachine { name memoryMiB } } }`;
    const { nodes } = await ask<{ nodes: readonly unknown[] }>(federation(), text, { ids: wanted.map(({ id }) => id) });
    expect(nodes).toEqual(wanted.map(({ id, name, memoryMiB }) => ({ id, name, memoryMiB })));
  });

  test.each(['hosts', 'datastores', 'networks'])('%s are those of all sites', async (field) => {
    const text = `{ found: ${field}(first: 1000) { nodes { id name } totalCount } }`;
    interface Found {
      readonly found: { readonly nodes: readonly { readonly id: string; readonly name: string }[]; totalCount: number };
    }
    const ofSites = (await ofEachSite<Found>(text, {})).flatMap(({ found }) => found.nodes);
    const { found } = await ask<Found>(federation(), text);
    const wanted = [...ofSites].sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
    expect(found).toEqual({ nodes: wanted, totalCount: wanted.length });
  });
});

function sums(rows: readonly Vm[]) {
  return {
    count: rows.length,
    cpuCount: rows.reduce((sum, { cpuCount }) => sum + cpuCount, 0),
    memoryMiB: rows.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0),
  };
}

/** Sorted by key; machines without a value come last. */
function bucketsOf(keyOf: (vm: Vm) => string | null): readonly unknown[] {
  const keys = [...new Set(known.map(keyOf))].sort(compare);
  return keys.map((key) => ({ key, ...sums(known.filter((vm) => keyOf(vm) === key)) }));
}
