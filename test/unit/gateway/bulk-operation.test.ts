import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { encodeId } from '../../../src/core/ids.ts';
import { bulkIdOf } from '../../../src/model/operation-list.ts';
import { type BulkSite, everything, id, type Installation, startBulkSite } from '../../support/bulk-site.ts';

// The operation of a change of many machines, whose parts are at the installations: looked up, cancelled, asked for by a tier above.

let bulkSite: BulkSite;
let installations: readonly Installation[];
let site: BulkSite['site'];
let ask: BulkSite['ask'];

beforeEach(async () => {
  bulkSite = await startBulkSite();
  ({ installations, site, ask } = bulkSite);
});
afterEach(async () => {
  await bulkSite[Symbol.asyncDispose]();
});

test('the operation of all installations is looked up at all of them', async () => {
  await ask();
  const text = `query ($id: ID!, $other: ID!, $r: [_Any!]!) {
    operation(id: $id) { __typename progress itemCount state }
    node(id: $id) { id ... on Operation { done: progress } }
    nodes(ids: [$other, $id]) { ... on Operation { progress } }
    _entities(representations: $r) { ... on Operation { succeededCount } }
  }`;
  const other = encodeId({ type: 'Operation', installation: 'b', localId: 'none' });
  const { data, errors, coverage } = await site.ask(text, {
    variables: { id, other, r: [{ __typename: 'Operation', id }] },
  });
  expect(errors).toEqual([]);
  expect(data).toEqual({
    operation: { __typename: 'Operation', progress: 500 / 6, itemCount: 6, state: 'RUNNING' },
    node: { id, done: 500 / 6 },
    nodes: [null, { progress: 500 / 6 }],
    _entities: [{ succeededCount: 5 }],
  });
  expect(coverage.get('operation')).toMatchObject({ complete: true, sources: [{ rows: 1 }, { rows: 1 }, { rows: 1 }] });
});

test('a part that is away is named, and "there is none" is said only when all say so', async () => {
  await ask();
  installations[2]!.broker.behaviour = 'die-before';
  const text = 'query ($id: ID!) { operation(id: $id) { itemCount } nodes(ids: [$id]) { id } }';
  const known = await site.ask(text, { variables: { id } });
  expect(known.data).toEqual({ operation: { itemCount: 3 }, nodes: [{ id }] });
  expect(known.coverage.get('operation')!.complete).toBe(false);
  const unknown = await site.ask(text, { variables: { id: bulkIdOf('nothing') } });
  expect(unknown.data).toEqual({ operation: null, nodes: [null] });
  expect(unknown.errors.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual([
    [['operation'], 'SOURCE_FAILED'],
    [['nodes', 0], 'SOURCE_FAILED'],
  ]);
  installations[2]!.broker.behaviour = 'answer';
  const absent = await site.ask(text, { variables: { id: bulkIdOf('nothing') } });
  expect(absent).toMatchObject({ data: { operation: null, nodes: [null] }, errors: [] });
});

const cancel = `mutation ($id: ID!) {
  cancelOperation(input: { id: $id }) { operation { cancelRequested state progress } userErrors { code } coverage { complete } }
}`;

test('cancelling a bulk cancels all its parts, and those that have none do not matter', async () => {
  installations[0]!.machines = 0;
  await ask();
  const { data, errors } = await site.ask(cancel, { variables: { id } });
  expect(errors).toEqual([]);
  expect(data!['cancelOperation']).toEqual({
    operation: { cancelRequested: true, state: 'CANCELLED', progress: 80 },
    userErrors: [],
    coverage: { complete: true },
  });
  expect(installations.map(({ part }) => part?.cancelled)).toEqual([undefined, true, true]);
});

test('cancelling a bulk that nobody has is refused', async () => {
  const { data } = await site.ask(cancel, { variables: { id } });
  expect(data!['cancelOperation']).toMatchObject({ operation: null, userErrors: [{ code: 'NOT_FOUND' }] });
});

test('cancelling says which installation was away, and fails if none of the others has a part', async () => {
  installations[2]!.broker.behaviour = 'die-before';
  const before = await site.ask(cancel, { variables: { id } });
  expect(before.errors[0]!.message).toMatch(/installation:c is UNREACHABLE.*doing it again comes to the same/);
  await ask();
  const after = await site.ask(cancel, { variables: { id } });
  expect(after.data!['cancelOperation']).toMatchObject({ userErrors: [], coverage: { complete: false } });
});

test('a tier above may ask in our own words: its operation is the one, and it gets what its own merge needs', async () => {
  const above = bulkIdOf('from-above');
  const { data, errors } = await site.ask(
    `mutation ($sw__input: SetPowerStateBulkInput!, $sw__require: CoverageRequirement) @coverage(require: $sw__require) {
      bulk: setPowerStateBulk(input: $sw__input) {
        operation { progress sw__itemProgress: itemProgress sw__itemCount: itemCount }
        sw__operation: operation { id }
        sw__userErrors: userErrors { code field message }
        sw__targetCount: targetCount
      }
    }`,
    {
      variables: {
        sw__input: { filter: everything, action: 'RESET', maxTargets: 6, idempotencyKey: 'k', operationId: above },
        sw__require: 'ANY',
      },
    },
  );
  expect(errors).toEqual([]);
  expect(data).toEqual({
    bulk: {
      operation: { progress: 500 / 6, sw__itemProgress: 500, sw__itemCount: 6 },
      sw__operation: { id: above },
      sw__userErrors: [],
      sw__targetCount: 6,
    },
  });
});
