import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc, { type Arbitrary } from 'fast-check';

import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { type BrokerProcess, spawnBroker } from '../support/broker-process.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { bearers, conversations, type Known, rawFrames, requests } from '../support/fuzz-arbitraries.ts';
import { converse, type FuzzedAnswer, sendBytes, sendRequest } from '../support/fuzz-client.ts';
import { heapAfterCollection } from '../support/inspected-process.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

// A broker with users is sent everything that is wrong, in every way in. It refuses, and nothing more: no internal error, no
// end, no growth, and it answers as before afterwards. SITEWIDE_CHAOS=long takes 60 s; SITEWIDE_SEED repeats a run.

const long = process.env['SITEWIDE_CHAOS'] === 'long';
/** For each of the ways in, in milliseconds. */
const shareMs = long ? 15_000 : 1_500;
/** What caches and compiled code may take once the first of each kind has been seen, in MiB. */
const growthMiB = 24;
const seed = Number(process.env['SITEWIDE_SEED'] ?? 20_261);

const started = new AsyncDisposableStack();
let broker: BrokerProcess;
let issuer: TokenIssuer;
let known: Known;
let heap: () => Promise<number>;

beforeAll(async () => {
  const simulator = await startSimulator({ installation: 'a', vms: 30, port: 0 });
  started.defer(() => simulator.close());
  issuer = started.use(await startTokenIssuer());
  const url = `http://127.0.0.1:${await findFreePorts(1)}`;
  const config = {
    site: { id: 'test', installations: [{ id: 'a', brokers: [{ id: 'a-1', url }] }] },
    installation: 'a',
    broker: 'a-1',
    driver: { kind: 'simulator', url: simulator.url },
    auth: { anonymous: 'read', issuers: [{ issuer: issuer.url, audience: 'sitewide' }] },
    roles: { bindings: [{ role: 'admin', subjects: ['alice'] }] },
    limits: { principal: { requestsPerSecond: 1_000_000, burst: 1_000_000 } },
    log: { level: 'error' },
  };
  broker = started.use(await spawnBroker(url, config, { nodeOptions: ['--inspect=127.0.0.1:0'] }));
  const inspector = /ws:\/\/\S+/.exec(broker.complaints.join(''))![0];
  heap = () => heapAfterCollection(inspector);
  known = await learn();
}, 60_000);

afterAll(() => started.disposeAsync());

/** What a client gets from a broker, and may send back spoilt. */
async function learn(): Promise<Known> {
  const bearer = await issuer.sign();
  const { data } = (await ask(bearer)) as {
    data: {
      virtualMachines: { nodes: { id: string }[]; edges: { cursor: string }[]; pageInfo: { endCursor: string } };
    };
  };
  const { nodes, edges, pageInfo } = data.virtualMachines;
  const ids = [...nodes.map(({ id }) => id), 'installation:a', 'b3BlcmF0aW9u'];
  return {
    bearer,
    ids,
    cursors: [...edges.map(({ cursor }) => cursor), pageInfo.endCursor],
    tokens: ['{"a":1}', 'a:1'],
  };
}

async function ask(bearer: string): Promise<unknown> {
  const response = await fetch(`${broker.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    body: '{"query":"{ virtualMachines(first: 3) { nodes { id } edges { cursor } pageInfo { endCursor } } }"}',
  });
  expect(response.status).toBe(200);
  return response.json();
}

/** Sends one after the other until the time is over; a failure is made as small as it gets. */
async function fuzz<Case>(made: Arbitrary<Case>, send: (one: Case) => Promise<void>): Promise<number> {
  let count = 0;
  const property = fc.asyncProperty(made, async (one) => {
    count += 1;
    await send(one);
  });
  const until = { interruptAfterTimeLimit: shareMs, markInterruptAsFailure: false };
  await fc.assert(property, { seed, numRuns: 1_000_000, ...until });
  return count;
}

/** It knew what was wrong. 503 is for a broker that has too much to do, which may be here. */
function expectRefusal({ status, text }: FuzzedAnswer): void {
  expect({ status, text: text.slice(0, 2_000) }).not.toMatchObject({ status: 500 });
  expect(status).not.toBe(502);
  expect(text).not.toContain('"INTERNAL"');
  expect(text).not.toContain('Internal error');
}

test.each([
  ['requests', () => fuzz(requests(known), async (one) => expectRefusal(await sendRequest(broker.url, one)))],
  [
    'tokens',
    () =>
      fuzz(bearers(known), async (authorization = '') => {
        const headers = {
          'content-type': 'application/json',
          authorization: authorization.replace(/[^\x20-\x7e]/g, '?'),
        };
        const body = Buffer.from('{"query":"{ viewer { subject } }"}');
        expectRefusal(await sendRequest(broker.url, { method: 'POST', path: '/graphql', headers, body }));
      }),
  ],
  [
    'messages of sockets',
    () =>
      fuzz(conversations(known), async (frames) => {
        const answer = await converse(`${broker.url}/graphql`, frames);
        expectRefusal(answer);
        expect([1011, 4500]).not.toContain(answer.status);
      }),
  ],
  ['frames of sockets', () => fuzz(rawFrames(), (bytes) => sendBytes(broker.url, bytes))],
])('%s that are wrong in every way are refused, and the broker stays well and small', async (_, run) => {
  await ask(known.bearer);
  const before = await heap();
  const count = await run();
  expect(count).toBeGreaterThan(10);
  expect(broker.isRunning).toBe(true);
  await ask(known.bearer);
  expect(await heap()).toBeLessThan(before + growthMiB);
  expect(broker.complaints.join('')).not.toMatch(/"level":("error"|50)/);
});

// Found by the fuzzer: the gateway answered with 500 and a code that is not in the table.
test.each(['/graphql', '/federation/graphql', '/installation/graphql'])(
  'at %s a name that no operation of the document has is the mistake of the client',
  async (path) => {
    for (const [query, operationName] of [
      ['query A { site { id } }', 'B'],
      ['query A { site { id } } query B { site { id } }', undefined],
    ]) {
      const response = await fetch(`${broker.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${known.bearer}` },
        body: JSON.stringify({ query, operationName }),
      });
      const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
      expect(response.status).toBe(400);
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_REQUEST']);
    }
  },
);
