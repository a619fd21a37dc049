import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { eventually } from '../contract/eventually.ts';
import { readMetrics } from '../support/metrics.ts';
import { openRaw, openReady, type RawSocket } from '../support/raw-socket.ts';
import { startTestServer, type TestServer } from './http-support.ts';
import { createTicker, type Ticker } from './websocket-support.ts';

// How sockets and the streams on them end, and what is left of them: slow readers, dead peers, lost connections, a broker
// that leaves.

let ticker: Ticker;
let server: TestServer;

beforeEach(() => {
  ticker = createTicker();
});

afterEach(async () => server[Symbol.asyncDispose]());

async function start(options: Parameters<typeof startTestServer>[0] = {}): Promise<string> {
  server = await startTestServer({ schema: ticker.schema, ...options });
  return `${server.url}/graphql`;
}

function subscribe(raw: RawSocket, query: string, id = query): void {
  raw.send({ id, type: 'subscribe', payload: { query: `subscription { ${query} }` } });
}

const large = 'ticks(bytes: 100000) { text }';

describe('a reader who reads nothing', () => {
  test('stops his stream: nothing more is taken from its source', async () => {
    const url = await start();
    using raw = await openReady(url);
    raw.socket.pause();
    subscribe(raw, large);
    const taken = await eventually(steady);
    // What the operating system keeps for a connection on loopback is a few megabytes.
    expect(taken).toBeLessThan(200);
    raw.socket.resume();
    await eventually(() => expect(ticker.taken).toBeGreaterThan(taken));
  });

  test('stops the streams of nobody else', async () => {
    const url = await start();
    using slow = await openReady(url);
    using quick = await openReady(url);
    slow.socket.pause();
    subscribe(slow, large);
    await eventually(steady);
    subscribe(quick, 'ticks(upTo: 500) { number }');
    await eventually(() => expect(quick.messages.at(-1)).toMatchObject({ type: 'complete' }));
  });

  test('is closed with 4430 after a while, and counted', async () => {
    const url = await start({ stallMs: 300 });
    using raw = await openReady(url);
    raw.socket.pause();
    subscribe(raw, large);
    await eventually(() => expect(ticker.running).toBe(1));
    await eventually(() => expect(ticker.running).toBe(0));
    raw.socket.resume();
    expect(await raw.closed).toEqual({ code: 4430, reason: 'Too slow: resume with your last token' });
    const metrics = await readMetrics(server.url);
    expect(metrics.value('sitewide_slow_readers_closed_total', { tier: 'SITE' })).toBe(1);
  });

  test('is not listened to either, so that his pings pile up no pongs', async () => {
    const url = await start();
    using raw = await openReady(url);
    raw.socket.pause();
    subscribe(raw, large, 'stream');
    await eventually(steady);
    let pongs = 0;
    raw.socket.on('pong', () => (pongs += 1));
    const ping = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(1_000) } });
    for (let sent = 0; sent < 20_000; sent += 1) {
      raw.socket.send(ping);
      raw.socket.ping('x'.repeat(100));
    }
    // Of these 22 MB what does not fit into the buffers of the connection stays with the sender.
    await eventually(() => expect(raw.socket.bufferedAmount).toBeGreaterThan(5_000_000));
    raw.send({ id: 'stream', type: 'complete' });
    raw.socket.resume();
    const answers = (): number => raw.messages.filter(({ type }) => type === 'pong').length;
    await eventually(() => expect([answers(), pongs]).toEqual([20_000, 20_000]), 30_000);
  });
});

/** How much was taken from the streams; throws while that grows. */
async function steady(): Promise<number> {
  const { taken } = ticker;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(taken).toBeGreaterThan(0);
  expect(ticker.taken).toBe(taken);
  return taken;
}

describe('a peer', () => {
  test('that answers no ping is dropped, and its streams end', async () => {
    const url = await start({ pingMs: 100 });
    using raw = await openRaw(url, undefined, { autoPong: false });
    raw.send({ type: 'connection_init' });
    await raw.take();
    subscribe(raw, 'silent { number }');
    await eventually(() => expect(ticker.running).toBe(1));
    expect(await raw.closed).toMatchObject({ code: 1006 });
    await eventually(() => expect(ticker.running).toBe(0));
  });

  test('that answers pings stays, however quiet it is', async () => {
    const url = await start({ pingMs: 100 });
    using raw = await openReady(url);
    let pings = 0;
    raw.socket.on('ping', () => (pings += 1));
    await eventually(() => expect(pings).toBeGreaterThan(5));
    expect(raw.socket.readyState).toBe(raw.socket.OPEN);
  });
});

