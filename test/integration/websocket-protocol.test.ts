import { request } from 'node:http';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { eventually } from '../contract/eventually.ts';
import { openRaw, openReady, refusedUpgrade } from '../support/raw-socket.ts';
import { startTestServer, type TestServer } from './http-support.ts';
import { createTicker, type Ticker } from './websocket-support.ts';

// graphql-transport-ws as PROTOCOL.md of graphql-ws has it, with frames written by hand.

let ticker: Ticker;
let server: TestServer;
let url: string;

beforeEach(async () => {
  ticker = createTicker();
  server = await startTestServer({ schema: ticker.schema, initMs: 200 });
  url = `${server.url}/graphql`;
});

afterEach(async () => server[Symbol.asyncDispose]());

const subscribe = (id: string, query: string, more: object = {}): object => ({
  id,
  type: 'subscribe',
  payload: { query, ...more },
});

describe('the upgrade', () => {
  test('names who answers, and to what', async () => {
    using raw = await openRaw(url, undefined, { headers: { 'sitewide-request-id': 'r-1' } });
    expect(raw.headers).toMatchObject({
      'sitewide-request-id': 'r-1',
      'sitewide-site': 'lyon',
      'sitewide-installation': 'lyon-a',
      'sitewide-broker': 'lyon-a-1',
    });
  });

  test('is refused with 404 at another path, by name', async () => {
    const { status, body, headers } = await refusedUpgrade(`${server.url}/elsewhere`);
    expect(status).toBe(404);
    expect(body.errors[0]!.extensions.code).toBe('NOT_FOUND');
    expect(headers['sitewide-broker']).toBe('lyon-a-1');
  });

  test('is refused to a page of another origin, which may not read our answers over HTTP either', async () => {
    const { status, body } = await refusedUpgrade(url, { origin: 'https://elsewhere.example' });
    expect(status).toBe(403);
    expect(body.errors[0]!.extensions.code).toBe('ORIGIN_REFUSED');
    using own = await openRaw(url, undefined, { origin: server.url });
    expect(own.socket.readyState).toBe(own.socket.OPEN);
  });

  test('without the sub-protocol ends with 4406', async () => {
    using raw = await openRaw(url, []);
    expect(await raw.closed).toEqual({ code: 4406, reason: 'Subprotocol not acceptable' });
  });

  test('that offers h2c is answered as if it did not', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' };
      request(`${server.url}/health/live`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });
});

