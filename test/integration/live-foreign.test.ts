import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ExecutionResult, parse, validate } from 'graphql';

import { type Cmdb, startCmdb } from '../../examples/cmdb-subgraph/server.ts';
import { eventually } from '../contract/eventually.ts';
import { vm } from '../support/builders.ts';
import { type Reader, startStreamSite, type StreamSite } from '../support/stream-site.ts';

// Live pages that select what an operator's own subgraph knows of machines.

let cmdb: Cmdb;
let site: StreamSite;
let reader: Reader | null = null;

beforeEach(async () => {
  cmdb = await startCmdb({ port: 0, host: '127.0.0.1' });
  site = await startStreamSite({ a: ['a-1'] }, { subgraphs: [{ name: 'cmdb', url: cmdb.url }] });
});
afterEach(async () => {
  reader?.stop();
  await site?.[Symbol.asyncDispose]();
  await cmdb.close().catch(() => undefined);
});

const text = `
  subscription ($with: Boolean = true) {
    virtualMachinesLive(first: 2) {
      edges { cursor it: node { ...machine } }
      nodes { ...machine }
      pageInfo { hasNextPage }
      totalCount
    }
  }
  fragment machine on VirtualMachine { owner @include(if: $with) name cost: costCentre }`;

const watch = async (variables = {}): Promise<readonly ExecutionResult[]> => {
  expect(validate(site.streams.schema(), parse(text))).toEqual([]);
  const following = await site.follow(text, { variables });
  reader = following;
  const told: ExecutionResult[] = [];
  void (async () => {
    for (let step = await following.result(); step.done !== true; step = await following.result()) {
      told.push(JSON.parse(JSON.stringify(step.value)) as ExecutionResult);
    }
  })().catch(() => undefined);
  return told;
};

const machine = (name: string) => ({ owner: expect.any(String), name, cost: expect.stringMatching(/^CC-/) });

test('a page comes with what another subgraph knows, in the order in which it was asked', async () => {
  const told = await watch();
  await eventually(() => expect(told).toHaveLength(1));
  const rows = ['m1', 'm2'].map(machine);
  expect(told[0]!.errors).toBeUndefined();
  expect(told[0]!.data).toEqual({
    virtualMachinesLive: {
      edges: rows.map((it) => ({ cursor: expect.any(String), it })),
      nodes: rows,
      pageInfo: { hasNextPage: false },
      totalCount: 2,
    },
  });
  const page = told[0]!.data!['virtualMachinesLive'] as { nodes: object[] };
  expect([page, page.nodes[0]!].map(Object.keys)).toEqual([
    ['edges', 'nodes', 'pageInfo', 'totalCount'],
    ['owner', 'name', 'cost'],
  ]);
  site.installations['a']!.setMachines([vm({ name: 'm0' })]);
  await eventually(() => expect(told.at(-1)!.data).toMatchObject({ virtualMachinesLive: { nodes: [machine('m0')] } }));
});

test('a condition on what another subgraph knows is obeyed', async () => {
  const told = await watch({ with: false });
  await eventually(() => expect(told).toHaveLength(1));
  const page = told[0]!.data!['virtualMachinesLive'] as { nodes: object[] };
  expect(Object.keys(page.nodes[0]!)).toEqual(['name', 'cost']);
});

test('a subgraph that is away is an error of the page, and the page is told', async () => {
  await cmdb.close();
  const told = await watch();
  await eventually(() => expect(told).toHaveLength(1));
  const rows = ['m1', 'm2'].map((name) => ({ owner: null, name, cost: null }));
  expect(told[0]!.data).toMatchObject({ virtualMachinesLive: { nodes: rows, totalCount: 2 } });
  expect(told[0]!.errors!.map(({ path }) => path!.slice(0, 2))).toContainEqual(['virtualMachinesLive', 'nodes']);
});
