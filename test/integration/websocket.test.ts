import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { eventually } from '../contract/eventually.ts';
import { openReady, type RawSocket, refusedUpgrade } from '../support/raw-socket.ts';
import { createRecordingLogger, type RecordingLogger } from '../support/recording-logger.ts';
import { ask, startTestServer, type TestServer } from './http-support.ts';
import { createTicker, type Ticker } from './websocket-support.ts';

// Operations over a WebSocket: a client may use it for everything, and gets what it would get over HTTP.

let ticker: Ticker;
let server: TestServer;
let url: string;
let logger: RecordingLogger;

beforeEach(async () => {
  ticker = createTicker();
  logger = createRecordingLogger();
  server = await startTestServer({
    schema: ticker.schema,
    logger,
    streams: { perSocket: 2, sockets: 3, perBroker: 3 },
  });
  url = `${server.url}/graphql`;
});

afterEach(async () => server[Symbol.asyncDispose]());

interface ToldError {
  readonly message: string;
  readonly path?: readonly string[];
  readonly extensions: { readonly code: string };
}

/** A result, or the errors instead of one. */
interface Told extends Array<ToldError> {
  readonly data: Readonly<Record<string, string & Readonly<Record<string, string>>>>;
  readonly errors: readonly ToldError[];
  readonly extensions: unknown;
}

/** Sends an operation and gives the first message about it. */
async function first(raw: RawSocket, query: string, more: object = {}): Promise<{ type: string; payload: Told }> {
  raw.send({ id: query, type: 'subscribe', payload: { query, ...more } });
  const { id, type, payload } = await raw.take();
  expect(id).toBe(query);
  return { type, payload: payload as Told };
}

const codeOf = ({ payload }: { readonly payload?: unknown }): unknown => (payload as Told)[0]?.extensions.code;

describe('a query', () => {
  test('is answered with its coverage', async () => {
    using raw = await openReady(url);
    const variables = { name: 'you' };
    expect(await first(raw, 'query ($name: String) { hello(name: $name) }', { variables })).toEqual({
      type: 'next',
      payload: {
        data: { hello: 'hello you' },
        extensions: { coverage: { hello: { complete: true, sources: [] } } },
      },
    });
    expect(await raw.take()).toMatchObject({ type: 'complete' });
  });

  test('of several operations is chosen by its name', async () => {
    using raw = await openReady(url);
    const query = 'query a { hello } mutation b { change } subscription c { ticks { number } }';
    expect(await first(raw, query, { operationName: 'b' })).toMatchObject({ payload: { data: { change: 'changed' } } });
    await raw.take();
    expect(await first(raw, query, { operationName: 'c' })).toMatchObject({
      payload: { data: { ticks: { number: 1 } } },
    });
  });

  test('that fails says so beside its data, and hides what nobody expected', async () => {
    using raw = await openReady(url, { 'sitewide-request-id': 'r-1' });
    const { payload } = await first(raw, '{ failing hello }');
    expect(payload.data).toEqual({ failing: null, hello: 'hello world' });
    expect(payload.errors).toEqual([
      expect.objectContaining({ message: 'Internal error.', extensions: { code: 'INTERNAL', requestId: 'r-1' } }),
    ]);
  });

  test.each([
    ['cannot be parsed', '{ hello', 'GRAPHQL_PARSE_FAILED'],
    ['is not valid', '{ goodbye }', 'GRAPHQL_VALIDATION_FAILED'],
    ['has too many aliases', '{ a: hello b: hello c: hello d: hello }', 'OPERATION_TOO_COMPLEX'],
    ['is nested beyond reading', `${'{a'.repeat(500)}${'}'.repeat(500)}`, 'OPERATION_TOO_COMPLEX'],
    ['asks for a time that is not allowed', 'query @coverage(timeoutMs: 0) { hello }', 'INVALID_ARGUMENT'],
  ])('that %s is answered with an error', async (_, query, code) => {
    using raw = await openReady(url);
    const answer = await first(raw, query);
    expect(answer.type).toBe('error');
    expect(codeOf(answer)).toBe(code);
  });

  test('ends when its client completes it', async () => {
    using raw = await openReady(url);
    raw.send({ id: '1', type: 'subscribe', payload: { query: '{ waiting }' } });
    await eventually(() => expect(ticker.began).toBe(1));
    raw.send({ id: '1', type: 'complete' });
    await eventually(() => expect(ticker.ended).toEqual([expect.objectContaining({ code: 'CANCELLED' })]));
    raw.send({ type: 'ping' });
    expect(await raw.take()).toEqual({ type: 'pong' });
  });

  test('ends when its client goes away, and leaves its place', async () => {
    const raw = await openReady(url);
    raw.send({ id: '1', type: 'subscribe', payload: { query: '{ waiting }' } });
    await eventually(() => expect(server.load().tiers).toMatchObject([{ running: 1 }]));
    raw.socket.terminate();
    await eventually(() => expect(ticker.ended).toEqual([expect.objectContaining({ code: 'CANCELLED' })]));
    await eventually(() =>
      expect(server.load()).toMatchObject({ tiers: [{ running: 0, sending: 0 }], unsentBytes: 0 }),
    );
  });

  test('ends at the deadline of its own extensions', async () => {
    using raw = await openReady(url);
    const answer = await first(raw, '{ waiting }', { extensions: { 'sitewide-deadline-ms': 200 } });
    expect(answer.payload.errors[0]!.extensions.code).toBe('DEADLINE_EXCEEDED');
  });

  test('larger than one part of a message arrives whole', async () => {
    using raw = await openReady(url);
    const { payload } = await first(raw, '{ large(bytes: 300000) }');
    expect(payload.data['large']).toHaveLength(300_000);
  });

  test('is written to the log like one over HTTP', async () => {
    using raw = await openReady(url, { 'sitewide-request-id': 'r-2' });
    await first(raw, 'query Named { failing }');
    await eventually(() =>
      expect(logger.lines.find(({ message }) => message === 'A request ended.')?.facts).toMatchObject({
        requestId: 'r-2',
        operation: 'Named',
        outcome: 'error',
        errorCodes: ['INTERNAL'],
        caller: '127.0.0.1',
      }),
    );
  });
});

