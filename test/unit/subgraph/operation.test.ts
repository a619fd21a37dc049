import { describe, expect, test } from '@jest/globals';

import { SitewideError } from '../../../src/core/errors.ts';
import { createSnapshot } from '../../../src/inventory/snapshot.ts';
import { inventory, vm } from '../../support/builders.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createRecordingOperations, operation } from '../../support/operation.ts';
import { askSchema, idOf, schemaOf, stateOf } from '../../support/subgraph.ts';

const clock = createManualClock();
const stop = operation({
  localId: 'o1',
  state: 'RUNNING',
  progress: 40,
  target: 'web',
  targetName: 'web',
  parent: 'site',
});
const bulk = operation({
  localId: 'site',
  kind: 'SET_POWER_STATE_BULK',
  state: 'RUNNING',
  counts: { items: 4, progress: 250, succeeded: 2, failed: 0, cancelled: 0 },
});
const seen = { ...inventory({ VirtualMachine: [vm({ name: 'web' })] }), Operation: [stop, bulk] };

function ask(source: string, { operations = createRecordingOperations([stop, bulk]), state = {} } = {}) {
  const schema = schemaOf({ current: () => stateOf(createSnapshot('a', seen), state), clock, operations });
  return askSchema(schema, clock, { source });
}

describe('an operation', () => {
  test('tells what it does to what, and how far it is', async () => {
    const { data, errors } = await ask(`{ operation(id: "${idOf('Operation', 'o1')}") { id localId kind state progress
      itemCount itemProgress succeededCount targetId targetName target { ... on VirtualMachine { name } } parentId
      installation { localId } steps { message } createdAt finishedAt error { code } } }`);
    expect(errors).toEqual([]);
    expect(data.operation).toEqual({
      ...{ id: idOf('Operation', 'o1'), localId: 'o1', kind: 'SET_POWER_STATE', state: 'RUNNING', progress: 40 },
      ...{ itemCount: 1, itemProgress: 40, succeededCount: 0, targetId: idOf('VirtualMachine', 'web') },
      ...{ targetName: 'web', target: { name: 'web' }, parentId: idOf('Operation', 'site', '*') },
      ...{ installation: { localId: 'a' }, steps: [], createdAt: '2026-01-01T00:00:00.000Z' },
      ...{ finishedAt: null, error: null },
    });
  });

  test("of every installation is answered with this installation's part", async () => {
    const id = idOf('Operation', 'site', '*');
    const { data, errors } = await ask(`{ operation(id: "${id}") { id progress itemCount itemProgress succeededCount
      steps { message } installation { id } } }`);
    expect(errors).toEqual([]);
    const counts = { progress: 62.5, itemCount: 4, itemProgress: 250, succeededCount: 2 };
    expect(data.operation).toEqual({ id, ...counts, steps: null, installation: null });
  });

  test('that another broker has just accepted is found although this one has not heard of it', async () => {
    const operations = createRecordingOperations([operation({ localId: 'new' })]);
    const id = idOf('Operation', 'new');
    const { data } = await ask(
      `{ operation(id: "${id}") { id } node(id: "${id}") { __typename } nodes(ids: ["${id}",
      "${idOf('VirtualMachine', 'web')}", "${idOf('Operation', 'none')}"]) { __typename }
      _entities(representations: [{ __typename: "Operation", id: "${id}" }]) { ... on Operation { localId } } }`,
      { operations },
    );
    expect(data).toEqual({
      operation: { id },
      node: { __typename: 'Operation' },
      nodes: [{ __typename: 'Operation' }, { __typename: 'VirtualMachine' }, null],
      _entities: [{ localId: 'new' }],
    });
  });

  test('is found before the manager was ever reached', async () => {
    const schema = schemaOf({
      current: () => stateOf(null, { status: 'UNREACHABLE', asOf: null }),
      clock,
      operations: createRecordingOperations([stop]),
    });
    const source = `{ operation(id: "${idOf('Operation', 'o1')}") { state target { id } } }`;
    const { data, coverage } = await askSchema(schema, clock, { source });
    expect(data.operation).toEqual({ state: 'RUNNING', target: null });
    expect(coverage.operation).toMatchObject({ complete: true, sources: [{ status: 'OK', rows: 1 }] });
  });

  test('is as this broker last saw it while the database is away, and says so', async () => {
    const away = () => Promise.reject(new SitewideError('STORE_UNAVAILABLE', { problem: 'connection refused' }));
    const operations = { ...createRecordingOperations(), find: away };
    const { data, errors, coverage } = await ask(`{ operation(id: "${idOf('Operation', 'o1')}") { state } }`, {
      operations,
    });
    expect(errors).toEqual([]);
    expect(data.operation).toEqual({ state: 'RUNNING' });
    expect(coverage.operation?.sources[0]).toMatchObject({
      status: 'STALE',
      message: 'The store cannot be used now: connection refused.',
    });
  });
});

test('operations are a list like any other, and the parts of a bulk are found by its id', async () => {
  const parent = idOf('Operation', 'site', '*');
  const { data, errors } = await ask(`{ all: operations { totalCount nodes { localId } }
    parts: operations(filter: { parentId: { eq: "${parent}" }, state: [RUNNING] }) { nodes { localId } } }`);
  expect(errors).toEqual([]);
  expect(data).toEqual({
    all: { totalCount: 2, nodes: expect.arrayContaining([{ localId: 'o1' }, { localId: 'site' }]) as unknown },
    parts: { nodes: [{ localId: 'o1' }] },
  });
});
