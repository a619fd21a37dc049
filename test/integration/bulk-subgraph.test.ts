import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { encodeId } from '../../src/core/ids.ts';
import { createSnapshot } from '../../src/inventory/snapshot.ts';
import { bulkLocalIdOf } from '../../src/model/bulk-id.ts';
import { compileFilter } from '../../src/model/filter.ts';
import type { Operation } from '../../src/model/operation.ts';
import { bulkIdOf } from '../../src/model/operation-list.ts';
import { rowOf } from '../../src/model/resource.ts';
import { vmList } from '../../src/model/vm-list.ts';
import type { Acceptance, BulkRequest, Operations } from '../../src/operations/operations.ts';
import { createSubgraph } from '../../src/subgraph/subgraph.ts';
import { vm } from '../support/builders.ts';
import { type ChangeBroker, startChangeBroker } from '../support/change-broker.ts';
import { type ChangeSite, createChangeSite } from '../support/change-site.ts';
import { operation } from '../support/operation.ts';

// Changes through the real engine to the real subgraphs of three installations. Only what keeps the operations is a double
// of the port that resolvers see.

const ids = ['a', 'b', 'c'];
let brokers: ChangeBroker[];
let site: ChangeSite;
let parts: Map<string, Operation>[];

beforeEach(async () => {
  parts = ids.map(() => new Map<string, Operation>());
  brokers = await Promise.all(ids.map((id, at) => startChangeBroker(id, subgraphOf(id, at))));
  site = createChangeSite(Object.fromEntries(ids.map((id, at) => [id, [brokers[at]!.url]])));
});
afterEach(async () => {
  await site[Symbol.asyncDispose]();
  await Promise.all(brokers.map((broker) => broker[Symbol.asyncDispose]()));
});

/** An installation with one, two or three machines. */
function subgraphOf(id: string, at: number) {
  const machines = Array.from({ length: at + 1 }, (_, n) => vm({ localId: `m${n}`, name: `web-${n}` }));
  const snapshot = createSnapshot(id, { VirtualMachine: machines, Host: [], Datastore: [], Network: [] });
  const count = ({ filter }: BulkRequest): number => {
    const meets = compileFilter<ReturnType<typeof rowOf<'VirtualMachine'>>, never>(vmList.filter, filter as never);
    return machines.filter((one) => meets?.(rowOf('VirtualMachine', one, id)) ?? true).length;
  };
  return createSubgraph({
    installation: { id, name: id, site: 'test', driver: 'test' },
    broker: { id: `${id}-1` },
    inventory: { current: () => ({ revision: 1, snapshot, status: 'OK', asOf: 0, message: null }) },
    operations: operationsOf(parts[at]!, count),
    siteView: () => ({
      id: 'test',
      name: 'test',
      answeredBy: `${id}-1`,
      installations: ids.map((one) => ({ id: one, name: one, driver: null, brokers: [] })),
    }),
    clock: systemClock,
  }).schema;
}

function operationsOf(known: Map<string, Operation>, count: (request: BulkRequest) => number): Operations {
  const nothing: Acceptance = { operation: null, userErrors: [], preview: null, targetCount: null };
  return {
    accept: async ({ idempotencyKey }) => {
      const accepted = operation({ localId: `by-${idempotencyKey!}` });
      known.set(accepted.localId, accepted);
      return { ...nothing, operation: accepted };
    },
    async acceptBulk(request) {
      const localId = request.operationId ?? bulkLocalIdOf(request.actor, request.idempotencyKey!);
      const there = known.get(localId);
      const targetCount = there?.counts?.items ?? count(request);
      if (there || request.dryRun) {
        return { ...nothing, operation: there ?? null, targetCount, preview: request.dryRun ? ['it would be'] : null };
      }
      const counts = { items: targetCount, progress: 50 * targetCount, succeeded: 0, failed: 0, cancelled: 0 };
      const accepted = operation({ localId, kind: request.action.kind, state: 'RUNNING', counts });
      known.set(localId, accepted);
      return { ...nothing, operation: accepted, targetCount };
    },
    async cancel({ localId }) {
      const there = known.get(localId);
      const cancelled = there && { ...there, cancelRequested: true, state: 'CANCELLED' as const };
      if (cancelled) {
        known.set(localId, cancelled);
      }
      return cancelled ?? null;
    },
    find: async (localId) => known.get(localId) ?? null,
    auditRefusal: async () => undefined,
  };
}

