import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Effect } from '../../src/drivers/simulator/effects.ts';
import { eventually } from '../contract/eventually.ts';
import { ask, query } from '../support/graphql.ts';
import { versionWithout } from '../support/other-version.ts';
import { startPostgres } from '../support/postgres.ts';
import { simulatorConsole } from '../support/simulator.ts';
import { startSites, type TestSites } from '../support/sites.ts';
import { readStream } from '../support/stream-reader.ts';

// Two sites, each with a database for each installation, in the middle of an upgrade: lyon-a is of this version, lyon-b and
// the whole of oslo are older. An older broker is met as an installation of the site, and as a site.

const missing = [
  'VirtualMachine.guestOs',
  'VirtualMachineFilter.label',
  'Operation.progress',
  'SetPowerStateInput.dryRun',
];
const installations = ['lyon-a', 'lyon-b', 'oslo-a'];
const started = new AsyncDisposableStack();
let sites: TestSites;

beforeAll(async () => {
  const postgres = started.use(await startPostgres());
  const databases = new Map<string, string>();
  for (const installation of installations) databases.set(installation, await postgres.newDatabase());
  sites = started.use(
    await startSites({
      sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a'] },
      vms: 12,
      // Usage that moves would be events as well.
      usageIntervalMs: 0,
      settings: ({ installation }) => ({ database: { url: databases.get(installation) } }),
      versions: {
        'lyon-b-1': versionWithout(...missing),
        'oslo-a-1': versionWithout(...missing, 'PowerState.SUSPENDED'),
      },
    }),
  );
}, 120_000);

afterAll(async () => {
  await started.disposeAsync();
});

const at = (site: string): string => `${sites.at(site).url}/federation/graphql`;

interface Machine {
  readonly id: string;
  readonly localId: string;
  readonly guestOs: string | null;
  readonly powerState: string | null;
}

interface Page {
  readonly virtualMachines: {
    readonly totalCount: number;
    readonly totalCountRelation: string;
    readonly nodes: readonly Machine[];
    readonly coverage: { readonly sources: readonly { readonly id: string }[] };
  };
}

const coverage = 'coverage { sources { id status message rows unsupportedFields } }';

/** The records by name, of those that are not OK. */
function lacking(sources: readonly { readonly id: string }[]): Record<string, unknown> {
  const odd = sources.filter((source) => (source as { status?: string }).status !== 'OK');
  return Object.fromEntries(odd.map(({ id, ...rest }) => [id, rest]));
}

async function machinesOf(installation: string): Promise<readonly Machine[]> {
  const { virtualMachines } = await ask<Page>(
    at('lyon'),
    `query M($installation: ID!) {
      virtualMachines(first: 100, filter: { installation: { eq: $installation } }) { nodes { id localId powerState } }
    }`,
    { installation },
  );
  return virtualMachines.nodes;
}

/** What was done to the machines of an installation. */
async function effectsAt(installation: string): Promise<readonly Effect[]> {
  const response = await fetch(`${sites.simulators[installation]!}/v1/effects`);
  return (await response.json()) as readonly Effect[];
}

