import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import type { FaultProxy } from '../support/fault-proxy.ts';
import { ask } from '../support/graphql.ts';
import { type ProxiedSite, startProxiedSite } from '../support/proxied-site.ts';

// A question that comes again is answered without Apollo Server; nobody can tell from what comes back. One of two installations
// is behind a proxy.

let site: ProxiedSite;
let proxy: FaultProxy;
let url: string;

beforeAll(async () => {
  site = await startProxiedSite();
  ({ proxy, url } = site);
}, 60_000);

afterEach(() => proxy.setFault({ kind: 'none' }));

afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
});

/** All that comes back, without what differs from answer to answer. */
async function send(body: object, headers: Readonly<Record<string, string>> = {}): Promise<object> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const { 'sitewide-request-id': _, date: __, 'content-length': ___, ...kept } = Object.fromEntries(response.headers);
  const text = (await response.text()).replaceAll(/("\w*(?:latencyMs|asOf|attempts|rows|Ms)"):[^,}]+/g, '$1:0');
  return { status: response.status, headers: kept, text };
}

const list = 'query List($first: Int = 3) { virtualMachines(first: $first) { nodes { id name } totalCount } }';
const two = `${list} query Sum { virtualMachineSummary { count } }`;

describe('a question that comes again', () => {
  test.each<readonly [string, { body: object; headers?: Readonly<Record<string, string>> }]>([
    [
      'of a list',
      { body: { query: '{ virtualMachines(first: 3) { nodes { id name } totalCount } hosts { totalCount } }' } },
    ],
    [
      'of a sum',
      { body: { query: '{ s: virtualMachineSummary(groupBy: [{ field: HOST }]) { count coverage { complete } } }' } },
    ],
    ['with a variable', { body: { query: list, variables: { first: 2 } } }],
    ['with nulls', { body: { query: list, variables: null, operationName: null, extensions: null } }],
    ['with one of several operations', { body: { query: two, operationName: 'Sum' } }],
    ['of who wants to know what it costs', { body: { query: list }, headers: { 'sitewide-cost': '1' } }],
    ['of another media type', { body: { query: list }, headers: { accept: 'application/graphql-response+json' } }],
    ['that is planned', { body: { query: '{ site { id } }' } }],
  ])('%s gets what it got before', async (_, { body, headers }) => {
    const first = await send(body, headers);
    expect(first).toMatchObject({ status: 200, text: expect.not.stringContaining('"errors"') });
    expect([await send(body, headers), await send(body, headers)]).toEqual([first, first]);
  });

  test.each<readonly [string, object, string]>([
    ['whose variable is of another type now', { query: list, variables: { first: 'many' } }, 'BAD_USER_INPUT'],
    ['whose page is too large now', { query: list, variables: { first: 5_000 } }, 'INVALID_ARGUMENT'],
    ['whose operation is not named any more', { query: two }, 'BAD_REQUEST'],
    ['whose variables are a list', { query: list, variables: [] }, 'BAD_REQUEST'],
    ['with the hash of a persisted query', { query: list, extensions: { persistedQuery: {} } }, 'PERSISTED_QUERY'],
  ])('%s is refused as if it had not come before', async (_, body, code) => {
    // Another text, which nobody has asked for.
    const unknown = { ...body, query: `${(body as { query: string }).query} # new: ${code}` };
    await send({ query: list });
    await send({ query: two, operationName: 'List' });
    const found = await send(body);
    expect(found).toMatchObject({ text: expect.stringContaining(code) });
    expect(found).toEqual(await send(unknown));
  });

  test('with other variables is answered for those, in look-ups as in lists', async () => {
    interface Found {
      readonly virtualMachines: { readonly nodes: readonly { readonly id: string; readonly name: string }[] };
    }
    const { virtualMachines } = await ask<Found>(url, '{ virtualMachines(first: 3) { nodes { id name } } }');
    const text = `query One($id: ID!, $name: String!, $of: [_Any!]!) {
      node(id: $id) { id } nodes(ids: [$id]) { id } virtualMachine(id: $id) { name }
      virtualMachines(filter: { name: { eq: $name } }) { nodes { id } } _entities(representations: $of) { ... on VirtualMachine { name } } }`;
    for (const { id, name } of virtualMachines.nodes) {
      const of = [{ __typename: 'VirtualMachine', id }];
      expect(await ask(url, text, { id, name, of })).toEqual({
        node: { id },
        nodes: [{ id }],
        virtualMachine: { name },
        virtualMachines: { nodes: [{ id }] },
        _entities: [{ name }],
      });
    }
  });

  test('is asked of nobody twice where its answer has errors now', async () => {
    const query = '{ virtualMachines(first: 4) @include(if: true) { totalCount } }';
    const refusing = `query @coverage(require: ALL) ${query}`;
    await send({ query: refusing });
    proxy.setFault({ kind: 'reset' });
    const before = proxy.requests.get('/installation/graphql') ?? 0;
    const found = await send({ query: refusing });
    expect(found).toMatchObject({ status: 200, text: expect.stringContaining('COVERAGE_NOT_MET') });
    expect(proxy.requests.get('/installation/graphql')! - before).toBeLessThanOrEqual(1);
  });

  test('keeps to the limits of its principal', async () => {
    const query = '{ virtualMachines(first: 1000) { nodes { id } } }';
    expect(await send({ query })).toMatchObject({ status: 200 });
    const dear =
      'query Dear($first: Int) { virtualMachines(first: $first) { nodes { host { virtualMachines(first: 1000) { nodes { id } } } } } }';
    expect(await send({ query: dear, variables: { first: 1 } })).toMatchObject({
      text: expect.not.stringContaining('"errors"'),
    });
    expect(await send({ query: dear, variables: { first: 1_000 } })).toMatchObject({
      text: expect.stringContaining('QUERY_TOO_COSTLY'),
    });
  });
});
