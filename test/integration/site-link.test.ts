import { brotliDecompressSync, gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OperationTypeNode, parse } from 'graphql';
import { request } from 'undici';

import { systemClock } from '../../src/core/clock.ts';
import { hashDocument } from '../../src/core/document-hash.ts';
import { anonymous } from '../../src/model/principal.ts';
import { createSiteTransport } from '../../src/gateway/site-transport.ts';
import type { WanCounts } from '../../src/commands/wan/counts.ts';
import type { SourceBody } from '../../src/merge/combine.ts';
import { eventually } from '../contract/eventually.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { ask } from '../support/graphql.ts';
import { startWanSites, type WanSites } from '../support/wan-sites.ts';

// What goes over the wire between two sites, counted and read where it passes.

const page = `query Page($first: Int) {
  virtualMachines(first: $first) {
    totalCount
    nodes { id name powerState cpuCount memoryMiB host { name } labels { key value } }
    pageInfo { endCursor hasNextPage }
    coverage { complete sources { id status attempts latencyMs asOf endpoint } }
  }
}`;

interface Page {
  readonly virtualMachines: {
    readonly nodes: readonly object[];
    readonly coverage: {
      readonly sources: readonly { readonly id: string; readonly asOf: string | null; readonly latencyMs: number }[];
    };
  };
}

let both: WanSites;

beforeAll(async () => {
  both = await startWanSites({
    sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a', 'oslo-b'] },
    vms: 200,
    brokers: 2,
  });
}, 120_000);

afterAll(async () => {
  await both?.[Symbol.asyncDispose]();
});

/** A question asked at lyon, and what it sent to oslo. */
async function cost(
  text: string,
  variables: object = {},
): Promise<{ readonly data: Page; readonly counts: WanCounts }> {
  const url = `${both.sites.at('lyon').url}/federation/graphql`;
  const { result, counts } = await both.during('lyon', () => ask<Page>(url, text, { ...variables }));
  return { data: result, counts: counts['oslo']! };
}

describe('a question that was asked before', () => {
  test('costs at most 500 bytes each way if nothing has changed, with all headers', async () => {
    const { data: first } = await cost(page, { first: 20 });
    await eventually(async () => {
      // Each broker of the other site that is kept warm has to be told the text once.
      const { data, counts } = await cost(page, { first: 20 });
      expect(counts).toMatchObject({ requests: 1, connections: 0 });
      expect(counts.up.bytes).toBeLessThanOrEqual(500);
      expect(counts.down.bytes).toBeLessThanOrEqual(500);
      expect(data.virtualMachines.nodes).toEqual(first.virtualMachines.nodes);
    });
  });

  test('is answered with the present report, although its data does not come again', async () => {
    const { data: first } = await cost(page, { first: 20 });
    const asOf = ({ virtualMachines }: Page, wanted: string): string =>
      virtualMachines.coverage.sources.find(({ id }) => id === wanted)!.asOf!;
    await eventually(async () => {
      const { data, counts } = await cost(page, { first: 20 });
      expect(counts.down.bytes).toBeLessThanOrEqual(500);
      for (const source of ['installation:oslo-a', 'installation:oslo-b', 'site:oslo']) {
        expect(Date.parse(asOf(data, source))).toBeGreaterThan(Date.parse(asOf(first, source)));
      }
    });
  });

  test('stays cheap while usage moves, and does not while it shows usage', async () => {
    const usage = '{ virtualMachines(first: 200, filter: { powerState: [RUNNING] }) { nodes { name cpuUsage } } }';
    await cost(page, { first: 20 });
    await cost(usage);
    // Usage of the own site moves as well, which says nothing about the link.
    await eventually(async () => {
      const { counts } = await cost(usage);
      expect(counts.down.bytes).toBeGreaterThan(500);
    }, 15_000);
    const { counts } = await cost(page, { first: 20 });
    expect(counts.down.bytes).toBeLessThanOrEqual(500);
  });

  test('is answered by another connection at once if all are busy', async () => {
    const { counts } = await cost(
      `{ ${Array.from({ length: 5 }, (_, at) => `q${at}: virtualMachineSummary { count }`).join(' ')} }`,
    );
    expect(counts.requests).toBe(1);
    const url = `${both.sites.at('lyon').url}/federation/graphql`;
    const { counts: many } = await both.during('lyon', () =>
      Promise.all(Array.from({ length: 8 }, (_, at) => ask(url, page, { first: 1 + at }))),
    );
    expect(many['oslo']!.requests).toBe(8);
    expect(many['oslo']!.connections).toBeGreaterThan(0);
  });
});