describe('an older site and an older installation, asked by a newer broker', () => {
  test('give their rows without what they do not know, and are named for it', async () => {
    const { virtualMachines } = await ask<Page>(
      at('lyon'),
      `{ virtualMachines(first: 100) { totalCount totalCountRelation nodes { id guestOs localId } ${coverage} } }`,
    );
    expect(virtualMachines).toMatchObject({ totalCount: 36, totalCountRelation: 'EQUAL' });
    expect(virtualMachines.nodes).toHaveLength(36);
    const lack = {
      status: 'UNSUPPORTED',
      message: 'another version: it does not know VirtualMachine.guestOs',
      rows: 12,
      unsupportedFields: ['VirtualMachine.guestOs'],
    };
    expect(lacking(virtualMachines.coverage.sources)).toEqual({
      'installation:lyon-b': lack,
      'installation:oslo-a': lack,
      'site:oslo': lack,
    });
  });

  test('page with the others, and each machine is seen once', async () => {
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const {
        virtualMachines,
      }: { virtualMachines: Page['virtualMachines'] & { pageInfo: { endCursor: string; hasNextPage: boolean } } } =
        await ask(
          at('lyon'),
          `query P($after: String) { virtualMachines(first: 5, after: $after) { nodes { id guestOs } pageInfo { endCursor hasNextPage } ${coverage} } }`,
          { after },
        );
      seen.push(...virtualMachines.nodes.map(({ id }) => id));
      after = virtualMachines.pageInfo.endCursor;
      if (!virtualMachines.pageInfo.hasNextPage) break;
    }
    expect(seen).toHaveLength(36);
    expect(new Set(seen).size).toBe(36);
  });

  test('give no rows if they do not know a condition', async () => {
    const filter = { and: [{ label: [{ key: 'no such label', exists: false }] }] };
    const text = `query F($filter: VirtualMachineFilter) { virtualMachines(first: 100, filter: $filter) { totalCount totalCountRelation nodes { id } ${coverage} } }`;
    const { virtualMachines } = await ask<Page>(at('lyon'), text, { filter });
    expect(virtualMachines).toMatchObject({ totalCount: 12, totalCountRelation: 'AT_LEAST' });
    expect(lacking(virtualMachines.coverage.sources)).toMatchObject({
      'installation:lyon-b': { status: 'UNSUPPORTED', unsupportedFields: null },
      'installation:oslo-a': { status: 'UNSUPPORTED', unsupportedFields: null },
      'site:oslo': { status: 'UNSUPPORTED', message: expect.stringContaining('Field "label" is not defined') },
    });
    const nobody = await query(at('oslo'), '{ virtualMachines(filter: { label: [] }) { totalCount } }');
    expect(nobody.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });

  test('give what they know of single machines, each field at its place', async () => {
    for (const installation of ['lyon-b', 'oslo-a']) {
      const [{ id } = { id: '' }] = await machinesOf(installation);
      const found = await ask<Record<string, unknown>>(
        at('lyon'),
        `query L($id: ID!, $r: [_Any!]!) {
          node(id: $id) { ... on VirtualMachine { system: guestOs } ...Named ... on Host { cpuModel } }
          nodes(ids: [$id]) { id ...Named }
          virtualMachine(id: $id) { guestOs id host { virtualMachines(first: 1) { nodes { guestOs } } } }
          _entities(representations: $r) { ... on VirtualMachine { guestOs } }
        }
        fragment Named on VirtualMachine { name guestOs }`,
        { id, r: [{ __typename: 'VirtualMachine', id }] },
      );
      expect(found).toEqual({
        node: { system: null, name: expect.any(String), guestOs: null },
        nodes: [{ id, name: expect.any(String), guestOs: null }],
        virtualMachine: { guestOs: null, id, host: { virtualMachines: { nodes: [{ guestOs: null }] } } },
        _entities: [{ guestOs: null }],
      });
      expect(Object.keys(found['virtualMachine'] as object)).toEqual(['guestOs', 'id', 'host']);
    }
  });

  test('carry out a change whose answer they can only give in part', async () => {
    for (const installation of ['lyon-b', 'oslo-a']) {
      const running = (await machinesOf(installation)).filter(({ powerState }) => powerState === 'RUNNING');
      const { data, errors } = await query<{ setPowerState: { operation: { id: string; progress: unknown } } }>(
        at('lyon'),
        'mutation P($id: ID!) { setPowerState(input: { id: $id, action: FORCE_STOP }) { operation { id progress } userErrors { code } } }',
        { id: running[0]!.id },
      );
      expect(errors).toEqual([]);
      expect(data).toEqual({
        setPowerState: { operation: { id: expect.any(String), progress: null }, userErrors: [] },
      });
      await eventually(async () => {
        const effects = await effectsAt(installation);
        expect(effects.filter(({ vm }) => vm === running[0]!.localId)).toHaveLength(1);
      }, 10_000);
    }
  });

  test('refuse, before they do anything, a change that they do not understand or that must be answered in full', async () => {
    const counts = async (): Promise<readonly number[]> =>
      Promise.all(installations.map(async (one) => (await effectsAt(one)).length));
    const before = await counts();
    for (const installation of ['lyon-b', 'oslo-a']) {
      const running = (await machinesOf(installation)).filter(({ powerState }) => powerState === 'RUNNING');
      const { id } = running.at(-1)!;
      for (const text of [
        'mutation P($id: ID!) { setPowerState(input: { id: $id, action: FORCE_STOP, dryRun: true }) { operation { id } } }',
        'mutation P($id: ID!) @coverage(require: ALL) { setPowerState(input: { id: $id, action: FORCE_STOP }) { operation { progress } } }',
      ]) {
        const { data, errors } = await query(at('lyon'), text, { id });
        expect(data).toEqual({ setPowerState: null });
        expect(errors).toMatchObject([{ extensions: { code: 'NO_SOURCE_ANSWERED', accepted: 'NO' } }]);
        expect(errors[0]!.message).toContain('UNSUPPORTED');
      }
    }
    expect(await counts()).toEqual(before);
  });

  test('take no part in a bulk whose filter they do not know', async () => {
    const name = randomUUID();
    const input = { filter: { label: [{ key: 'no such label', exists: false }] }, name };
    const text = `mutation B($input: CreateSnapshotBulkInput!) {
      createSnapshotBulk(input: $input) { operation { id } userErrors { code } targetCount ${coverage} }
    }`;
    interface Bulk {
      readonly createSnapshotBulk: {
        readonly operation: { readonly id: string };
        readonly targetCount: number;
        readonly coverage: Page['virtualMachines']['coverage'];
      };
    }
    const { createSnapshotBulk } = await ask<Bulk>(at('lyon'), text, { input });
    expect(createSnapshotBulk).toMatchObject({ operation: { id: expect.any(String) }, targetCount: 12 });
    expect(lacking(createSnapshotBulk.coverage.sources)).toMatchObject({
      'installation:lyon-b': { status: 'UNSUPPORTED' },
      'site:oslo': { status: 'UNSUPPORTED' },
    });
    await eventually(async () => {
      const { operation } = await ask<{ operation: unknown }>(
        at('lyon'),
        'query O($id: ID!) { operation(id: $id) { state itemCount succeededCount } }',
        { id: createSnapshotBulk.operation.id },
      );
      expect(operation).toEqual({ state: 'SUCCEEDED', itemCount: 12, succeededCount: 12 });
    }, 15_000);
    for (const installation of ['lyon-b', 'oslo-a']) {
      expect(JSON.stringify(await effectsAt(installation))).not.toContain(name);
    }
  });
});

