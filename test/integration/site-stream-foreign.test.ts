import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ExecutionResult } from 'graphql';
import { parse, validate } from 'graphql';

import { type Cmdb, startCmdb } from '../../examples/cmdb-subgraph/server.ts';
import type { FeedChange } from '../../src/model/resource.ts';
import { vm } from '../support/builders.ts';
import { added, startStreamSite, type Reader, type StreamSite } from '../support/stream-site.ts';

// Subscriptions that select what an operator's own subgraph knows of machines.

let cmdb: Cmdb;
let site: StreamSite;

beforeEach(async () => {
  cmdb = await startCmdb({ port: 0, host: '127.0.0.1' });
  site = await startStreamSite({ a: ['a-1'], b: ['b-1'] }, { subgraphs: [{ name: 'cmdb', url: cmdb.url }] });
});
afterEach(async () => {
  await site?.[Symbol.asyncDispose]();
  await cmdb.close().catch(() => undefined);
});

const text = `
  subscription ($with: Boolean = true) {
    inventoryChanged(filter: { virtualMachine: { installation: { eq: "a" } } }, types: [VIRTUAL_MACHINE]) {
      node { ...machine id }
      type
    }
  }
  fragment machine on VirtualMachine { owner @include(if: $with) name cost: costCentre }`;

async function next(reader: Reader): Promise<ExecutionResult> {
  const { value } = await reader.result();
  return JSON.parse(JSON.stringify(value)) as ExecutionResult;
}

const open = async (variables = {}): Promise<Reader> => {
  expect(validate(site.streams.schema(), parse(text))).toEqual([]);
  const reader = await site.follow(text, { variables });
  expect((await next(reader)).data).toEqual({ inventoryChanged: { node: null, type: 'BOOKMARK' } });
  return reader;
};

const tell = (change: FeedChange): number => site.installations['a']!.log.append(change);

test('an event comes with what another subgraph knows, in the order in which it was asked', async () => {
  const reader = await open();
  tell(added('m1'));
  const { data, errors } = await next(reader);
  expect(errors).toBeUndefined();
  const { node } = data!['inventoryChanged'] as { node: Record<string, unknown> };
  expect(node).toEqual({
    owner: expect.any(String),
    name: 'm1',
    cost: expect.stringMatching(/^CC-/),
    id: expect.any(String),
  });
  expect(Object.keys(node)).toEqual(['owner', 'name', 'cost', 'id']);
  reader.stop();
});

test('a condition on what another subgraph knows is obeyed', async () => {
  const reader = await open({ with: false });
  tell(added('m1'));
  const { data } = await next(reader);
  expect(Object.keys((data!['inventoryChanged'] as { node: object }).node)).toEqual(['name', 'cost', 'id']);
  reader.stop();
});

test('of what is gone only the installation is asked', async () => {
  const reader = await open();
  tell({ kind: 'VirtualMachine', localId: 'm1', before: vm({ name: 'm1' }), after: null });
  const { data, errors } = await next(reader);
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ inventoryChanged: { type: 'REMOVED', node: { owner: null, name: 'm1', cost: null } } });
  reader.stop();
});

test('a subgraph that is away is an error of the event, and the stream goes on', async () => {
  const reader = await open();
  await cmdb.close();
  for (const name of ['m1', 'm2']) {
    tell(added(name));
    const { data, errors } = await next(reader);
    expect(data).toMatchObject({ inventoryChanged: { type: 'ADDED', node: { owner: null, name, cost: null } } });
    expect(errors).toMatchObject([
      { path: expect.arrayContaining(['inventoryChanged', 'node']), extensions: { code: 'SUBGRAPH_FAILED' } },
    ]);
  }
  reader.stop();
});
