import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Agent, request } from 'undici';
import { WebSocket, WebSocketServer } from 'ws';

import { systemClock } from '../../src/core/clock.ts';
import { createWan, type Wan } from '../../src/commands/wan/wan.ts';
import type { WanRelay } from '../../src/commands/wan/relay.ts';
import { eventually } from '../contract/eventually.ts';

// The emulated network between real sockets. How exact its times are is measured by `npm run bench:wan`.

const way = { from: 'north', to: 'south' };
const shape = { rttMs: 20, jitterMs: 0, megabitsPerSecond: 100 };
let server: Server;
let wan: Wan;
let relay: WanRelay;
let agent: Agent;

beforeEach(async () => {
  server = createServer((incoming, response) => {
    incoming
      .on('data', () => undefined)
      .once('end', () => response.end('x'.repeat(Number(incoming.url!.slice(1)) || 2)));
  });
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (data) => socket.send(data));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  wan = createWan({ shape, clock: systemClock, random: Math.random });
  relay = await wan.relay(way, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  // One connection, so that it is known which one a request takes.
  agent = new Agent({ connections: 1 });
});

afterEach(async () => {
  await agent.destroy();
  await wan[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
});

async function ask(path = '/graphql', timeoutMs = 5_000, dispatcher = agent): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs);
  const { body } = await request(`${relay.url}${path}`, { method: 'POST', body: '{}', dispatcher, signal });
  return body.text();
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}

describe('a relay', () => {
  test('counts connections, requests and bytes', async () => {
    await ask();
    await ask('/1000');
    await request(`${relay.url}/health/ready`, { dispatcher: agent }).then(({ body }) => body.dump());
    expect(relay.counts()).toMatchObject({ connections: 1, open: 1, requests: 2, probes: 1, upgrades: 0, opaque: 0 });
    expect(relay.counts().down.bytes).toBeGreaterThan(1_000);
    expect(wan.counts(way)).toEqual(relay.counts());
    expect(wan.counts({ from: 'south', to: 'north' })).toMatchObject({ connections: 0, requests: 0 });
  });

  test('takes a round trip for a request and one more for a new connection', async () => {
    expect(await timed(() => ask())).toBeGreaterThanOrEqual(2 * shape.rttMs - 2);
    const again = await timed(() => ask());
    expect(again).toBeGreaterThanOrEqual(shape.rttMs - 2);
  });

  test('is as slow as its rate', async () => {
    await ask();
    wan.setShape(way, { ...shape, megabitsPerSecond: 8 });
    expect(await timed(() => ask('/200000'))).toBeGreaterThanOrEqual(200 + shape.rttMs - 2);
  });

  test('carries more than its window', async () => {
    wan.setShape(way, { ...shape, megabitsPerSecond: 10_000 });
    expect(await ask('/20000000')).toHaveLength(20_000_000);
  });

  test('carries web sockets and counts their messages', async () => {
    const socket = new WebSocket(relay.url.replace('http', 'ws'), { perMessageDeflate: false });
    await once(socket, 'open');
    socket.send('a'.repeat(70_000));
    socket.ping();
    await once(socket, 'message');
    socket.close();
    await once(socket, 'close');
    const { requests, upgrades, up, down } = relay.counts();
    expect({ requests, upgrades }).toEqual({ requests: 0, upgrades: 1 });
    expect(up).toMatchObject({ dataFrames: 1, controlFrames: 2 });
    expect(down).toMatchObject({ dataFrames: 1, controlFrames: 2 });
    await eventually(() => expect(relay.counts().open).toBe(0));
  });

  test('resets whoever connects when nobody listens behind it', async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    expect(await timed(() => expect(ask()).rejects.toThrow())).toBeGreaterThanOrEqual(shape.rttMs - 2);
    await eventually(() => expect(relay.counts().open).toBe(0));
  });
});

describe('a fault', () => {
  test('of the kind stall keeps everything back and loses nothing', async () => {
    await ask();
    relay.setFault({ kind: 'stall' });
    const late = ask();
    const other = new Agent();
    const lateOverNew = ask('/graphql', 5_000, other);
    await expect(ask('/graphql', 200, other)).rejects.toThrow('timeout');
    relay.setFault({ kind: 'none' });
    expect(await Promise.all([late, lateOverNew])).toEqual(['xx', 'xx']);
    await other.destroy();
  });

  test('of the kind reset ends open connections, and new ones at once', async () => {
    await ask();
    relay.setFault({ kind: 'reset' });
    await expect(ask()).rejects.toThrow();
    relay.setFault({ kind: 'none' });
    expect(await ask()).toBe('xx');
  });

  test('of the kind black-hole accepts and is silent; what it swallowed is reset when it ends', async () => {
    await ask();
    relay.setFault({ kind: 'black-hole' });
    const other = new Agent();
    const lost = [ask(), ask('/graphql', 5_000, other)];
    await expect(ask('/graphql', 200, other)).rejects.toThrow('timeout');
    relay.setFault({ kind: 'none' });
    const ends = await Promise.allSettled(lost);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await ask()).toBe('xx');
    await other.destroy();
  });

  test.each(['up', 'down'] as const)('of the kind half-open loses what goes %s only', async (dead) => {
    const arrived: string[] = [];
    server.on('request', ({ url }) => arrived.push(url!));
    await ask('/1');
    relay.setFault({ kind: 'half-open', dead });
    await expect(ask('/2', 200)).rejects.toThrow('timeout');
    expect(arrived).toEqual(dead === 'up' ? ['/1'] : ['/1', '/2']);
    relay.setFault({ kind: 'none' });
    expect(await ask('/3')).toBe('xxx');
  });
});

describe('an end', () => {
  test('of one direction leaves the other one open', async () => {
    const ended: Socket[] = [];
    const far = await listenRaw((socket) => {
      socket.once('end', () => {
        ended.push(socket);
        socket.end('after the end');
      });
      socket.resume();
    });
    const other = await wan.relay(way, far.url);
    const socket = connect({ port: Number(new URL(other.url).port), host: '127.0.0.1', allowHalfOpen: true });
    socket.end();
    const [said] = (await once(socket, 'data')) as [Buffer];
    expect([String(said), ended.length]).toEqual(['after the end', 1]);
    await once(socket, 'close');
    far.close();
  });

  test('by reset arrives as one', async () => {
    const far = await listenRaw((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const other = await wan.relay(way, far.url);
    const socket = connect({ port: Number(new URL(other.url).port), host: '127.0.0.1' });
    socket.write('x');
    const [error] = (await once(socket, 'error').catch((thrown: unknown) => [thrown])) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    far.close();
  });
});

async function listenRaw(onSocket: (socket: Socket) => void): Promise<{ url: string; close: () => void }> {
  const { createServer: createRawServer } = await import('node:net');
  const raw = createRawServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  raw.listen(0, '127.0.0.1');
  await once(raw, 'listening');
  return { url: `http://127.0.0.1:${(raw.address() as AddressInfo).port}`, close: () => raw.close() };
}