describe('a subscription', () => {
  test.each([
    ['selects two root fields', 'subscription { ticks { number } silent { number } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['is not valid', 'subscription { tocks { number } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['is too deep', 'subscription { ticks { me { me { me { me { number } } } } } }', 'OPERATION_TOO_COMPLEX'],
    ['has too many tokens', `subscription { ticks { ${'a '.repeat(2_001)} } }`, 'GRAPHQL_PARSE_FAILED'],
    ['lacks a variable', 'subscription ($n: Int!) { ticks(upTo: $n) { number } }', 'BAD_USER_INPUT'],
    ['is refused', 'subscription { refused { number } }', 'REVISION_INVALID'],
    ['asks for no time', 'subscription @coverage(timeoutMs: 0) { ticks { number } }', 'INVALID_ARGUMENT'],
    ['names no revision', 'subscription @coverage(atLeast: "x") { ticks { number } }', 'REVISION_INVALID'],
    ['cannot begin in time', 'subscription @coverage(timeoutMs: 50) { opening { number } }', 'DEADLINE_EXCEEDED'],
  ])('that %s is answered with an error, and takes no place', async (_, query, code) => {
    using raw = await openReady(url);
    for (let round = 0; round < 4; round += 1) {
      const answer = await first(raw, query);
      expect(answer.type).toBe('error');
      expect(codeOf(answer)).toBe(code);
    }
    expect(ticker.running).toBe(0);
  });

  test('over HTTP is refused, and not answered once', async () => {
    const { body } = await ask(server.url, 'subscription { ticks { number } }');
    expect(body.errors?.[0]?.extensions['code']).toBe('SUBSCRIPTION_UNAVAILABLE');
    expect(body.data ?? null).toBeNull();
  });

  test('has for each event a context of its own, with what was asked for', async () => {
    using raw = await openReady(url, { 'sitewide-request-id': 'r-3' });
    const query =
      'subscription @coverage(require: ALL, sources: ["installation:a"], timeoutMs: 700) { ticks(upTo: 2) { context } }';
    const { payload } = await first(raw, query);
    expect(JSON.parse(payload.data['ticks']!['context']!)).toEqual({
      wanted: { require: 'ALL', sources: ['installation:a'], atLeast: null },
      timeoutMs: 700,
      requestId: 'r-3',
    });
    expect(payload.extensions).toEqual({ coverage: { ticks: { complete: true, sources: [] } } });
  });

  test('goes on after an event with an error', async () => {
    using raw = await openReady(url);
    const { payload } = await first(raw, 'subscription { ticks(upTo: 2) { number failing } }');
    expect(payload.data).toEqual({ ticks: { number: 1, failing: null } });
    expect(payload.errors[0]).toMatchObject({ message: 'Internal error.', path: ['ticks', 'failing'] });
    expect(await raw.take()).toMatchObject({ type: 'next', payload: { data: { ticks: { number: 2 } } } });
  });

  test('whose source breaks ends with an error that tells nothing of the inside', async () => {
    using raw = await openReady(url, { 'sitewide-request-id': 'r-4' });
    await first(raw, 'subscription { broken { number } }');
    const end = await raw.take();
    expect(end).toMatchObject({ type: 'error', payload: [{ message: 'Internal error.' }] });
    expect(codeOf(end)).toBe('INTERNAL');
    expect(ticker.running).toBe(0);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('beyond those of the connection or of the broker is refused, and the others go on', async () => {
    using one = await openReady(url);
    using other = await openReady(url);
    const told = (id: string) => ({ id, type: 'subscribe', payload: { query: 'subscription { told { number } }' } });
    ['a', 'b', 'c'].forEach((id) => one.send(told(id)));
    expect(await one.take()).toMatchObject({
      id: 'c',
      type: 'error',
      payload: [{ message: expect.stringMatching(/^This connection has 2/) }],
    });
    ['d', 'e'].forEach((id) => other.send(told(id)));
    expect(await other.take()).toMatchObject({
      id: 'e',
      type: 'error',
      payload: [{ message: expect.stringMatching(/^This broker has 3/) }],
    });
    ticker.tell(1);
    expect(await one.take()).toMatchObject({ type: 'next' });
    one.send({ id: 'a', type: 'complete' });
    await eventually(() => expect(ticker.running).toBe(2));
    other.send(told('f'));
    await eventually(() => expect(ticker.running).toBe(3));
  });
});

test('a socket beyond those that may be open is refused with 503', async () => {
  const open = await Promise.all([openReady(url), openReady(url), openReady(url)]);
  const { status, headers, body } = await refusedUpgrade(url);
  expect(status).toBe(503);
  expect(headers['retry-after']).toBe('1');
  expect(body.errors[0]!.extensions.code).toBe('OVERLOADED');
  open[0].socket.terminate();
  await eventually(async () => {
    using again = await openReady(url);
    expect(again.messages).toHaveLength(1);
  });
  open.forEach((raw) => raw[Symbol.dispose]());
});

test.each([
  ['ws', WebSocket],
  ['Node.js', globalThis.WebSocket],
])("graphql-ws's client with the sockets of %s gets events, answers and errors", async (_, webSocketImpl) => {
  const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl, retryAttempts: 0 });
  const events = [];
  for await (const { data } of client.iterate({ query: 'subscription { ticks(upTo: 3) { number } }' })) {
    events.push(data);
  }
  expect(events).toEqual([1, 2, 3].map((number) => ({ ticks: { number } })));
  for await (const { data } of client.iterate({ query: '{ hello }' })) {
    expect(data).toEqual({ hello: 'hello world' });
  }
  await expect(client.iterate({ query: '{ goodbye }' }).next()).rejects.toMatchObject([
    { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
  ]);
  const endless = client.iterate({ query: 'subscription { ticks { number } }' });
  await endless.next();
  await endless.return?.();
  await eventually(() => expect(ticker.running).toBe(0));
  await client.dispose();
});
