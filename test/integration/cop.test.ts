import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';

import { openReady } from '../support/raw-socket.ts';
import { startSites, type TestSites } from '../support/sites.ts';

// What the known checkers of GraphQL servers try (graphql-cop and its like), against a broker that is configured as one that
// strangers can reach, at each of its paths.

let sites: TestSites;
let base: string;
beforeAll(async () => {
  const settings = () => ({ introspection: 'authenticated' });
  sites = await startSites({ sites: { lyon: ['lyon-a'] }, vms: 20, settings });
  base = sites.at('lyon').url;
}, 60_000);
afterAll(async () => sites?.[Symbol.asyncDispose]());

const paths = ['/graphql', '/federation/graphql', '/installation/graphql'];

interface Found {
  readonly status: number;
  readonly codes: readonly unknown[];
  readonly text: string;
}

async function send(path: string, init: RequestInit): Promise<Found> {
  const response = await fetch(`${base}${path}`, init);
  const text = await response.text();
  const { errors = [] } = JSON.parse(text) as { errors?: { extensions?: { code?: unknown } }[] };
  return { status: response.status, codes: errors.map(({ extensions }) => extensions?.code), text };
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Found> {
  return send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

const repeat = (times: number, text: (nth: number) => string): string =>
  Array.from({ length: times }, (_, nth) => text(nth)).join(' ');

const tooComplex: [string, string][] = [
  ['a hundred aliases', `{ ${repeat(101, (nth) => `a${nth}: __typename`)} }`],
  ['a hundred aliases further inside', `{ site { ${repeat(101, (nth) => `a${nth}: name`)} } }`],
  ['five hundred times the same field', `{ ${repeat(500, () => '__typename')} }`],
  ['five hundred times the same field further inside', `{ site { ${repeat(500, () => 'name')} } }`],
  ['many directives at one field', `{ __typename ${repeat(60, () => '@aa')} }`],
  ['many directives at the operation', `query ${repeat(60, () => '@include(if: true)')} { __typename }`],
  [
    'deep nesting',
    `{ virtualMachines ${'{ nodes { host { virtualMachines '.repeat(10)}{ totalCount }${' } } }'.repeat(10)} }`,
  ],
  [
    'fragments that double',
    `{ site { ...F0 } } ${repeat(20, (nth) => `fragment F${nth} on Site { ...F${nth + 1} ...F${nth + 1} }`)} fragment F20 on Site { name }`,
  ],
];

describe.each(paths)('at %s', (path) => {
  test.each(tooComplex)('%s is refused, in one error', async (_, query) => {
    const { status, codes, text } = await post(path, { query });
    expect([status, codes]).toEqual([400, ['OPERATION_TOO_COMPLEX']]);
    expect(text.length).toBeLessThan(600);
  });

  test('the same field in thousands of braces, which would take long to compare, is refused', async () => {
    const { status, codes } = await post(path, { query: `{ site { ${repeat(2_001, () => '... { name }')} } }` });
    expect([status, codes]).toEqual([400, [expect.stringMatching(/OPERATION_TOO_COMPLEX|GRAPHQL_VALIDATION_FAILED/)]]);
  });

  test('a document of more tokens than any client sends is refused before it is parsed to its end', async () => {
    const { status, codes } = await post(path, { query: `{ ${repeat(40_000, () => 'a')} }` });
    expect([status, codes]).toEqual([400, ['GRAPHQL_PARSE_FAILED']]);
  });

  test('what is wrong a hundred times is told a few times', async () => {
    const { status, codes } = await post(path, { query: `{ ${repeat(19, (nth) => `nothing${nth} @x @y`)} }` });
    expect([status, codes.length]).toEqual([400, 10]);
  });

  test('fragments in a circle are refused', async () => {
    const query = '{ site { ...A } } fragment A on Site { ...B } fragment B on Site { ...A }';
    const { status, codes } = await post(path, { query });
    expect([status, codes]).toEqual([400, ['GRAPHQL_VALIDATION_FAILED']]);
  });

  test('a batch of operations is refused', async () => {
    const { status, text } = await post(
      path,
      Array.from({ length: 10 }, () => ({ query: '{ __typename }' })),
    );
    expect([status, text]).toEqual([400, expect.not.stringContaining('Query"')]);
  });

  test.each([
    ['pages in pages', '{ hosts(first: 1000) { nodes { virtualMachines(first: 1000) { nodes { id } } } } }'],
    [
      'pages in pages by variables',
      'query ($n: Int = 1000) { hosts(first: $n) { nodes { virtualMachines(first: $n) { nodes { id } } } } }',
    ],
    [
      'large pages again and again',
      `{ ${repeat(20, (nth) => `a${nth}: virtualMachines(first: 1000) { nodes { id disks { capacityBytes } labels { key } host { id name } } }`)} }`,
    ],
  ])('%s are refused by what they cost, before anything is asked', async (_, query) => {
    const { status, codes, text } = await post(path, { query });
    expect([status, codes]).toEqual([400, ['QUERY_TOO_COSTLY']]);
    expect(text).toContain('at most 250000 are allowed');
  });

  test.each([
    ['the schema', getIntrospectionQuery()],
    ['a type', '{ __type(name: "Query") { name } }'],
    ['a type through a fragment', '{ ...F } fragment F on Query { ... { __type(name: "Query") { name } } }'],
    ['the text of the schema', '{ _service { sdl } }'],
  ])('%s is not shown to whoever does not say who they are', async (_, query) => {
    const { status, codes } = await post(path, { query });
    expect([status, codes]).toEqual([403, ['INTROSPECTION_REFUSED']]);
  });

  test.each([
    ['a field', { query: '{ virtualMachine { idd } sitee { name } }' }],
    ['an argument', { query: '{ node(idd: "x") { id } }' }],
    ['a type', { query: '{ node(id: "x") { ... on VirtualMachin { id } } }' }],
    ['a value', { query: '{ hosts(orderBy: { field: NAMEE }) { totalCount } }' }],
    [
      'a value of a variable',
      { query: 'query ($o: HostOrder) { hosts(orderBy: $o) { totalCount } }', variables: { o: { feld: 'NAME' } } },
    ],
  ])('%s that does not exist is refused without a guess what was meant', async (_, body) => {
    const { codes, text } = await post(path, body);
    expect(codes.length).toBeGreaterThan(0);
    expect(text).not.toMatch(/did you mean/i);
  });

  test.each([
    ['a query', 'query=%7B__typename%7D', 400],
    [
      'a mutation',
      'query=mutation%7BsetPowerState(input%3A%7Bid%3A%22x%22%2Caction%3ASTART%7D)%7BuserErrors%7Bcode%7D%7D%7D',
      400,
    ],
  ])('%s by GET, as any page can send it, is refused', async (_, search, status) => {
    expect((await send(`${path}?${search}`, {})).status).toBe(status);
  });

  test('a mutation by GET is refused to everybody', async () => {
    const query = 'mutation{setPowerState(input:{id:"x",action:START}){userErrors{code}}}';
    const headers = { 'apollo-require-preflight': '1' };
    expect((await send(`${path}?query=${encodeURIComponent(query)}`, { headers })).status).toBe(405);
  });

  test.each([
    ['application/x-www-form-urlencoded', 'query=%7B__typename%7D'],
    ['multipart/form-data; boundary=b', '--b\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{}\r\n--b--'],
    ['text/plain', '{"query":"{ __typename }"}'],
    ['text/plain;charset=application/json', '{"query":"{ __typename }"}'],
  ])('what a form can send as %s is refused', async (contentType, body) => {
    const headers = { 'content-type': contentType, 'apollo-require-preflight': '1' };
    const { status, codes } = await send(path, { method: 'POST', headers, body });
    expect([status, codes]).toEqual([415, ['UNSUPPORTED_MEDIA_TYPE']]);
  });

  test.each(['{ nodes(ids: ["x"]) { id } }', '{ __typename ', '', '{ a(b: 1) }'])(
    'an answer to %j has no stack, no timing and no trace',
    async (query) => {
      const headers = { 'apollo-federation-include-trace': 'ftv1', 'x-apollo-tracing': '1' };
      const { text } = await post(path, { query }, headers);
      expect(text).not.toMatch(/stacktrace|exception|node_modules|\.ts:\d|tracing|ftv1/);
    },
  );

  test('there is no page to try queries with', async () => {
    const { status, text } = await send(path, { headers: { accept: 'text/html' } });
    expect([status, text]).toEqual([400, expect.not.stringContaining('<html')]);
  });

  test('over a WebSocket the same is refused', async () => {
    using socket = await openReady(`${base}${path}`);
    const refused = async (query: string): Promise<unknown> => {
      socket.send({ id: '1', type: 'subscribe', payload: { query } });
      const { type, payload } = await socket.take();
      expect(type).toBe('error');
      const [{ extensions, message }] = payload as [{ extensions: { code: string }; message: string }];
      expect(message).not.toMatch(/did you mean/i);
      return extensions.code;
    };
    expect(await refused(`{ site { ${repeat(101, (nth) => `a${nth}: name`)} } }`)).toBe('OPERATION_TOO_COMPLEX');
    expect(await refused('{ hosts(first: 1000) { nodes { virtualMachines(first: 1000) { nodes { id } } } } }')).toBe(
      'QUERY_TOO_COSTLY',
    );
    expect(await refused('{ __schema { types { name } } }')).toBe('INTROSPECTION_REFUSED');
    expect(await refused('{ sitee { name } }')).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await refused('subscription { siteChangedd { name } }')).toBe('GRAPHQL_VALIDATION_FAILED');
    const nested =
      'nodes { host { virtualMachines(first: 1000) { nodes { host { virtualMachines(first: 1000) { nodes { id } } } } } } }';
    expect(await refused(`subscription { virtualMachinesLive(first: 200) { ${nested} } }`)).toBe('QUERY_TOO_COSTLY');
  });
});

describe('what an answer costs', () => {
  const query = '{ virtualMachines(first: 10) { nodes { id } } }';
  const costOf = ({ text }: Found): unknown =>
    (JSON.parse(text) as { extensions?: { cost?: unknown } }).extensions?.cost;

  test('is told to those who ask for it, and with an explanation', async () => {
    const cost = { requested: 11, limit: 250_000 };
    expect(costOf(await post('/graphql', { query }, { 'sitewide-cost': '1' }))).toEqual(cost);
    expect(costOf(await post('/graphql', { query: `query @explain ${query}` }))).toEqual(cost);
    expect(costOf(await post('/graphql', { query }))).toBeUndefined();
  });

  test('is told over WebSockets as well', async () => {
    using socket = await openReady(`${base}/graphql`, { 'sitewide-cost': '1' });
    socket.send({ id: '1', type: 'subscribe', payload: { query } });
    expect(await socket.take()).toMatchObject({ payload: { extensions: { cost: { requested: 11 } } } });
  });
});

test('the debugging methods of HTTP are refused', async () => {
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    expect((await send('/graphql', { method })).status).toBe(405);
  }
});
