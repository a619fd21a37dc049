import { describe, expect, test } from '@jest/globals';
import { graphql } from 'graphql';

import { createDeadline } from '../../../src/core/deadline.ts';
import { openTrace } from '../../../src/core/trace.ts';
import { encodeId } from '../../../src/core/ids.ts';
import { createSnapshot } from '../../../src/inventory/snapshot.ts';
import type { InventoryState } from '../../../src/inventory/state.ts';
import { anyCoverage, type Coverage, type CoverageWanted } from '../../../src/model/coverage.ts';
import type { Inventory } from '../../../src/model/resource.ts';
import { createSubgraph } from '../../../src/subgraph/subgraph.ts';
import { datastore, host, inventory, network, vm } from '../../support/builders.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const clock = createManualClock();
const asOf = '2026-01-01T00:00:00.000Z';
const idOf = (type: string, localId: string, installation = 'a'): string => encodeId({ type, installation, localId });

const sample = inventory({
  VirtualMachine: [
    vm({
      name: 'web',
      cpuCount: 4,
      host: { localId: 'h1', name: 'h1' },
      labels: { zone: 'x', app: 'shop' },
      createdAt: Date.UTC(2025, 5, 1),
      snapshots: [{ name: 's', description: null, createdAt: 0, parent: null, isCurrent: true, powerState: 'RUNNING' }],
      disks: [{ name: 'vda', capacityBytes: 2 ** 40, allocatedBytes: null, datastore: 'd1', path: null }],
      networkInterfaces: [{ name: 'eth0', macAddress: null, network: 'n1', ipAddresses: [] }],
    }),
    vm({ name: 'db', memoryMiB: 4096, powerState: 'STOPPED', host: { localId: 'h1', name: 'h1' } }),
    vm({ name: 'mail', host: { localId: 'gone', name: 'gone' } }),
  ],
  Host: [host({ name: 'h1' })],
  Datastore: [datastore({ name: 'd1' })],
  Network: [network({ name: 'n1', vlanId: 7 })],
});

interface Setting {
  readonly inventory?: Inventory | null;
  readonly state?: Partial<InventoryState>;
  readonly wanted?: Partial<CoverageWanted>;
  readonly variables?: Record<string, unknown>;
}

async function ask(source: string, setting: Setting = {}) {
  const given = setting.inventory === undefined ? sample : setting.inventory;
  const state: InventoryState = {
    revision: 1,
    snapshot: given === null ? null : createSnapshot('a', given),
    status: 'OK',
    asOf: clock.now(),
    message: null,
    ...setting.state,
  };
  const { schema } = createSubgraph({
    installation: { id: 'a', name: 'A', site: 'lyon', driver: 'simulator' },
    broker: { id: 'a-1' },
    inventory: { current: () => state },
    siteView: () => ({
      id: 'lyon',
      name: 'Lyon',
      answeredBy: 'a-1',
      installations: ['a', 'b'].map((id) => ({ id, name: id.toUpperCase(), driver: null, brokers: [] })),
    }),
    clock,
  });
  using deadline = createDeadline({ clock, timeoutMs: 1000 });
  const coverage = new Map<string, Coverage>();
  const trace = openTrace({}, Math.random);
  const contextValue = { requestId: 'r', trace, deadline, wanted: { ...anyCoverage, ...setting.wanted }, coverage };
  const variableValues = setting.variables ?? {};
  const { data, errors } = await graphql({ schema, source, contextValue, variableValues });
  // Through JSON, as a client sees it.
  const seen = JSON.parse(JSON.stringify({ data: data ?? null, errors: errors ?? [] })) as {
    data: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- each test knows its answer
    errors: { message: string; path: unknown[]; extensions: { code: string; coverage?: Coverage } }[];
  };
  return { ...seen, coverage: Object.fromEntries(coverage) };
}

