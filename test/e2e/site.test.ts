import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { type Demo, startDemo } from '../support/demo.ts';
import { ask, query } from '../support/graphql.ts';

// The main job on a real site: four installations with two brokers each, every broker and simulator a process of its own.

const installations = ['demo-a', 'demo-b', 'demo-c', 'demo-d'];
const vmsEach = 300;
let demo: Demo;

beforeAll(async () => {
  demo = await startDemo({ installations: installations.length, brokers: 2, vms: vmsEach });
}, 60_000);

afterAll(async () => {
  await demo?.[Symbol.asyncDispose]();
});

describe.each([
  ['the first broker', 0],
  ['the last broker', 7],
])('%s', (_, index) => {
  const url = (): string => `${demo.brokers[index]!}/graphql`;

  test('counts the machines of all installations', async () => {
    const { virtualMachines } = await ask<{ virtualMachines: Counted }>(
      url(),
      '{ virtualMachines(first: 1) { totalCount totalCountRelation coverage { complete sources { id status } } } }',
    );
    expect(virtualMachines).toEqual({
      totalCount: installations.length * vmsEach,
      totalCountRelation: 'EQUAL',
      coverage: {
        complete: true,
        sources: installations.map((id) => ({ id: `installation:${id}`, status: 'OK' })),
      },
    });
  });

  test.each([
    ['by name', { field: 'NAME', direction: 'ASC' }, 'forward'],
    ['by memory, with many ties', { field: 'MEMORY', direction: 'ASC' }, 'forward'],
    ['by boot time, descending, with nulls', { field: 'BOOTED_AT', direction: 'DESC' }, 'forward'],
    ['by name, backwards', { field: 'NAME', direction: 'ASC' }, 'backward'],
    ['by memory, descending and backwards', { field: 'MEMORY', direction: 'DESC' }, 'backward'],
  ] as const)('pages %s through every machine once, in order', async (_name, orderBy, direction) => {
    const rows = await pageThrough(url(), orderBy, direction);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(installations.length * vmsEach);
    expect(rows).toHaveLength(installations.length * vmsEach);
    expect(rows.map(({ id }) => id)).toEqual([...rows].sort(naive(orderBy)).map(({ id }) => id));
  });

  test('gives just what the installations give one by one', async () => {
    const whole = await pageThrough(url(), { field: 'NAME', direction: 'ASC' }, 'forward');
    const parts = await Promise.all(
      installations.map((installation) => {
        const own = demo.processes.find((member) => member.installation === installation && member.role === 'broker')!;
        return pageThrough(`${own.url}/installation/graphql`, { field: 'NAME', direction: 'ASC' }, 'forward');
      }),
    );
    const ids = parts.flat().map(({ id }) => id);
    expect(parts.map(({ length }) => length)).toEqual(installations.map(() => vmsEach));
    expect(whole.map(({ id }) => id).sort()).toEqual(ids.sort());
  });

  test('sums up what the whole list adds up to', async () => {
    const rows = await pageThrough(url(), { field: 'NAME', direction: 'ASC' }, 'forward');
    const { virtualMachineSummary: summary } = await ask<{ virtualMachineSummary: Summary }>(
      url(),
      `{ virtualMachineSummary(groupBy: [{ field: POWER_STATE }, { field: INSTALLATION }, { field: LABEL, label: "env" }]) {
           count countRelation cpuCount memoryMiB averageMemoryMiB minMemoryMiB maxMemoryMiB
           facets { field label buckets { key count } } coverage { complete } } }`,
    );
    const memory = rows.map(({ memoryMiB }) => memoryMiB);
    const sum = memory.reduce((total, value) => total + value, 0);
    expect(summary).toMatchObject({
      count: rows.length,
      countRelation: 'EQUAL',
      cpuCount: rows.reduce((total, { cpuCount }) => total + cpuCount, 0),
      memoryMiB: sum,
      minMemoryMiB: Math.min(...memory),
      maxMemoryMiB: Math.max(...memory),
      coverage: { complete: true },
    });
    expect(summary.averageMemoryMiB).toBeCloseTo(sum / rows.length, 6);
    const keys = [
      (row: Row) => row.powerState,
      (row: Row) => row.installation.localId,
      (row: Row) => row.labels.find(({ key }) => key === 'env')?.value ?? null,
    ];
    expect(summary.facets.map(({ field }) => field)).toEqual(['POWER_STATE', 'INSTALLATION', 'LABEL']);
    summary.facets.forEach(({ buckets }, at) => {
      const expected = new Map<string | null, number>();
      for (const row of rows) {
        const key = keys[at]!(row);
        expected.set(key, (expected.get(key) ?? 0) + 1);
      }
      expect(new Map(buckets.map(({ key, count }) => [key, count]))).toEqual(expected);
    });
  });

  test('finds machines of any installation by id, in the order asked', async () => {
    const rows = await pageThrough(url(), { field: 'MEMORY', direction: 'ASC' }, 'forward');
    const ids = [3, 1100, 500, 4, 800].map((at) => rows[at]!.id);
    const { nodes, one } = await ask<{ nodes: { id: string }[]; one: { id: string } }>(
      url(),
      'query ($ids: [ID!]!, $id: ID!) { nodes(ids: $ids) { id } one: virtualMachine(id: $id) { id name } }',
      { ids, id: ids[1] },
    );
    expect(nodes.map(({ id }) => id)).toEqual(ids);
    expect(one.id).toBe(ids[1]);
  });

  test('asks only the installations that a filter leaves, and keeps the others in the report', async () => {
    const { extensions, data } = await query<{ virtualMachines: Counted }>(
      url(),
      '{ virtualMachines(filter: { installation: { in: ["demo-b", "demo-c"] } }) { totalCount } }',
    );
    expect(data!.virtualMachines.totalCount).toBe(2 * vmsEach);
    expect(extensions.coverage!['virtualMachines']!.sources.map(({ status }) => status)).toEqual([
      'SKIPPED',
      'OK',
      'OK',
      'SKIPPED',
    ]);
  });
});