describe('the beginning', () => {
  test('is acknowledged with who answers', async () => {
    using raw = await openRaw(url);
    raw.send({ type: 'connection_init' });
    expect(await raw.take()).toEqual({
      type: 'connection_ack',
      payload: { site: 'lyon', installation: 'lyon-a', broker: 'lyon-a-1' },
    });
  });

  test('that does not come ends with 4408', async () => {
    using raw = await openRaw(url);
    expect(await raw.closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  test('a second one ends with 4429', async () => {
    using raw = await openReady(url);
    raw.send({ type: 'connection_init' });
    expect(await raw.closed).toEqual({ code: 4429, reason: 'Too many initialisation requests' });
  });

  test('an operation before it ends with 4401', async () => {
    using raw = await openRaw(url);
    raw.send(subscribe('1', '{ hello }'));
    expect(await raw.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
  });
});

describe('a message', () => {
  test.each([
    ['that is not JSON', 'hello'],
    ['without a type', '{}'],
    ['of an unknown type', '{"type":"start","id":"1"}'],
    ['that only servers send', '{"type":"next","id":"1","payload":{}}'],
    ['without an id', '{"type":"subscribe","payload":{"query":"{ hello }"}}'],
    ['without a query', '{"type":"subscribe","id":"1","payload":{}}'],
    ['nested beyond reading', `{"type":"ping","payload":{"a":${'['.repeat(1_000)}${']'.repeat(1_000)}}}`],
  ])('%s ends with 4400', async (_, text) => {
    using raw = await openReady(url);
    raw.send(text);
    expect(await raw.closed).toMatchObject({ code: 4400 });
  });

  test('of bytes instead of text ends with 4400', async () => {
    using raw = await openReady(url);
    raw.socket.send(Buffer.from('{"type":"ping"}'), { binary: true });
    expect(await raw.closed).toMatchObject({ code: 4400 });
  });

  test('that is too large ends with 1009', async () => {
    using raw = await openReady(url);
    raw.send({ type: 'ping', payload: { text: 'x'.repeat(20_000) } });
    expect(await raw.closed).toMatchObject({ code: 1009 });
  });

  test('ping is answered with pong and its payload, before the beginning too', async () => {
    using raw = await openRaw(url);
    raw.send({ type: 'ping' });
    expect(await raw.take()).toEqual({ type: 'pong' });
    raw.send({ type: 'ping', payload: { at: 1 } });
    expect(await raw.take()).toEqual({ type: 'pong', payload: { at: 1 } });
    raw.send({ type: 'pong' });
    raw.send({ type: 'connection_init' });
    expect(await raw.take()).toMatchObject({ type: 'connection_ack' });
  });
});

describe('an operation', () => {
  test('sends its events and then complete', async () => {
    using raw = await openReady(url);
    raw.send(subscribe('1', 'subscription { ticks(upTo: 2) { number } }'));
    expect(await raw.take()).toEqual({ id: '1', type: 'next', payload: { data: { ticks: { number: 1 } } } });
    expect(await raw.take()).toEqual({ id: '1', type: 'next', payload: { data: { ticks: { number: 2 } } } });
    expect(await raw.take()).toEqual({ id: '1', type: 'complete' });
  });

  test('with the id of one under way ends with 4409', async () => {
    using raw = await openReady(url);
    raw.send(subscribe('1', 'subscription { silent { number } }'));
    raw.send(subscribe('1', '{ hello }'));
    expect(await raw.closed).toEqual({ code: 4409, reason: 'Subscriber for 1 already exists' });
    await eventually(() => expect(ticker.running).toBe(0));
  });

  test('ends with complete from the client: its generator is ended and nothing more is sent', async () => {
    using raw = await openReady(url);
    raw.send(subscribe('1', 'subscription { silent { number } }'));
    await eventually(() => expect(ticker.running).toBe(1));
    raw.send({ id: '1', type: 'complete' });
    await eventually(() => expect(ticker.running).toBe(0));
    raw.send({ type: 'ping' });
    expect(await raw.take()).toEqual({ type: 'pong' });
  });

  test('that a client ends may give its id to the next one at once', async () => {
    using raw = await openReady(url);
    raw.send(subscribe('1', 'subscription { silent { number } }'));
    for (let round = 0; round < 20; round += 1) {
      raw.send({ id: '1', type: 'complete' });
      raw.send(subscribe('1', 'subscription { told { number } }'));
    }
    await eventually(() => expect(ticker.running).toBe(1));
    ticker.tell(7);
    expect(await raw.take()).toEqual({ id: '1', type: 'next', payload: { data: { told: { number: 7 } } } });
    expect(raw.messages).toHaveLength(2);
  });

  test('that is over may give its id to the next one', async () => {
    using raw = await openReady(url);
    for (let round = 0; round < 20; round += 1) {
      raw.send(subscribe('1', '{ hello }'));
      expect(await raw.take()).toMatchObject({ type: 'next' });
      expect(await raw.take()).toEqual({ id: '1', type: 'complete' });
    }
  });

  test('that is unknown may be completed: the two ends may have crossed', async () => {
    using raw = await openReady(url);
    raw.send({ id: 'x', type: 'complete' });
    raw.send({ type: 'ping' });
    expect(await raw.take()).toEqual({ type: 'pong' });
  });

  test('that is being opened ends with complete', async () => {
    using raw = await openReady(url);
    raw.send(subscribe('1', 'subscription { opening { number } }'));
    raw.send({ type: 'ping' });
    await raw.take();
    raw.send({ id: '1', type: 'complete' });
    raw.send(subscribe('2', '{ hello }'));
    expect(await raw.take()).toMatchObject({ id: '2', type: 'next' });
  });
});
