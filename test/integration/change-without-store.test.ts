import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { ask, query } from '../support/graphql.ts';
import { startSite, type TestSite } from '../support/site.ts';

// Changes over real brokers that have no database: each says so, in the words of the source, and nothing is changed.

let site: TestSite;

beforeAll(async () => {
  site = await startSite({ installations: ['a', 'b'], vms: 2 });
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

const url = (): string => `${site.brokers[0]!}/graphql`;

test.each(['a', 'b'])('a change of a machine of installation %s is refused with the reason', async (installation) => {
  const { virtualMachines } = await ask<{ virtualMachines: { nodes: { id: string }[] } }>(
    url(),
    'query ($i: ID!) { virtualMachines(filter: { installation: { eq: $i } }, first: 1) { nodes { id } } }',
    { i: installation },
  );
  const { status, data, errors, extensions } = await query(
    url(),
    'mutation ($id: ID!) { setPowerState(input: { id: $id, action: START }) { operation { id } } }',
    { id: virtualMachines.nodes[0]!.id },
  );
  expect([status, data]).toEqual([200, { setPowerState: null }]);
  expect(errors).toMatchObject([
    {
      message: expect.stringMatching('no database is configured'),
      path: ['setPowerState'],
      extensions: { code: 'STORE_UNAVAILABLE', retryable: true, idempotencyKey: expect.any(String) },
    },
  ]);
  const record = extensions.coverage!['setPowerState']!.sources.find(({ id }) => id === `installation:${installation}`);
  expect(record).toMatchObject({ status: 'ERROR' });
});

test('a bulk is refused before anything is changed', async () => {
  const { data, errors } = await query(
    url(),
    `mutation @coverage(require: ALL) {
      setPowerStateBulk(input: { filter: {}, action: START }) { operation { progress } coverage { complete } }
    }`,
  );
  expect(data).toEqual({ setPowerStateBulk: null });
  expect(errors[0]!.extensions).toMatchObject({ code: 'NO_SOURCE_ANSWERED', accepted: 'NO' });
  expect(errors[0]!.message).toMatch(/installation:a is ERROR .*installation:b is ERROR .*it was not accepted/);
});

test('what is no query is not answered to a GET', async () => {
  const text = 'mutation { setPowerStateBulk(input: { filter: {}, action: START }) { targetCount } }';
  const response = await fetch(`${url()}?query=${encodeURIComponent(text)}`, {
    headers: { 'apollo-require-preflight': '1' },
  });
  expect(response.status).toBe(405);
});