describe('a list', () => {
  test('is sorted by name unless told otherwise', async () => {
    const { data, errors } = await ask('{ virtualMachines { nodes { name } totalCount totalCountRelation } }');
    expect(errors).toEqual([]);
    expect(data.virtualMachines).toEqual({
      nodes: [{ name: 'db' }, { name: 'mail' }, { name: 'web' }],
      totalCount: 3,
      totalCountRelation: 'EQUAL',
    });
  });

  test('resolves what a machine refers to, and gives null for what is not there', async () => {
    const { data, errors } = await ask(`{ virtualMachines(orderBy: { field: NAME, direction: DESC }) { nodes {
      id localId createdAt host { name virtualMachines { nodes { name } coverage { complete } } }
      labels { key value } disks { capacityBytes datastore { name } } networkInterfaces { network { vlanId } }
      installation { id localId site name } snapshots { name createdAt isCurrent powerState } __typename } } }`);
    expect(errors).toEqual([]);
    expect(data.virtualMachines.nodes[0]).toEqual({
      __typename: 'VirtualMachine',
      id: idOf('VirtualMachine', 'web'),
      localId: 'web',
      createdAt: '2025-06-01T00:00:00.000Z',
      host: { name: 'h1', virtualMachines: { nodes: [{ name: 'db' }, { name: 'web' }], coverage: null } },
      labels: [
        { key: 'app', value: 'shop' },
        { key: 'zone', value: 'x' },
      ],
      disks: [{ capacityBytes: 2 ** 40, datastore: { name: 'd1' } }],
      networkInterfaces: [{ network: { vlanId: 7 } }],
      snapshots: [{ name: 's', createdAt: '1970-01-01T00:00:00.000Z', isCurrent: true, powerState: 'RUNNING' }],
      installation: { id: idOf('Installation', 'a'), localId: 'a', site: 'lyon', name: 'A' },
    });
    expect(data.virtualMachines.nodes[1].host).toBeNull();
  });

  test.each([1, 2])('is paged %d rows at a time by cursors, of edges and of page ends alike', async (first) => {
    for (const field of ['endCursor', 'edge']) {
      const seen: string[] = [];
      let after: string | null = null;
      for (let more = true; more;) {
        const text = `query ($first: Int, $after: String) { virtualMachines(first: $first, after: $after,
          orderBy: { field: POWER_STATE }) { edges { cursor node { name } } pageInfo { hasNextPage endCursor } } }`;
        const { data, errors } = await ask(text, { variables: { first, after } });
        expect(errors).toEqual([]);
        const { edges, pageInfo } = data.virtualMachines;
        seen.push(...edges.map((edge: { node: { name: string } }) => edge.node.name));
        after = field === 'edge' ? edges.at(-1).cursor : pageInfo.endCursor;
        more = pageInfo.hasNextPage;
      }
      expect(seen).toEqual(['mail', 'web', 'db']);
    }
  });

  test('refuses the cursor of another filter, and one that was altered', async () => {
    const { data } = await ask('{ virtualMachines(first: 1) { pageInfo { endCursor } } }');
    const cursor: string = data.virtualMachines.pageInfo.endCursor;
    const text = `query ($after: String) { virtualMachines(after: $after, filter: { name: { eq: "x" } }) { totalCount } }`;
    const other = await ask(text, { variables: { after: cursor } });
    expect(other.errors[0]?.extensions.code).toBe('CURSOR_MISMATCH');
    const altered = await ask(text, { variables: { after: `0${cursor.slice(1)}` } });
    expect(altered.errors[0]?.extensions.code).toBe('CURSOR_INVALID');
  });

  test.each(['first: 0', 'first: 1001', 'last: -1', 'first: 1, last: 1'])('refuses %s by name', async (args) => {
    const { data, errors } = await ask(`{ virtualMachines(${args}) { totalCount } site { id } }`);
    expect(errors[0]?.extensions.code).toBe('INVALID_ARGUMENT');
    expect(data).toEqual({ virtualMachines: null, site: { id: 'lyon' } });
  });

  test('filters by instants, labels and the installation', async () => {
    const names = async (filter: string): Promise<string[]> => {
      const { data, errors } = await ask(`{ virtualMachines(filter: ${filter}) { nodes { name } } }`);
      expect(errors).toEqual([]);
      return data.virtualMachines.nodes.map(({ name }: { name: string }) => name);
    };
    expect(await names('{ createdAt: { gte: "2025-06-01T02:00:00+02:00" } }')).toEqual(['web']);
    expect(await names('{ label: [{ key: "app", exists: true }] }')).toEqual(['web']);
    expect(await names('{ installation: { eq: "b" } }')).toEqual([]);
    expect(await names(`{ hostId: { eq: "${idOf('Host', 'h1')}" }, not: { name: { eq: "db" } } }`)).toEqual(['web']);
  });

  test('of every kind, and a list inside another resource, is filtered by the site', async () => {
    const lists = `virtualMachines(filter: $vm) { totalCount } hosts(filter: { site: { eq: $site } }) {
      totalCount nodes { virtualMachines(filter: $vm) { totalCount } } }
      datastores(filter: { site: { eq: $site } }) { totalCount } networks(filter: { site: { in: [$site] } }) { totalCount }
      virtualMachineSummary(filter: $vm, groupBy: [{ field: SITE }]) { facets { buckets { key count } } }`;
    const query = `query Q($site: ID!, $vm: VirtualMachineFilter) { ${lists} }`;
    const askBy = (site: string) =>
      ask(query, { variables: { site, vm: { or: [{ site: { eq: site } }, { and: [{ site: { in: [] } }] }] } } });
    const own = await askBy('lyon');
    expect(own.errors).toEqual([]);
    expect(own.data).toEqual({
      virtualMachines: { totalCount: 3 },
      hosts: { totalCount: 1, nodes: [{ virtualMachines: { totalCount: 2 } }] },
      datastores: { totalCount: 1 },
      networks: { totalCount: 1 },
      virtualMachineSummary: { facets: [{ buckets: [{ key: 'lyon', count: 3 }] }] },
    });
    const other = await askBy('paris');
    expect(other.data).toMatchObject({ virtualMachines: { totalCount: 0 }, hosts: { totalCount: 0 } });
  });

  test('has its coverage in the data and under its response path', async () => {
    const { data, coverage } = await ask(`{ all: hosts { coverage { complete sources {
      id tier parent status message endpoint attempts rows asOf } } } }`);
    const source = {
      ...{ id: 'installation:a', tier: 'INSTALLATION', parent: 'site:lyon', status: 'OK', message: null },
      ...{ endpoint: null, attempts: 0, rows: 1, asOf },
    };
    expect(data.all.coverage).toEqual({ complete: true, sources: [source] });
    expect(coverage.all).toEqual({ complete: true, sources: [{ ...source, latencyMs: null }] });
  });
});