describe('newer brokers, asked by an older one', () => {
  test('answer all that it can ask', async () => {
    const { virtualMachines } = await ask<Page>(
      at('oslo'),
      '{ virtualMachines(first: 100) { totalCount totalCountRelation nodes { id localId } coverage { complete } } }',
    );
    expect(virtualMachines).toMatchObject({
      totalCount: 36,
      totalCountRelation: 'EQUAL',
      coverage: { complete: true },
    });
  });

  test('are named for values that it does not know, which are null', async () => {
    const known = await machinesOf('lyon-b');
    const suspended = known.filter(({ powerState }) => powerState === 'SUSPENDED');
    expect(suspended.length).toBeGreaterThan(0);
    const answer = await query<Page>(
      at('oslo'),
      '{ virtualMachines(first: 100) { totalCount totalCountRelation nodes { id state: powerState } coverage { sources { id status message rows unsupportedFields } } } }',
    );
    expect(answer.errors).toEqual([]);
    const { virtualMachines } = answer.data!;
    expect(virtualMachines).toMatchObject({ totalCount: 36, totalCountRelation: 'EQUAL' });
    const rows = virtualMachines.nodes as unknown as readonly { id: string; state: string | null }[];
    expect(rows.filter(({ state }) => state === null).map(({ id }) => id)).toEqual(suspended.map(({ id }) => id));
    const lack = { status: 'UNSUPPORTED', unsupportedFields: ['VirtualMachine.powerState'] };
    expect(lacking(virtualMachines.coverage.sources)).toMatchObject({ 'site:lyon': lack });
  });
});