describe('bad input', () => {
  const url = (): string => `${demo.brokers[3]!}/graphql`;

  test.each([
    ['first: 0', '{ virtualMachines(first: 0) { totalCount } }', 'INVALID_ARGUMENT', '0'],
    ['first: 1001', '{ virtualMachines(first: 1001) { totalCount } }', 'INVALID_ARGUMENT', '1001'],
    ['first: -1', '{ virtualMachines(first: -1) { totalCount } }', 'INVALID_ARGUMENT', '-1'],
    ['a text that is no cursor', '{ virtualMachines(after: "abc") { totalCount } }', 'CURSOR_INVALID', 'abc'],
    ['a malformed id', '{ virtualMachine(id: "nonsense") { name } }', 'INVALID_ID', 'nonsense'],
    [
      'an id of an unknown installation',
      `{ virtualMachine(id: "${Buffer.from('1|VirtualMachine|elsewhere|x').toString('base64url')}") { name } }`,
      'UNKNOWN_INSTALLATION',
      'elsewhere',
    ],
    [
      'an unknown source',
      'query @coverage(sources: ["installation:nowhere"]) { virtualMachines { totalCount } }',
      'UNKNOWN_SOURCE',
      'installation:nowhere',
    ],
    ['a reserved name', '{ virtualMachines { sw__rows: nodes { name } } }', 'INVALID_ARGUMENT', 'sw__rows'],
    ['a time-out of 0', 'query @coverage(timeoutMs: 0) { virtualMachines { totalCount } }', 'INVALID_ARGUMENT', '0'],
  ])('%s is refused by name', async (_name, text, code, named) => {
    const { errors, status } = await query(url(), text);
    expect(status).toBeLessThan(500);
    expect(errors).toHaveLength(1);
    expect(errors[0]!.extensions.code).toBe(code);
    expect(errors[0]!.message).toContain(named);
  });

  test('a cursor of the default order goes on under the same order said aloud', async () => {
    const { virtualMachines } = await ask<{ virtualMachines: { pageInfo: { endCursor: string } } }>(
      url(),
      '{ virtualMachines(first: 3) { pageInfo { endCursor } } }',
    );
    const text = 'query ($after: String) { virtualMachines(after: $after, orderBy: { field: NAME }) { totalCount } }';
    expect((await query(url(), text, { after: virtualMachines.pageInfo.endCursor })).errors).toEqual([]);
  });

  test('a cursor of another query is refused by name, and so is an altered one', async () => {
    const { virtualMachines } = await ask<{ virtualMachines: { pageInfo: { endCursor: string } } }>(
      url(),
      '{ virtualMachines(first: 3) { pageInfo { endCursor } } }',
    );
    const cursor = virtualMachines.pageInfo.endCursor;
    const text = 'query ($after: String) { virtualMachines(after: $after, orderBy: { field: MEMORY }) { totalCount } }';
    expect((await query(url(), text, { after: cursor })).errors[0]!.extensions.code).toBe('CURSOR_MISMATCH');
    const altered = `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
    const same = 'query ($after: String) { virtualMachines(after: $after) { totalCount } }';
    expect((await query(url(), same, { after: altered })).errors[0]!.extensions.code).toBe('CURSOR_INVALID');
  });
});

interface Counted {
  readonly totalCount: number;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly powerState: string;
  readonly cpuCount: number;
  readonly memoryMiB: number;
  readonly bootedAt: string | null;
  readonly installation: { readonly localId: string };
  readonly labels: readonly { readonly key: string; readonly value: string }[];
}

interface Summary {
  readonly averageMemoryMiB: number;
  readonly facets: readonly {
    readonly field: string;
    readonly buckets: readonly { readonly key: string | null; readonly count: number }[];
  }[];
}

interface Order {
  readonly field: 'NAME' | 'MEMORY' | 'BOOTED_AT';
  readonly direction: 'ASC' | 'DESC';
}

const pageText = `query ($orderBy: VirtualMachineOrder, $first: Int, $after: String, $last: Int, $before: String) {
  virtualMachines(orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    nodes { id name powerState cpuCount memoryMiB bootedAt installation { localId } labels { key value } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

async function pageThrough(url: string, orderBy: Order, direction: 'forward' | 'backward'): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  for (;;) {
    const paging: Record<string, unknown> =
      direction === 'forward' ? { first: 37, after: cursor } : { last: 37, before: cursor };
    const answer: { virtualMachines: Page } = await ask(url, pageText, { orderBy, ...paging });
    const page = answer.virtualMachines;
    if (direction === 'forward') {
      rows.push(...page.nodes);
    } else {
      rows.unshift(...page.nodes);
    }
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
    if (!(direction === 'forward' ? hasNextPage : hasPreviousPage)) {
      return rows;
    }
    cursor = direction === 'forward' ? endCursor : startCursor;
  }
}

interface Page {
  readonly nodes: Row[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string;
    readonly endCursor: string;
  };
}

function naive({ field, direction }: Order): (a: Row, b: Row) => number {
  const value = (row: Row): string | number | null =>
    field === 'NAME' ? row.name : field === 'MEMORY' ? row.memoryMiB : row.bootedAt;
  const sign = direction === 'ASC' ? 1 : -1;
  return (a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === right) {
      return a.id < b.id ? -1 : 1;
    }
    if (left === null || right === null) {
      return sign * (left === null ? 1 : -1);
    }
    return sign * (left < right ? -1 : 1);
  };
}
