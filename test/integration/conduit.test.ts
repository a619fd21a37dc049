import { once } from 'node:events';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import { WebSocket } from 'ws';

import { systemClock } from '../../src/core/clock.ts';
import { conduitProtocol } from '../../src/core/conduit.ts';
import { schemaHash } from '../../src/core/schema-hash.ts';
import { baseSdl } from '../../src/core/sdl.ts';
import { ConduitSocket } from '../../src/gateway/conduit-socket.ts';
import type { Exchanged } from '../../src/gateway/exchange.ts';
import { acceptRows } from '../../src/rows/frames.ts';
import { batchHeader, encodeBatch } from '../../src/rows/row-batch.ts';
import { eventually } from '../contract/eventually.ts';
import { createTestAuthority } from '../support/certificates.ts';
import { readMetrics } from '../support/metrics.ts';
import { type SitesBroker, startSites, type TestSites } from '../support/sites.ts';

// What a broker answers over a conduit is what it answers over HTTP, to the byte; and brokers of a site ask one another so.

let sites: TestSites;
let asked: SitesBroker;
let other: SitesBroker;
let conduit: ConduitSocket;

beforeAll(async () => {
  const settings = (): Record<string, unknown> => ({ limits: { bodyBytes: 20_000 } });
  sites = await startSites({ sites: { lyon: ['lyon-a', 'lyon-b'] }, vms: 40, usageIntervalMs: 0, settings });
  [asked, other] = sites.brokers as [SitesBroker, SitesBroker];
  conduit = openConduit();
  await eventually(() => expect(conduit.takesMore).toBe(true));
}, 60_000);

afterAll(async () => {
  conduit?.terminate();
  await sites?.[Symbol.asyncDispose]();
});

function openConduit(): ConduitSocket {
  const url = `${other.url}/installation/graphql`;
  return new ConduitSocket({ url, source: 'installation:lyon-b', clock: systemClock, tls: null }, () => undefined);
}

const usual = {
  'sitewide-tier': 'INSTALLATION',
  'sitewide-request-id': 'r',
  'sitewide-deadline-ms': '5000',
  'content-type': 'application/json',
  accept: 'application/json',
};
const inRows = { accept: acceptRows(schemaHash(baseSdl)) };
const list =
  '{ virtualMachines(first: 7, orderBy: { field: NAME }) { nodes { id name labels { key value } } totalCount } }';
const json = (value: unknown): string => JSON.stringify(value);

interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What matters of an answer, without what differs from one to the next. */
function comparable({ statusCode, headers, body }: Exchanged): object {
  const named = ['content-type', 'sitewide-installation', 'retry-after'];
  const text = body.toString().replace(/"(latencyMs|asOf)":("[^"]*"|[\d.]+)/g, '"$1":null');
  return { statusCode, headers: Object.fromEntries(named.map((name) => [name, headers[name]])), text };
}

async function overHttp({ headers, body }: Asking): Promise<Exchanged> {
  const sent = { ...usual, ...headers };
  const answer = await request(`${other.url}/installation/graphql`, { method: 'POST', headers: sent, body });
  return { ...answer, body: Buffer.from(await answer.body.arrayBuffer()) };
}

function overConduit({ headers, body }: Asking, signal = AbortSignal.timeout(10_000)): Promise<Exchanged> {
  return conduit.exchange({ headers: { ...usual, ...headers }, body: Buffer.from(body), signal });
}

describe('an answer over a conduit is the one over HTTP', () => {
  test.each<[string, Asking, number]>([
    ['a list as JSON', { body: json({ query: list }) }, 200],
    ['a list in rows', { headers: inRows, body: json({ query: list }) }, 200],
    [
      'a batch of a list',
      { headers: { ...inRows, [batchHeader]: encodeBatch({ limit: 3, beyond: null }) }, body: json({ query: list }) },
      200,
    ],
    [
      'a stream of rows',
      {
        headers: { ...inRows, [batchHeader]: encodeBatch({ limit: Infinity, beyond: null }) },
        body: json({ query: list }),
      },
      200,
    ],
    ['an unknown field', { body: json({ query: '{ nonsense }' }) }, 200],
    ['a body that is no JSON', { body: '{' }, 400],
    ['a body that is not UTF-8', { body: Buffer.from([0x7b, 0xff]).toString('latin1') }, 400],
    ['a mutation that cannot be', { body: json({ query: 'mutation { nonsense }' }) }, 200],
    ['what is nested too deep', { body: json({ query: `${'{ a '.repeat(500)}${'}'.repeat(500)}` }) }, 200],
    ['a deadline that is none', { headers: { 'sitewide-deadline-ms': 'soon' }, body: json({ query: list }) }, 400],
    ['a batch that is none', { headers: { ...inRows, [batchHeader]: 'x' }, body: json({ query: list }) }, 400],
    ['no time at all', { headers: { 'sitewide-deadline-ms': '0' }, body: json({ query: list }) }, 504],
  ])('%s', async (_, asking) => {
    const [first, second] = [comparable(await overHttp(asking)), comparable(await overConduit(asking))];
    expect(second).toEqual(first);
  });
});

test('a body that is larger than a broker takes is refused as over HTTP', async () => {
  const asking = { body: json({ query: list, variables: { x: 'x'.repeat(30_000) } }) };
  const answer = comparable(await overHttp(asking));
  expect(answer).toMatchObject({ statusCode: 413 });
  expect(comparable(await overConduit(asking))).toEqual(answer);
});

test('what is called off goes on for nobody', async () => {
  const cancelled = async (): Promise<number> =>
    (await readMetrics(other.url)).value('sitewide_cancellations_total', { tier: 'INSTALLATION' }) ?? 0;
  const before = await cancelled();
  const caller = new AbortController();
  const all = Array.from({ length: 50 }, () => overConduit({ body: json({ query: list }) }, caller.signal));
  caller.abort(new Error('Enough.'));
  const ends = await Promise.allSettled(all);
  expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
  await eventually(async () => {
    const samples = await readMetrics(other.url);
    expect(samples.value('sitewide_requests_in_flight', { tier: 'INSTALLATION' })).toBe(0);
  });
  expect(await cancelled()).toBeGreaterThan(before);
  expect((await overConduit({ body: json({ query: list }) })).statusCode).toBe(200);
});

test('a broker that is asked again and again is asked over a conduit, with the same answer', async () => {
  const conduits = async (): Promise<number> =>
    (await readMetrics(other.url)).value('sitewide_conduits', { tier: 'INSTALLATION' })!;
  const before = await conduits();
  const ask = async (): Promise<string> => {
    const { body } = await request(`${asked.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: json({ query: list }),
    });
    return (await body.text()).replace(/"extensions".*/, '');
  };
  const first = await ask();
  await eventually(async () => {
    expect(await ask()).toBe(first);
    expect(await conduits()).toBe(before + 1);
  });
  expect(await ask()).toBe(first);
});

test('brokers with certificates have conduits as well', async () => {
  await using authority = await createTestAuthority();
  await using secure = await startSites({ sites: { oslo: ['oslo-a', 'oslo-b'] }, vms: 3, authority });
  const { dispatcher, brokers } = secure;
  const [near, far] = brokers as [SitesBroker, SitesBroker];
  const ask = async (): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const body = json({ query: '{ virtualMachines(first: 9) { totalCount coverage { complete } } }' });
    const answer = await request(`${near.url}/graphql`, { method: 'POST', dispatcher, headers, body });
    expect(await answer.body.json()).toMatchObject({
      data: { virtualMachines: { totalCount: 6, coverage: { complete: true } } },
    });
  };
  const conduits = async (): Promise<string | undefined> => {
    const { body } = await request(`${far.url}/metrics`, { dispatcher });
    return /sitewide_conduits\{tier="INSTALLATION"\} (\d+)/.exec(await body.text())?.[1];
  };
  await eventually(async () => {
    await ask();
    expect(await conduits()).toBe('1');
  });
  await ask();
});

test.each([
  ['where there is an installation, for whoever does not say to be a broker', '/installation/graphql', undefined],
  ['where there is a site', '/graphql', 'INSTALLATION'],
  ['where there is a federation', '/federation/graphql', 'INSTALLATION'],
])('there is none %s', async (_, path, tier) => {
  const headers = tier === undefined ? {} : { 'sitewide-tier': tier };
  const socket = new WebSocket(`${other.url.replace('http', 'ws')}${path}`, conduitProtocol, { headers });
  const [error] = (await once(socket, 'error')) as [Error];
  expect(error.message).toMatch(/subprotocol/i);
});