describe('coverage', () => {
  const stale = { status: 'STALE', message: 'connection refused' } as const;

  test('a stale snapshot answers, and says that its total is a lower bound', async () => {
    const { data, errors } = await ask(
      '{ virtualMachines { totalCountRelation coverage { complete sources { status message } } } }',
      { state: stale },
    );
    expect(errors).toEqual([]);
    expect(data.virtualMachines).toEqual({
      totalCountRelation: 'AT_LEAST',
      coverage: { complete: false, sources: [stale] },
    });
  });

  test('a stale snapshot is refused when all is required', async () => {
    const { data, errors } = await ask('{ virtualMachineSummary { count } }', {
      state: stale,
      wanted: { require: 'ALL' },
    });
    expect(data).toEqual({ virtualMachineSummary: null });
    expect(errors[0]?.extensions).toMatchObject({ code: 'COVERAGE_NOT_MET', coverage: { complete: false } });
  });

  test('an installation that was never reached is an error, never an empty list', async () => {
    const state = { status: 'UNREACHABLE', message: 'no route', asOf: null } as const;
    const { data, errors, coverage } = await ask('{ hosts { totalCount } site { id } }', { inventory: null, state });
    expect(data).toEqual({ hosts: null, site: { id: 'lyon' } });
    expect(errors[0]?.message).toContain('installation:a is UNREACHABLE (no route)');
    expect(errors[0]?.extensions.coverage?.sources[0]?.status).toBe('UNREACHABLE');
    expect(coverage.hosts?.complete).toBe(false);
  });

  test('a question for other sources is not answered, and an unknown source is named', async () => {
    const other = await ask('{ hosts { totalCount } }', { wanted: { sources: ['installation:b'] } });
    expect(other.errors[0]?.extensions.code).toBe('NO_SOURCE_ANSWERED');
    expect(other.errors[0]?.extensions.coverage?.sources[0]?.status).toBe('SKIPPED');
    const unknown = await ask('{ hosts { totalCount } }', { wanted: { sources: ['installation:z'] } });
    expect(unknown.errors[0]?.extensions.code).toBe('UNKNOWN_SOURCE');
    const site = await ask('{ hosts { totalCount } }', { wanted: { sources: ['site:lyon'] } });
    expect(site.errors).toEqual([]);
  });
});

