import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { encodeRevisions } from '../../src/core/revision-vector.ts';
import { query } from '../support/graphql.ts';
import { startSite, type TestSite } from '../support/site.ts';

// `@coverage(atLeast:)` over a real site: each installation hears what concerns it. The brokers here share no database, so
// that none can say that it shows what is wanted.

let site: TestSite;

beforeAll(async () => {
  site = await startSite({ installations: ['a', 'b'], vms: 3 });
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

const place = { feed: 'x', revision: 7, part: 0 };
const text = `query ($token: String!) @coverage(atLeast: $token) {
  virtualMachines(first: 1) { coverage { complete sources { id status } } }
}`;

interface Data {
  readonly virtualMachines: { coverage: { complete: boolean; sources: { id: string; status: string }[] } } | null;
}

async function statusesWith(token: string): Promise<string[]> {
  const { data } = await query<Data>(`${site.brokers[0]!}/graphql`, text, { token });
  return data!.virtualMachines!.coverage.sources.map(({ id, status }) => `${id} ${status}`);
}

test('an installation that does not show what is wanted of it is STALE, and the others are not', async () => {
  expect(await statusesWith(encodeRevisions({ b: place }))).toEqual(['installation:a OK', 'installation:b STALE']);
  expect(await statusesWith(encodeRevisions({ a: place }))).toEqual(['installation:a STALE', 'installation:b OK']);
  expect(await statusesWith(encodeRevisions({ elsewhere: place }))).toEqual(['installation:a OK', 'installation:b OK']);
});

test('between brokers the wish travels in a header, and one that is no token is refused', async () => {
  const ask = (header: string): Promise<Response> =>
    fetch(`${site.brokers[1]!}/installation/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sitewide-at-least': header },
      body: JSON.stringify({ query: '{ virtualMachines(first: 1) { coverage { complete } } }' }),
    });
  const behind = await ask(encodeRevisions({ b: place }));
  expect(await behind.json()).toMatchObject({ data: { virtualMachines: { coverage: { complete: false } } } });
  const refused = await ask('nonsense');
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({
    errors: [{ message: expect.stringContaining('sitewide-at-least'), extensions: { code: 'BAD_REQUEST' } }],
  });
});
