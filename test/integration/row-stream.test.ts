import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'undici';

import { eventually } from '../contract/eventually.ts';
import { runSitewide, startSitewide } from '../support/cli.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { ask, query } from '../support/graphql.ts';
import { readMetrics } from '../support/metrics.ts';
import { startSites, type TestSites } from '../support/sites.ts';

// Lists of any length as streams of rows, over two sites. Whoever asks knows the brokers of lyon-b behind proxies, so that they
// can be lost in the middle.

const vms = 6_000;
const fields = 'id name powerState host { name } installation { localId } labels { key value }';

let sites: TestSites;
let proxies: readonly FaultProxy[];
let url: string;
let federation: string;

beforeAll(async () => {
  sites = await startSites({
    sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a'] },
    vms,
    brokers: 2,
    usageIntervalMs: 0,
  });
  const asked = sites.at('lyon');
  [url, federation] = [`${asked.url}/graphql`, `${asked.url}/federation/graphql`];
  const [lyon, oslo] = sites.sites;
  const [own, other] = lyon!.installations;
  proxies = await Promise.all(other!.brokers.map((broker) => startFaultProxy(broker.url)));
  const behind = { ...other!, brokers: other!.brokers.map(({ id }, at) => ({ id, url: proxies[at]!.url })) };
  asked.membership.adopt({
    site: { ...lyon!, installations: [own!, behind] },
    federation: { sites: [oslo!], hedging: false },
  });
  await eventually(async () => {
    const text = '{ virtualMachines(first: 1) { totalCount } }';
    const { virtualMachines } = await ask<{ virtualMachines: { totalCount: number } }>(federation, text);
    expect(virtualMachines.totalCount).toBe(3 * vms);
  });
}, 120_000);

afterAll(async () => {
  await Promise.all((proxies ?? []).map((proxy) => proxy[Symbol.asyncDispose]()));
  await sites?.[Symbol.asyncDispose]();
});

interface Streamed {
  readonly type: string;
  readonly rows: readonly { readonly id: string; readonly name: string }[];
  readonly end: {
    readonly rows: number;
    readonly coverage: {
      readonly complete: boolean;
      readonly sources: readonly {
        readonly id: string;
        readonly status: string;
        readonly message: string | null;
        readonly rows: number | null;
      }[];
    };
  };
}

async function open(endpoint: string, text: string, signal?: AbortSignal) {
  return request(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/jsonl' },
    body: JSON.stringify({ query: text }),
    signal: signal ?? AbortSignal.timeout(60_000),
  });
}

/** @param onChunk Is waited for after each part. */
async function stream(endpoint: string, text: string, onChunk?: () => Promise<void>): Promise<Streamed> {
  const { headers, body } = await open(endpoint, text);
  const parts: string[] = [];
  for await (const part of body.setEncoding('utf8')) {
    parts.push(part as string);
    await onChunk?.();
  }
  const lines = parts.join('').split('\n');
  expect(lines.pop()).toBe('');
  const values = lines.map((line) => JSON.parse(line) as unknown);
  return {
    type: String(headers['content-type']),
    end: values.pop() as Streamed['end'],
    rows: values as Streamed['rows'],
  };
}