describe('a look-up by id', () => {
  test('finds resources of every kind, in the order asked', async () => {
    const ids = [idOf('Host', 'h1'), idOf('VirtualMachine', 'none'), idOf('Installation', 'a'), idOf('Network', 'n1')];
    const text = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';
    const { data, errors, coverage } = await ask(text, { variables: { ids } });
    expect(errors).toEqual([]);
    expect(data.nodes).toEqual([
      { __typename: 'Host', id: ids[0] },
      null,
      { __typename: 'Installation', id: ids[2] },
      { __typename: 'Network', id: ids[3] },
    ]);
    expect(coverage.nodes?.sources[0]?.rows).toBe(3);
  });

  test.each([
    ['nonsense', 'INVALID_ID'],
    [idOf('Host', 'h1'), 'INVALID_ID'],
    [idOf('VirtualMachine', 'web', 'elsewhere'), 'UNKNOWN_INSTALLATION'],
  ])('refuses %s as a machine with %s', async (id, code) => {
    const { errors } = await ask('query ($id: ID!) { virtualMachine(id: $id) { name } }', { variables: { id } });
    expect(errors[0]?.extensions.code).toBe(code);
  });

  test('resolves entities, and a bad reference fails its own place alone', async () => {
    const representations = [
      { __typename: 'VirtualMachine', id: idOf('VirtualMachine', 'web') },
      { __typename: 'VirtualMachine', id: 'nonsense' },
      { __typename: 'Host', id: idOf('Host', 'none') },
      { __typename: 'Installation', id: idOf('Installation', 'a') },
    ];
    const text = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      __typename ... on VirtualMachine { name host { name } } } }`;
    const { data, errors } = await ask(text, { variables: { representations } });
    expect(data._entities).toEqual([
      { __typename: 'VirtualMachine', name: 'web', host: { name: 'h1' } },
      null,
      null,
      { __typename: 'Installation' },
    ]);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ path: ['_entities', 1], extensions: { code: 'INVALID_ID' } });
  });
});

test('a summary counts, sums and groups', async () => {
  const { data, errors } =
    await ask(`{ virtualMachineSummary(groupBy: [{ field: HOST }, { field: LABEL, label: "app" }]) {
    count cpuCount averageCpuCount minMemoryMiB maxMemoryMiB facets { position field label buckets { key name count } } } }`);
  expect(errors).toEqual([]);
  const summary = data.virtualMachineSummary;
  expect(summary).toMatchObject({
    count: 3,
    cpuCount: 8,
    averageCpuCount: 8 / 3,
    minMemoryMiB: 2048,
    maxMemoryMiB: 4096,
  });
  expect(summary.facets[0].buckets).toContainEqual({ key: idOf('Host', 'h1'), name: 'h1', count: 2 });
  expect(summary.facets[1].buckets).toEqual([
    { key: 'shop', name: 'shop', count: 1 },
    { key: null, name: null, count: 2 },
  ]);
});

test('the service prints the base schema', async () => {
  const { data } = await ask('{ _service { sdl } }');
  expect(data._service.sdl).toContain('type VirtualMachineConnection');
});
