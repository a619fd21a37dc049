import { once } from 'node:events';
import { connect } from 'node:net';

import { expect, test } from '@jest/globals';

import { eventually } from '../contract/eventually.ts';
import { ask, createWaiting, startTestServer } from './http-support.ts';

// Too many requests, readers that do not read and callers that leave, at a real server.

const one = { concurrent: { federation: 1, site: 1, installation: 1 } };
const noQueue = { ...one, queue: { length: 0, waitMs: 1_000, lastingWaitMs: 1_000 } };

test('a request that finds no room is answered OVERLOADED with retry-after, on a connection that stays open', async () => {
  const waiting = createWaiting();
  await using server = await startTestServer({ waiting, admission: noQueue });
  const asking = ask(server.url, '{ waiting }');
  await waiting.began;
  const { response, status, body } = await ask(server.url, '{ hello }');
  expect([status, response.headers.get('retry-after'), response.headers.get('connection')]).toEqual([
    503,
    '1',
    'keep-alive',
  ]);
  expect(body.errors).toEqual([
    {
      message: 'This broker has more requests than it can answer now.',
      extensions: { code: 'OVERLOADED', retryable: true },
    },
  ]);
  for (const path of ['/health/live', '/health/ready', '/metrics']) {
    expect((await fetch(`${server.url}${path}`)).status).toBe(200);
  }
  waiting.finish();
  expect((await asking).status).toBe(200);
  expect((await ask(server.url, '{ hello }')).status).toBe(200);
});

test('a queued request whose caller goes away is never executed, and one whose deadline passes is told so', async () => {
  const waiting = createWaiting();
  await using server = await startTestServer({ waiting, admission: one });
  const asking = ask(server.url, '{ waiting }');
  await waiting.began;
  const late = ask(server.url, '{ hello }', { headers: { 'sitewide-deadline-ms': '80' } });
  const caller = new AbortController();
  const gone = fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ hello }"}',
    signal: caller.signal,
  });
  await eventually(() => expect(server.load().tiers).toMatchObject([{ running: 1, waiting: 2 }]));
  caller.abort();
  await expect(gone).rejects.toThrow();
  const { status, body } = await late;
  expect([status, body.errors?.[0]?.extensions['code']]).toEqual([504, 'DEADLINE_EXCEEDED']);
  await eventually(() => expect(server.load().tiers).toMatchObject([{ running: 1, waiting: 0 }]));
  waiting.finish();
  await asking;
});

test('a reader that takes nothing is given up, and what it held is free again', async () => {
  const waiting = createWaiting();
  await using server = await startTestServer({ waiting, stallMs: 300 });
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.pause();
  const body = JSON.stringify({ query: '{ waiting }' });
  const head = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.write(head + body);
  await waiting.began;
  waiting.finish('x'.repeat(20_000_000));
  await eventually(() => expect(server.load().unsentBytes).toBeGreaterThan(20_000_000));
  expect(server.load().tiers).toMatchObject([{ running: 0, sending: 1 }]);
  await eventually(() => expect(server.load()).toMatchObject({ unsentBytes: 0, tiers: [{ sending: 0 }] }), 3_000);
  let bytes = 0;
  socket
    .on('data', (chunk: Buffer) => (bytes += chunk.length))
    .on('error', () => undefined)
    .resume();
  await once(socket, 'close');
  expect(bytes).toBeLessThan(20_000_000);
});

test('a slow reader gets the whole of a large answer', async () => {
  const waiting = createWaiting();
  await using server = await startTestServer({ waiting, stallMs: 10_000 });
  const text = 'x'.repeat(20_000_000);
  waiting.finish(text);
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    // Compressed it would be small, and sent at once.
    headers: { 'content-type': 'application/json', 'accept-encoding': 'identity' },
    body: '{"query":"{ waiting }"}',
  });
  // Nobody reads for a moment; the server must neither give up nor run ahead.
  await eventually(() => expect(server.load().unsentBytes).toBeGreaterThan(0));
  expect(((await response.json()) as { data: { waiting: string } }).data.waiting).toHaveLength(text.length);
  await eventually(() => expect(server.load().unsentBytes).toBe(0));
});

test('a body that does not come holds no place and ends with its deadline', async () => {
  await using server = await startTestServer({ admission: noQueue });
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nsitewide-deadline-ms: 300\r\ncontent-length: 20\r\n\r\n{',
  );
  await eventually(() => expect(server.load().tiers).toMatchObject([{ arriving: 1, running: 0 }]));
  expect((await ask(server.url, '{ hello }')).status).toBe(200);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toContain('HTTP/1.1 504');
  expect(answer.toString()).toContain('DEADLINE_EXCEEDED');
  socket.destroy();
});
