import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { ask, query } from '../support/graphql.ts';
import { versionWithout } from '../support/other-version.ts';
import { startSite, type TestSite } from '../support/site.ts';
import { startSites } from '../support/sites.ts';

// A site in the middle of an upgrade: two installations of this version, and between them one of an older one, whose
// broker knows less. Each is asked for the whole site, so that the new ask the old and the old asks the new.

const older = versionWithout(
  'VirtualMachine.guestOs',
  'Disk.path',
  'VirtualMachineFilter.label',
  'VirtualMachineOrderField.MEMORY',
  'PowerState.UNKNOWN',
  'Query.virtualMachines(last:)',
  'Query.datastores',
  'VirtualMachineSummary.maxMemoryMiB',
  'VirtualMachineSummary.averageMemoryMiB',
  'VirtualMachineSummary.memoryMiB',
  'SetPowerStateBulkInput.maxTargets',
  'SourceCoverage.unsupportedFields',
);

let site: TestSite;

beforeAll(async () => {
  site = await startSite({ installations: ['a', 'b', 'c'], vms: 30, versions: { b: older } });
}, 60_000);

afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
});

const newer = (): string => `${site.brokers[0]}/graphql`;
const old = (): string => `${site.brokers[1]}/graphql`;

interface Record {
  readonly id: string;
  readonly status: string;
  readonly message: string | null;
  readonly rows: number | null;
  readonly unsupportedFields: readonly string[] | null;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly guestOs: string | null;
  readonly system: string | null;
  readonly installation: { readonly localId: string };
}

interface Page {
  readonly virtualMachines: {
    readonly totalCount: number;
    readonly totalCountRelation: string;
    readonly nodes: readonly Row[];
    readonly coverage: { readonly complete: boolean; readonly sources: readonly Record[] };
  };
}

const coverage = 'coverage { complete sources { id status message rows unsupportedFields } }';

function recordOf(sources: readonly Record[], id: string): Record {
  return sources.find((source) => source.id === `installation:${id}`)!;
}