const id = bulkIdOf(bulkLocalIdOf('anonymous', 'k'));
const snapshots = `mutation ($filter: VirtualMachineFilter!) {
  createSnapshotBulk(input: { filter: $filter, name: "before", idempotencyKey: "k" }) {
    operation { id kind state progress itemCount installation { id } }
    userErrors { code message }
    targetCount
    coverage { complete sources { id status } }
  }
}`;
const everywhere = { name: { startsWith: 'web' } };

test('a bulk is one operation whose parts are at every installation', async () => {
  const { data, errors } = await site.ask(snapshots, { variables: { filter: everywhere } });
  expect(errors).toEqual([]);
  expect(data!['createSnapshotBulk']).toEqual({
    operation: { id, kind: 'CREATE_SNAPSHOT_BULK', state: 'RUNNING', progress: 50, itemCount: 6, installation: null },
    userErrors: [],
    targetCount: 6,
    coverage: { complete: true, sources: ids.map((one) => ({ id: `installation:${one}`, status: 'OK' })) },
  });
  expect(parts.map((known) => [...known.values()].map(({ counts }) => counts?.items))).toEqual([[1], [2], [3]]);
});

test('only the installations that have a match take part, and what is missing is done by asking again', async () => {
  brokers[1]!.behaviour = 'die-before';
  const first = await site.ask(snapshots, { variables: { filter: { name: { in: ['web-1', 'web-2'] } } } });
  expect(first.data!['createSnapshotBulk']).toMatchObject({
    operation: { itemCount: 2 },
    coverage: { complete: false },
  });
  expect(parts.map(({ size }) => size)).toEqual([0, 0, 1]);
  brokers[1]!.behaviour = 'answer';
  const again = await site.ask(snapshots, { variables: { filter: { name: { in: ['web-1', 'web-2'] } } } });
  expect(again.data!['createSnapshotBulk']).toMatchObject({
    operation: { itemCount: 3 },
    coverage: { complete: true },
  });
});

test('the bulk is found, and cancelled, through any broker', async () => {
  await site.ask(snapshots, { variables: { filter: everywhere } });
  parts[0]!.clear();
  const found = await site.ask(
    `query ($id: ID!, $r: [_Any!]!) {
      operation(id: $id) { progress itemCount }
      node(id: $id) { ... on Operation { itemCount } }
      nodes(ids: [$id]) { id }
      _entities(representations: $r) { ... on Operation { itemCount } }
    }`,
    { variables: { id, r: [{ __typename: 'Operation', id }] } },
  );
  expect(found.errors).toEqual([]);
  expect(found.data).toEqual({
    operation: { progress: 50, itemCount: 5 },
    node: { itemCount: 5 },
    nodes: [{ id }],
    _entities: [{ itemCount: 5 }],
  });
  const cancel = `mutation ($id: ID!) {
    cancelOperation(input: { id: $id }) { operation { state cancelRequested } userErrors { code } }
  }`;
  const { data } = await site.ask(cancel, { variables: { id } });
  expect(data!['cancelOperation']).toEqual({
    operation: { state: 'CANCELLED', cancelRequested: true },
    userErrors: [],
  });
  const unknown = await site.ask(cancel, { variables: { id: bulkIdOf('no-such-bulk') } });
  expect(unknown.data!['cancelOperation']).toMatchObject({ operation: null, userErrors: [{ code: 'NOT_FOUND' }] });
});

test('a change of one machine goes to its installation, and its operation is found there', async () => {
  const machine = encodeId({ type: 'VirtualMachine', installation: 'b', localId: 'm0' });
  const text = `mutation ($id: ID!) {
    setPowerState(input: { id: $id, action: START }) { operation { id installation { localId } } }
  }`;
  const { data, errors } = await site.ask(text, { variables: { id: machine } });
  expect(errors).toEqual([]);
  const accepted = (data!['setPowerState'] as { operation: { id: string } }).operation;
  expect(accepted).toMatchObject({ installation: { localId: 'b' } });
  const found = await site.ask('query ($id: ID!) { operation(id: $id) { id state } }', {
    variables: { id: accepted.id },
  });
  expect(found.data).toEqual({ operation: { id: accepted.id, state: 'QUEUED' } });
});