describe('a broker that leaves', () => {
  test('closes its sockets with 1001 and ends their streams without complete, since they go on elsewhere', async () => {
    const url = await start();
    using raw = await openReady(url);
    using idle = await openRaw(url);
    subscribe(raw, 'silent { number }');
    await eventually(() => expect(ticker.running).toBe(1));
    await server.server.drain();
    expect(await raw.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(await idle.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(raw.messages.map(({ type }) => type)).toEqual(['connection_ack']);
    expect(ticker.running).toBe(0);
  });

  test('sends what was asked for before that, up to its time for it', async () => {
    const url = await start({ drainMs: 100 });
    using raw = await openReady(url);
    subscribe(raw, 'told { number }', 'stream');
    raw.send({ id: 'query', type: 'subscribe', payload: { query: '{ waiting }' } });
    await eventually(() => expect([ticker.began, ticker.running]).toEqual([1, 1]));
    const drained = server.server.drain();
    // As long as the socket is open its streams go on.
    ticker.tell(1);
    expect(await raw.take()).toMatchObject({ id: 'stream', type: 'next' });
    expect(await raw.take()).toMatchObject({
      id: 'query',
      payload: { errors: [{ extensions: { code: 'SHUTTING_DOWN' } }] },
    });
    expect(await raw.closed).toMatchObject({ code: 1001 });
    await drained;
    expect(raw.messages.filter(({ id }) => id === 'stream')).toHaveLength(1);
  });

  test('ends streams without complete also where an answer keeps it', async () => {
    const url = await start({ drainMs: 100 });
    using raw = await openReady(url);
    subscribe(raw, 'ending { number }', 'stream');
    raw.send({ id: 'query', type: 'subscribe', payload: { query: '{ waiting }' } });
    await eventually(() => expect([ticker.began, ticker.running]).toEqual([1, 1]));
    await server.server.drain();
    expect(await raw.closed).toMatchObject({ code: 1001 });
    expect(raw.messages.filter(({ id }) => id === 'stream')).toEqual([]);
  });

  test('is not held up by peers who do not read or do not close', async () => {
    const url = await start({ drainMs: 200, stallMs: 60_000 });
    using deaf = await openReady(url);
    using full = await openReady(url);
    using other = await openRaw(url, []);
    other.socket.pause();
    deaf.socket.pause();
    subscribe(full, large);
    full.socket.pause();
    await eventually(steady);
    await server.server.drain();
    expect(ticker.running).toBe(0);
  });
});

test('a hundred sockets that are cut leave no generator, no socket and no memory behind', async () => {
  const url = await start({
    admission: {
      concurrent: { federation: 1_000, site: 1_000, installation: 1 },
      queue: { length: 1_000, waitMs: 10_000, lastingWaitMs: 10_000 },
    },
  });
  const round = async (): Promise<void> => {
    const sockets = await Promise.all(Array.from({ length: 100 }, () => openReady(url)));
    for (const raw of sockets) {
      ['silent { number }', 'told { number }', 'opening { number }'].forEach((query) => subscribe(raw, query));
    }
    await eventually(() => expect(ticker.running).toBe(200));
    sockets.forEach((raw) => raw.socket.terminate());
    await eventually(() => expect(ticker.running).toBe(0));
  };
  const gone = async (): Promise<void> => {
    const metrics = await readMetrics(server.url);
    const names = ['sitewide_sockets', 'sitewide_subscriptions', 'sitewide_requests_in_flight'];
    expect(names.map((name) => metrics.value(name, { tier: 'SITE' }))).toEqual([0, 0, 0]);
  };
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = async (): Promise<number> => {
    await eventually(gone);
    collect();
    return process.memoryUsage().heapUsed;
  };
  await round();
  await round();
  const before = await used();
  for (let rounds = 0; rounds < 5; rounds += 1) {
    await round();
  }
  // A kilobyte for each of the 1,500 subscriptions would be seen.
  expect((await used()) - before).toBeLessThan(1_500_000);
});

test('a client who sends all his subscriptions at once is not refused for it', async () => {
  const narrow = {
    concurrent: { federation: 40, site: 40, installation: 1 },
    queue: { length: 40, waitMs: 1_000, lastingWaitMs: 1_000 },
  };
  const url = await start({ admission: narrow, streams: { perSocket: 500 } });
  using raw = await openReady(url);
  for (let id = 0; id < 500; id += 1) {
    subscribe(raw, 'silent { number }', String(id));
  }
  await eventually(() => expect(ticker.running).toBe(500));
  expect(raw.messages).toHaveLength(1);
});

test('what runs and what is sent is counted', async () => {
  const url = await start();
  using raw = await openReady(url);
  subscribe(raw, 'silent { number }');
  subscribe(raw, 'ticks(upTo: 3) { number }');
  await eventually(async () => {
    const metrics = await readMetrics(server.url);
    const value = (name: string): number | null => metrics.value(`sitewide_${name}`, { tier: 'SITE' });
    expect(['sockets', 'subscriptions', 'events_sent_total'].map(value)).toEqual([1, 1, 3]);
  });
});