describe('a broker asked over a link', () => {
  const text = '{ virtualMachines(first: 3) { nodes { name } pageInfo { endCursor } } }';
  const link = { 'sitewide-tier': 'SITE', 'sitewide-document': hashDocument(text), 'sitewide-if-unchanged': 'none' };
  const oslo = (at: number): string => both.sites.brokers.filter(({ site }) => site === 'oslo')[at]!.url;

  test('gives the same validator as every other broker of its site, and nothing but timings to whoever has it', async () => {
    const answers = await Promise.all([0, 1, 2, 3].map((at) => post(oslo(at), link, { query: text })));
    const validators = new Set(answers.map(({ headers }) => headers['sitewide-validator']));
    expect([...validators]).toEqual([expect.stringMatching(/^[\w-]{22}$/)]);
    const [validator] = validators;
    for (const at of [0, 1, 2, 3]) {
      const again = await post(oslo(at), { ...link, 'sitewide-if-unchanged': String(validator) }, {});
      expect(again).toMatchObject({ status: 200, headers: { 'sitewide-unchanged': '1' } });
      expect(JSON.parse(again.body.toString())).toEqual({
        virtualMachines: [
          [expect.any(Number), at < 2 ? null : expect.any(String), expect.any(Number), expect.any(Number), 3],
          [expect.any(Number), at < 2 ? expect.any(String) : null, expect.any(Number), expect.any(Number), 3],
        ],
      });
    }
  });

  test('says so if it does not know a text, and takes none under a name that is not its own', async () => {
    const unknown = await post(oslo(0), { ...link, 'sitewide-document': hashDocument('{ other }') }, {});
    expect(unknown.status).toBe(409);
    expect(errorCode(unknown.body)).toBe('DOCUMENT_UNKNOWN');
    const false_ = { ...link, 'sitewide-document': hashDocument('{ site { id } }') };
    const refused = await post(oslo(0), false_, { query: text });
    expect([refused.status, errorCode(refused.body)]).toEqual([400, 'BAD_REQUEST']);
    expect(errorCode((await post(oslo(0), false_, {})).body)).toBe('DOCUMENT_UNKNOWN');
    const malformed = await post(oslo(0), { ...link, 'sitewide-document': 'x' }, { query: text });
    expect([malformed.status, errorCode(malformed.body)]).toEqual([400, 'BAD_REQUEST']);
  });

  test('holds a text that it knows to the same limits as one that comes', async () => {
    const deep = `{ virtualMachines { nodes ${'{ host { virtualMachines { nodes '.repeat(12)} { name } ${'} } }'.repeat(12)} } }`;
    const headers = { ...link, 'sitewide-document': hashDocument(deep) };
    for (const body of [{ query: deep }, {}]) {
      const refused = await post(oslo(0), headers, body);
      expect([refused.status, errorCode(refused.body)]).toEqual([400, 'OPERATION_TOO_COMPLEX']);
    }
  });

  test('answers with a handful of short headers', async () => {
    const { headers } = await post(oslo(0), link, { query: text });
    expect(Object.keys(headers).sort()).toEqual([
      'content-length',
      'sitewide-broker',
      'sitewide-installation',
      'sitewide-link',
      'sitewide-schema',
      'sitewide-site',
      'sitewide-validator',
    ]);
  });
});

