import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { Reception } from '../../src/http/reception.ts';
import { anonymous } from '../../src/model/principal.ts';
import { eventually } from '../contract/eventually.ts';
import { openRaw, openReady } from '../support/raw-socket.ts';
import { ask, startTestServer, type TestServer } from './http-support.ts';
import { createTicker } from './websocket-support.ts';

// How much one principal may ask, over HTTP and WebSockets together.

const reception: Reception = {
  receive: ({ headers }) => ({ ...anonymous, subject: headers.authorization ?? 'anonymous' }),
  greet: () => anonymous,
  admit: () => undefined,
  originOf: ({ address }) => ({ address, broker: null }),
};
const ticker = createTicker();
let server: TestServer;
let url: string;
beforeAll(async () => {
  server = await startTestServer({
    schema: ticker.schema,
    reception,
    rates: { requestsPerSecond: 1, burst: 4, concurrent: 2 },
    streams: { messagesPerSecond: 1, messagesBurst: 20 },
  });
  url = `${server.url}/graphql`;
});
afterAll(async () => server[Symbol.asyncDispose]());

const as = (authorization: string) => ({ headers: { authorization } });

async function openAs(headers: Record<string, string>) {
  const socket = await openRaw(url, undefined, { headers });
  socket.send({ type: 'connection_init' });
  expect(await socket.take()).toMatchObject({ type: 'connection_ack' });
  return socket;
}

test('who asks too often is refused with the time to wait, over HTTP and WebSockets, and nobody else with them', async () => {
  for (let nth = 0; nth < 4; nth += 1) {
    expect((await ask(server.url, '{ hello }', as('alice'))).response.status).toBe(200);
  }
  const { response, body } = await ask(server.url, '{ hello }', as('alice'));
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
  expect(body.errors![0]).toMatchObject({ extensions: { code: 'RATE_LIMITED', retryable: true } });
  using socket = await openAs({ authorization: 'alice' });
  socket.send({ id: '1', type: 'subscribe', payload: { query: '{ hello }' } });
  const refused = await socket.take();
  expect(refused).toMatchObject({ id: '1', type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED' } }] });
  expect((await ask(server.url, '{ hello }', as('bob'))).response.status).toBe(200);
});

test('only so many are under way at a time, and what has become a stream does not count', async () => {
  using socket = await openAs({ authorization: 'carol' });
  socket.send({ id: 'stream', type: 'subscribe', payload: { query: 'subscription { told { number } }' } });
  await eventually(() => {
    ticker.tell(1);
    expect(socket.messages.map(({ id }) => id)).toContain('stream');
  });
  socket.send({ id: '1', type: 'subscribe', payload: { query: '{ waiting }' } });
  socket.send({ id: '2', type: 'subscribe', payload: { query: '{ waiting }' } });
  socket.send({ id: '3', type: 'subscribe', payload: { query: '{ waiting }' } });
  const payload = [{ message: 'You may have 2 requests under way; ask again in 1000 ms.' }];
  await eventually(() => expect(socket.messages.find(({ id }) => id === '3')).toMatchObject({ payload }));
  expect(socket.messages.map(({ id }) => id)).not.toContain('2');
});

test('a WebSocket over which too many messages come is closed, with the reason', async () => {
  using socket = await openRaw(url);
  socket.send({ type: 'connection_init' });
  for (let nth = 0; nth < 30; nth += 1) {
    socket.send({ type: 'ping' });
  }
  expect(await socket.closed).toEqual({ code: 4431, reason: 'Too many messages: at most 1 a second' });
});

test('pings of the protocol underneath count as well', async () => {
  using socket = await openRaw(url);
  for (let nth = 0; nth < 30; nth += 1) {
    socket.socket.ping();
  }
  expect(await socket.closed).toMatchObject({ code: 4431 });
});

test('another broker speaks for many, and is heard', async () => {
  using socket = await openReady(url, { 'sitewide-tier': 'INSTALLATION' });
  for (let nth = 0; nth < 30; nth += 1) {
    socket.send({ type: 'ping' });
  }
  for (let nth = 0; nth < 30; nth += 1) {
    expect(await socket.take()).toEqual({ type: 'pong' });
  }
});