describe('an older broker, asked by a newer one', () => {
  test('gives its rows without the fields that it does not know, and is named for them', async () => {
    const { virtualMachines } = await ask<Page>(
      newer(),
      `{ virtualMachines(first: 100) { totalCount totalCountRelation nodes { id name system: guestOs guestOs installation { localId } ...Disks } ${coverage} } }
       fragment Disks on VirtualMachine { disks { name path } }`,
    );
    expect(virtualMachines.totalCount).toBe(90);
    expect(virtualMachines.totalCountRelation).toBe('EQUAL');
    expect(virtualMachines.nodes).toHaveLength(90);
    for (const row of virtualMachines.nodes) {
      expect(Object.keys(row)).toEqual(['id', 'name', 'system', 'guestOs', 'installation', 'disks']);
      expect(row.system).toBe(row.guestOs);
    }
    const told = virtualMachines.nodes.filter(({ guestOs }) => guestOs !== null);
    expect(new Set(told.map(({ installation }) => installation.localId))).toEqual(new Set(['a', 'c']));
    expect(virtualMachines.coverage.complete).toBe(false);
    expect(recordOf(virtualMachines.coverage.sources, 'a')).toMatchObject({ status: 'OK', unsupportedFields: null });
    expect(recordOf(virtualMachines.coverage.sources, 'b')).toEqual({
      id: 'installation:b',
      status: 'UNSUPPORTED',
      message: 'another version: it does not know Disk.path, VirtualMachine.guestOs',
      rows: 30,
      unsupportedFields: ['Disk.path', 'VirtualMachine.guestOs'],
    });
  });

  test.each([
    ['a filter field in the text', 'filter: { label: [{ key: "env", exists: true }] }', {}],
    [
      'a filter field deep in a variable',
      'filter: $filter',
      { filter: { or: [{ not: { label: [{ key: 'no such label', exists: true }] } }] } },
    ],
    ['an enum value in the text', 'filter: { powerState: [UNKNOWN, RUNNING] }', {}],
    ['an enum value in a variable', 'filter: $filter', { filter: { powerState: ['UNKNOWN', 'RUNNING'] } }],
    ['an order', 'orderBy: { field: MEMORY }', {}],
    ['an argument', 'last: 100', {}],
  ])('gives no rows at all if it does not know %s', async (_name, args, variables) => {
    const declared = 'filter' in variables ? '($filter: VirtualMachineFilter)' : '';
    const text = `query ${declared} { virtualMachines(${args}) { totalCount totalCountRelation nodes { id installation { localId } } ${coverage} } }`;
    const { virtualMachines } = await ask<Page>(newer(), text, variables);
    expect(virtualMachines.nodes.map(({ installation }) => installation.localId)).not.toContain('b');
    expect(virtualMachines.nodes.length).toBeGreaterThan(0);
    expect(virtualMachines.totalCountRelation).toBe('AT_LEAST');
    const { sources } = virtualMachines.coverage;
    expect(recordOf(sources, 'b')).toMatchObject({ status: 'UNSUPPORTED', rows: null, unsupportedFields: null });
    expect(recordOf(sources, 'b').message).toMatch(/^another version: /);
    expect(recordOf(sources, 'c')).toMatchObject({ status: 'OK' });
  });

  test('answers what it understands of several questions in one request', async () => {
    const answer = await query<{
      known: { totalCount: number };
      unknown: { totalCount: number };
      part: Page['virtualMachines'];
    }>(
      newer(),
      `{ known: virtualMachines(first: 1) { totalCount }
         unknown: virtualMachines(first: 1, filter: { label: [{ key: "no such label", exists: false }] }) { totalCount }
         part: virtualMachines(first: 100) { nodes { guestOs name } } 
         datastores { totalCount } }`,
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data).toMatchObject({ known: { totalCount: 90 }, unknown: { totalCount: 60 }, datastores: {} });
    expect(answer.data!.part.nodes).toHaveLength(90);
    const statuses = Object.fromEntries(
      Object.entries(answer.extensions.coverage!).map(([path, { sources }]) => [
        path,
        sources.find(({ id }) => id === 'installation:b')!.status,
      ]),
    );
    expect(statuses).toEqual({ known: 'OK', unknown: 'UNSUPPORTED', part: 'UNSUPPORTED', datastores: 'UNSUPPORTED' });
  });

  test('is not complete enough for a caller who requires all', async () => {
    const answer = await query(
      newer(),
      '{ virtualMachines(first: 1) { nodes { guestOs } } }'.replace('{', 'query @coverage(require: ALL) {'),
    );
    expect(answer.errors).toMatchObject([{ extensions: { code: 'COVERAGE_NOT_MET' } }]);
    const whole = await ask<Page>(
      newer(),
      'query @coverage(require: ALL) { virtualMachines(first: 1) { totalCount nodes { name } } }',
    );
    expect(whole.virtualMachines.totalCount).toBe(90);
  });

  test('adds to a summary what it knows, and the totals say what they are', async () => {
    interface Summary {
      readonly virtualMachineSummary: {
        readonly count: number;
        readonly countRelation: string;
        readonly maxMemoryMiB: number;
      };
    }
    const part = await ask<Summary>(
      newer(),
      '{ virtualMachineSummary { count countRelation maxMemoryMiB averageCpuCount } }',
    );
    expect(part.virtualMachineSummary).toMatchObject({ count: 90, countRelation: 'AT_LEAST' });
    const whole = await ask<Summary>(newer(), '{ virtualMachineSummary { count countRelation averageCpuCount } }');
    expect(whole.virtualMachineSummary).toMatchObject({ count: 90, countRelation: 'EQUAL' });
    // An average over parts of which one is not known would be wrong.
    const average = await ask<Summary>(newer(), '{ virtualMachineSummary { count countRelation averageMemoryMiB } }');
    expect(average.virtualMachineSummary).toMatchObject({ count: 60, countRelation: 'AT_LEAST' });
  });
});

describe('a newer broker, asked by an older one', () => {
  test('answers all that the older one can ask', async () => {
    const { virtualMachines } = await ask<Page>(
      old(),
      '{ virtualMachines(first: 100) { totalCount totalCountRelation nodes { id name } coverage { complete } } }',
    );
    expect(virtualMachines).toMatchObject({
      totalCount: 90,
      totalCountRelation: 'EQUAL',
      coverage: { complete: true },
    });
  });
});

describe('an installation in the middle of its upgrade', () => {
  test('gives whole answers as long as one of its brokers can, whichever is asked first', async () => {
    await using sites = await startSites({
      sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a'] },
      vms: 5,
      brokers: 2,
      versions: { 'lyon-b-2': older, 'oslo-a-1': older },
    });
    const text = `{ virtualMachines(first: 100) { nodes { guestOs } ${coverage} } virtualMachineSummary { maxMemoryMiB } }`;
    const filtered = '{ virtualMachines(filter: { label: [{ key: "x", exists: false }] }) { coverage { complete } } }';
    for (let time = 0; time < 10; time += 1) {
      const { virtualMachines } = await ask<Page>(`${sites.at('lyon').url}/federation/graphql`, text);
      expect(virtualMachines.nodes).toHaveLength(15);
      expect(virtualMachines.coverage.sources.filter(({ status }) => status !== 'OK')).toEqual([]);
      const known = await ask<Page>(`${sites.at('lyon').url}/federation/graphql`, filtered);
      expect(known.virtualMachines.coverage.complete).toBe(true);
    }
  }, 30_000);
});