interface Listed {
  readonly virtualMachines: {
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

/** The same list, page by page. */
async function pages(endpoint: string, args: string): Promise<readonly { readonly id: string }[]> {
  const rows: { readonly id: string }[] = [];
  for (let after: string | null = null; ;) {
    const text = `query ($after: String) { virtualMachines(first: 1000, after: $after ${args}) { nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`;
    const { virtualMachines: page }: Listed = await ask<Listed>(endpoint, text, { after });
    rows.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return rows;
    after = page.pageInfo.endCursor;
  }
}

describe('a list as JSON lines', () => {
  test.each([
    ['of a site', () => url, ''],
    ['in another order', () => url, ', orderBy: { field: HOST, direction: DESC }'],
    ['with a filter', () => url, ', filter: { powerState: [STOPPED] }'],
    ['of all sites', () => federation, ''],
  ])(
    '%s has the rows of all pages, and says what it rests on',
    async (_, endpoint, args) => {
      const { type, rows, end } = await stream(
        endpoint(),
        `{ virtualMachines${args === '' ? '' : `(${args.slice(2)})`} { nodes { ${fields} } } }`,
      );
      expect(type).toBe('application/jsonl; charset=utf-8');
      const wanted = await pages(endpoint(), args);
      expect(rows.length).toBe(wanted.length);
      expect(rows).toEqual(wanted);
      expect(end).toMatchObject({ rows: wanted.length, coverage: { complete: true } });
      const own = end.coverage.sources.filter(({ id }) => id.startsWith('installation:'));
      expect(own.every(({ status }) => status === 'OK')).toBe(true);
    },
    60_000,
  );

  test('ends after as many rows as are wanted, more than a page has', async () => {
    const { rows, end } = await stream(url, '{ virtualMachines(first: 2500) { edges { cursor node { id } } } }');
    expect(rows).toHaveLength(2_500);
    expect(end.rows).toBe(2_500);
    expect(rows[0]).toEqual({ cursor: expect.any(String), node: { id: expect.any(String) } });
  });

  test.each([
    ['two lists', '{ virtualMachines { nodes { id } edges { cursor } } }', 'BAD_REQUEST'],
    ['no rows', '{ virtualMachines { totalCount } }', 'BAD_REQUEST'],
    ['the end of a list', '{ virtualMachines(last: 5) { nodes { id } } }', 'BAD_REQUEST'],
    ['no list', '{ site { id } }', 'BAD_REQUEST'],
    ['a cursor that is none', '{ virtualMachines(after: "x") { nodes { id } } }', 'CURSOR_INVALID'],
    ['a field that is not there', '{ virtualMachines { nodes { colour } } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a source that is not there',
      'query @coverage(sources: ["installation:x"]) { virtualMachines { nodes { id } } }',
      'UNKNOWN_SOURCE',
    ],
  ])('is refused for %s', async (_, text, code) => {
    const { headers, body } = await open(url, text);
    expect(headers['content-type']).toContain('application/json');
    const { errors } = (await body.json()) as { errors: { extensions: { code: string } }[] };
    expect(errors[0]!.extensions.code).toBe(code);
  });

  test('longer pages than a thousand are for streams only', async () => {
    const { errors } = await query(url, '{ virtualMachines(first: 1001) { nodes { id } } }');
    expect(errors[0]!.extensions.code).toBe('INVALID_ARGUMENT');
  });

  test('goes on at another broker of an installation whose broker is lost in the middle', async () => {
    const before = proxies.map(({ requests }) => requests.get('/installation/graphql') ?? 0);
    let isCut = false;
    const { rows, end } = await stream(url, `{ virtualMachines { nodes { ${fields} } } }`, async () => {
      const used = proxies.findIndex(({ requests }, at) => (requests.get('/installation/graphql') ?? 0) > before[at]!);
      if (!isCut && used >= 0) {
        isCut = true;
        proxies[used]!.setFault({ kind: 'reset' });
        await new Promise((resolve) => setImmediate(resolve));
        proxies[used]!.setFault({ kind: 'none' });
      }
    });
    const after = proxies.map(({ requests }) => requests.get('/installation/graphql') ?? 0);
    const asked = after.reduce((sum, count, at) => sum + count - before[at]!, 0);
    expect(isCut).toBe(true);
    expect(asked).toBeGreaterThan(1);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(2 * vms);
    expect(rows).toHaveLength(2 * vms);
    expect(end).toMatchObject({ rows: 2 * vms, coverage: { complete: true } });
  }, 30_000);

  test('without a source has the rows of the others and says so; who requires all of them gets none', async () => {
    proxies.forEach((proxy) => proxy.setFault({ kind: 'reset' }));
    const { rows, end } = await stream(url, '{ virtualMachines { nodes { id } } }');
    expect(rows).toHaveLength(vms);
    expect(end.coverage.complete).toBe(false);
    expect(end.coverage.sources.find(({ id }) => id === 'installation:lyon-b')).toMatchObject({
      status: 'UNREACHABLE',
    });
    const { body } = await open(url, 'query @coverage(require: ALL) { virtualMachines { nodes { id } } }');
    expect(await body.json()).toMatchObject({ errors: [{ extensions: { code: 'COVERAGE_NOT_MET' } }] });
    proxies.forEach((proxy) => proxy.setFault({ kind: 'none' }));
    await eventually(async () => {
      const { virtualMachines } = await ask<{ virtualMachines: { coverage: { complete: boolean } } }>(
        url,
        '{ virtualMachines(first: 1) { coverage { complete } } }',
      );
      expect(virtualMachines.coverage.complete).toBe(true);
    });
  }, 60_000);

  test('ends everywhere as soon as nobody takes it any more', async () => {
    const gone = new AbortController();
    const { body } = await open(federation, `{ virtualMachines { nodes { ${fields} } } }`, gone.signal);
    body.on('error', () => undefined);
    await new Promise((resolve) => body.once('readable', resolve));
    gone.abort();
    await eventually(async () => {
      for (const broker of sites.brokers) {
        const samples = await readMetrics(broker.url);
        for (const tier of ['INSTALLATION', 'SITE', 'FEDERATION']) {
          expect(samples.value('sitewide_requests_in_flight', { tier })).toBe(0);
        }
      }
    });
  }, 30_000);
});

describe('sitewide vm export', () => {
  test('writes a row a line, and says on stderr what they rest on', async () => {
    const args = ['vm', 'export', '--state', 'STOPPED', '--first', '1200'];
    const { code, stdout, stderr } = await runSitewide({ SITEWIDE_ENDPOINT: url }, args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'coverage: complete, 2 of 2 sources: lyon-a OK, lyon-b OK\n' });
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string });
    const wanted = await pages(url, ', filter: { powerState: [STOPPED] }');
    expect(rows.map(({ id }) => id)).toEqual(wanted.slice(0, 1_200).map(({ id }) => id));
  }, 60_000);

  test('ends at once with Ctrl-C', async () => {
    const command = startSitewide({ SITEWIDE_ENDPOINT: url }, ['vm', 'export']);
    await command.wrote(/\n/);
    command.signal('SIGINT');
    expect((await command.end).code).toBe(130);
  }, 60_000);

  test('says why there is nothing', async () => {
    const { code, stderr } = await runSitewide({ SITEWIDE_ENDPOINT: url }, ['vm', 'export', '--site', 'nowhere']);
    expect({ code, stderr }).toMatchObject({ code: expect.any(Number), stderr: expect.stringContaining('coverage') });
  }, 60_000);
});