describe('a body', () => {
  const large = '{ virtualMachines(first: 200) { nodes { id name labels { key value } } } }';
  const url = (): string => both.sites.at('oslo').url;
  const unpack = { zstd: zstdDecompressSync, br: brotliDecompressSync, gzip: gunzipSync };

  test.each([
    ['zstd', 'gzip, deflate, br, zstd'],
    ['br', 'gzip, br'],
    ['gzip', 'gzip;q=0.5, zstd;q=0, br;q=0.4'],
  ] as const)('is compressed by %s for whoever accepts %s', async (encoding, accepted) => {
    const plain = await post(url(), {}, { query: large });
    const { headers, body } = await post(url(), { 'accept-encoding': accepted }, { query: large });
    expect(headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' });
    expect(Number(headers['content-length'])).toBe(body.length);
    expect(body.length).toBeLessThan(plain.body.length / 3);
    expect(dataOf(unpack[encoding](body))).toEqual(dataOf(plain.body));
  });

  test('is sent as it is to whoever does not ask, if it is small, and within a site', async () => {
    expect((await post(url(), {}, { query: large })).headers['content-encoding']).toBeUndefined();
    const accepting = { 'accept-encoding': 'zstd' };
    expect((await post(url(), accepting, { query: '{ site { id } }' })).headers['content-encoding']).toBeUndefined();
    const within = await post(url(), accepting, { query: large }, '/installation/graphql');
    expect(within.headers['content-encoding']).toBeUndefined();
  });

  test('may come compressed, up to the size that one may have', async () => {
    const encoded = { 'content-encoding': 'zstd' };
    const sent = zstdCompressSync(Buffer.from(JSON.stringify({ query: '{ site { id } }' })));
    expect(dataOf((await post(url(), encoded, sent)).body)).toEqual({ site: { id: 'oslo' } });
    const bomb = zstdCompressSync(Buffer.alloc(50_000_000, ' '));
    expect(bomb.length).toBeLessThan(10_000);
    const refused = await post(url(), encoded, bomb);
    expect([refused.status, errorCode(refused.body)]).toEqual([413, 'BODY_TOO_LARGE']);
    const nonsense = await post(url(), encoded, Buffer.from('nonsense'));
    expect([nonsense.status, errorCode(nonsense.body)]).toEqual([400, 'BAD_REQUEST']);
    const other = await post(url(), { 'content-encoding': 'compress' }, sent);
    expect(other.status).toBe(415);
  });
});

test('a broker that was exchanged for another one gets the text at once', async () => {
  const [one, other] = both.sites.brokers.filter(({ site }) => site === 'oslo');
  const text = '{ virtualMachines(first: 2) { nodes { name } } }';
  await using transport = createSiteTransport({ clock: systemClock });
  const question = {
    document: parse(text),
    text,
    variables: { filler: 'x'.repeat(2_000) },
    operation: OperationTypeNode.QUERY,
    examine: (data: SourceBody['data']) => ({ data, problem: null, strange: new Map() }),
  };
  const traffic = { sentBytes: 0, receivedBytes: 0 };
  const send = async (url: string, size: (sentBytes: number) => void): Promise<void> => {
    traffic.sentBytes = 0;
    const options = {
      principal: anonymous,
      requestId: 'r',
      trace: { traceparent: '' },
      remainingMs: 5_000,
      signal: AbortSignal.timeout(5_000),
    };
    const answer = await transport.send(question, { ...options, url: `${url}/graphql`, source: 'site:oslo', traffic });
    expect(answer.data).toMatchObject({ virtualMachines: { nodes: [{}, {}] } });
    size(traffic.sentBytes);
  };
  await using relay = await startFaultProxy(one!.url);
  await send(relay.url, (bytes) => expect(bytes).toBeGreaterThan(2_000));
  await send(relay.url, (bytes) => expect(bytes).toBeLessThan(200));
  relay.setFault({ kind: 'misdirect', to: other!.url });
  await send(relay.url, (bytes) => expect(bytes).toBeGreaterThan(2_000));
  await send(relay.url, (bytes) => expect(bytes).toBeLessThan(200));
  expect(transport.figures('site:oslo')).toMatchObject({ unknownTexts: 1, answers: { WHOLE: 1, UNCHANGED: 3 } });
});

test('two brokers of each other site are kept warm, and the link has figures', async () => {
  const view = '{ sites { id link { state rttMs p95Ms requestsPerSecond bytesPerSecond } } }';
  await eventually(async () => {
    const { sites } = await ask<{ readonly sites: readonly object[] }>(`${both.sites.at('lyon').url}/graphql`, view);
    expect(sites).toEqual([
      { id: 'lyon', link: null },
      {
        id: 'oslo',
        link: {
          state: 'UP',
          rttMs: expect.any(Number),
          p95Ms: expect.any(Number),
          requestsPerSecond: expect.any(Number),
          bytesPerSecond: expect.any(Number),
        },
      },
    ]);
  }, 15_000);
});

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  content: object | Buffer,
  path = '/graphql',
): Promise<RawAnswer> {
  const answer = await request(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.isBuffer(content) ? content : JSON.stringify({ variables: {}, ...content }),
  });
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: Buffer.from(await answer.body.arrayBuffer()),
  };
}

function errorCode(body: Buffer): string | undefined {
  const { errors } = JSON.parse(body.toString()) as { errors?: readonly { extensions: { code: string } }[] };
  return errors?.[0]?.extensions.code;
}

function dataOf(body: Buffer): unknown {
  return (JSON.parse(body.toString()) as { data: unknown }).data;
}