describe('a stream over brokers of different versions', () => {
  interface Event {
    readonly type: string;
    readonly source: string;
    readonly node: Record<string, unknown> | null;
  }
  const changes = (filter: string, selection: string): string => `subscription {
    inventoryChanged(types: [VIRTUAL_MACHINE], filter: { virtualMachine: ${filter} }) {
      type source node { ... on VirtualMachine { ${selection} } }
    }
  }`;
  const startOf = async (reader: ReturnType<typeof readStream<Event>>): Promise<Record<string, unknown>> => {
    const { extensions } = await reader.result();
    const { inventoryChanged } = extensions!['coverage'] as Record<string, Page['virtualMachines']['coverage']>;
    return lacking(inventoryChanged!.sources);
  };
  const add = (installation: string, name: string): Promise<unknown> =>
    simulatorConsole(sites.simulators[installation]!).add({ name });

  test('tells of each what it knows, with null for the rest, and names them at its beginning', async () => {
    const query = changes('{ name: { startsWith: "part-" } }', 'system: guestOs name');
    await using reader = readStream<Event>(at('lyon'), { query });
    const lack = { status: 'UNSUPPORTED', unsupportedFields: ['VirtualMachine.guestOs'] };
    expect(await startOf(reader)).toMatchObject({
      'installation:lyon-b': lack,
      'installation:oslo-a': lack,
      'site:oslo': lack,
    });
    for (const installation of ['oslo-a', 'lyon-b', 'lyon-a']) {
      await add(installation, `part-${installation}`);
      const event = await reader.change();
      expect(event).toMatchObject({ type: 'ADDED', source: `installation:${installation}` });
      expect(Object.keys(event.node!)).toEqual(['system', 'name']);
      const system = installation === 'lyon-a' ? expect.any(String) : null;
      expect(event.node).toEqual({ system, name: `part-${installation}` });
    }
  });

  test('goes on without those that do not know its filter', async () => {
    const query = changes(
      '{ name: { startsWith: "whole-" }, label: [{ key: "no such label", exists: false }] }',
      'name',
    );
    await using reader = readStream<Event>(at('lyon'), { query });
    expect(await startOf(reader)).toMatchObject({
      'installation:lyon-b': { status: 'UNSUPPORTED', rows: null },
      'site:oslo': { status: 'UNSUPPORTED', message: expect.stringContaining('Field "label" is not defined') },
    });
    await add('oslo-a', 'whole-oslo');
    await add('lyon-b', 'whole-lyon');
    await add('lyon-a', 'whole-mine');
    expect(await reader.change()).toMatchObject({ type: 'ADDED', node: { name: 'whole-mine' } });
  });

  test('shows live pages with what each knows', async () => {
    const query = `subscription {
      virtualMachinesLive(first: 50, filter: { name: { startsWith: "part-" } }) {
        nodes { name guestOs } ${coverage}
      }
    }`;
    await using reader = readStream<Page['virtualMachines'] & { readonly type: string }>(at('lyon'), { query });
    const lack = { status: 'UNSUPPORTED', unsupportedFields: ['VirtualMachine.guestOs'] };
    await eventually(async () => {
      const page = (await reader.next())!;
      expect(page.nodes).toHaveLength(3);
      expect(lacking(page.coverage.sources)).toMatchObject({ 'installation:lyon-b': lack, 'site:oslo': lack });
    }, 10_000);
  });
});
