import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, test } from '@jest/globals';
import { WebSocketServer } from 'ws';

import { type Clock, systemClock } from '../../../src/core/clock.ts';
import { conduitProtocol, encodeMessage, messageKind } from '../../../src/core/conduit.ts';
import { ConduitSocket } from '../../../src/gateway/conduit-socket.ts';
import type { ConduitAsked } from '../../../src/http/conduit-session.ts';
import { eventually } from '../../contract/eventually.ts';
import { type ConduitServer, startConduitServer } from '../../support/conduit-server.ts';
import { createManualClock } from '../../support/manual-clock.ts';

// Both ends of a conduit over a real connection, which is stopped, cut or fed with nonsense.

interface Opened extends Disposable {
  readonly socket: ConduitSocket;
  /** Whether it had been open, once it is closed. */
  readonly closed: Promise<boolean>;
  ask(text: string, signal?: AbortSignal): Promise<string>;
}

function open({ url }: Pick<ConduitServer, 'url'>, clock: Clock = systemClock): Opened {
  const { promise: closed, resolve } = Promise.withResolvers<boolean>();
  const socket = new ConduitSocket({ url, source: 'installation:a', clock, tls: null }, resolve);
  return {
    socket,
    closed,
    async ask(text, signal = new AbortController().signal) {
      const { statusCode, headers, body } = await socket.exchange({
        headers: { 'sitewide-request-id': text.slice(0, 10) },
        body: Buffer.from(text),
        signal,
      });
      expect([statusCode, headers]).toEqual([200, { 'content-type': 'text/plain' }]);
      return body.toString();
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
}

async function openReady(server: Pick<ConduitServer, 'url'>, clock?: Clock): Promise<Opened> {
  const opened = open(server, clock);
  await eventually(() => expect(opened.socket.takesMore).toBe(true));
  return opened;
}

const headers = { 'content-type': 'text/plain' };

async function echo(asked: ConduitAsked): Promise<void> {
  await asked.reply({ status: 200, headers, body: Buffer.from(`echo ${asked.body.toString()}`) });
}

/** Holds requests until a test answers them. */
function createHolding(): { readonly held: ConduitAsked[]; readonly answer: (asked: ConduitAsked) => Promise<void> } {
  const held: ConduitAsked[] = [];
  const answer = async (asked: ConduitAsked): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    asked.whenGone(resolve);
    held.push({
      ...{ headers: asked.headers, body: asked.body },
      whenGone: (tell) => void promise.then(tell),
      reply: (answered) => asked.reply(answered).finally(resolve),
    });
    await promise;
  };
  return { held, answer };
}

test('a request comes with its headers and its body, and its answer with its own', async () => {
  const seen: unknown[] = [];
  await using server = await startConduitServer({
    async answer(asked) {
      seen.push([asked.headers['sitewide-request-id'], asked.body.toString()]);
      await echo(asked);
    },
  });
  using opened = await openReady(server);
  expect(await opened.ask('grüß')).toBe('echo grüß');
  expect(seen).toEqual([['grüß', 'grüß']]);
});

test('of many requests under way each gets its own answer, in whatever order they come', async () => {
  const { held, answer } = createHolding();
  await using server = await startConduitServer({ answer });
  using opened = await openReady(server);
  const asked = Array.from({ length: 100 }, (_, at) => `question ${at}`);
  const answers = asked.map((text) => opened.ask(text));
  await eventually(() => expect(held).toHaveLength(100));
  await Promise.all(held.toSorted((a, b) => a.body.toString().localeCompare(b.body.toString())).map(echo));
  expect(await Promise.all(answers)).toEqual(asked.map((text) => `echo ${text}`));
});

test('a large answer comes whole, and a small one does not wait for it', async () => {
  const large = 'x'.repeat(5_000_000);
  await using server = await startConduitServer({
    answer: async (asked) =>
      asked.body.toString() === 'large' ? asked.reply({ status: 200, headers, body: Buffer.from(large) }) : echo(asked),
  });
  using opened = await openReady(server);
  const order: string[] = [];
  const both = ['large', 'small'].map(async (text) => {
    const answer = await opened.ask(text);
    order.push(text);
    return answer.length;
  });
  expect(await Promise.all(both)).toEqual([large.length, 'echo small'.length]);
  expect(order).toEqual(['small', 'large']);
});

test('an answer that is made as it is sent comes whole', async () => {
  async function* body(): AsyncGenerator<Buffer | string> {
    yield 'one ';
    await Promise.resolve();
    yield Buffer.from('two');
  }
  await using server = await startConduitServer({
    answer: (asked) => asked.reply({ status: 200, headers, body: body() }),
  });
  using opened = await openReady(server);
  expect(await opened.ask('x')).toBe('one two');
});

test('who gives up is told at once, as is the other end, and a late answer is nobody else’s', async () => {
  const { held, answer } = createHolding();
  await using server = await startConduitServer({ answer });
  using opened = await openReady(server);
  const caller = new AbortController();
  const given = opened.ask('given up', caller.signal);
  const kept = opened.ask('kept');
  await eventually(() => expect(held).toHaveLength(2));
  const gone = new Promise<void>((resolve) => held[0]!.whenGone(resolve));
  caller.abort(new Error('Enough.'));
  await expect(given).rejects.toThrow('Enough.');
  await gone;
  // Its place is taken by the next one, whose answer this must not become.
  await eventually(() => expect(opened.socket.takesMore).toBe(true));
  const next = opened.ask('next');
  await eventually(() => expect(held).toHaveLength(3));
  await expect(echo(held[0]!)).rejects.toThrow();
  await Promise.all(held.slice(1).map(echo));
  expect(await Promise.all([kept, next])).toEqual(['echo kept', 'echo next']);
});

test('one who has given up before is not asked for', async () => {
  await using server = await startConduitServer({ answer: echo });
  using opened = await openReady(server);
  await expect(opened.ask('x', AbortSignal.abort(new Error('Too late.')))).rejects.toThrow('Too late.');
  expect(await opened.ask('y')).toBe('echo y');
});

test('what is under way when the connection is cut fails at once, and the other end hears of it', async () => {
  const { held, answer } = createHolding();
  await using server = await startConduitServer({ answer });
  using opened = await openReady(server);
  const asking = opened.ask('x');
  await eventually(() => expect(held).toHaveLength(1));
  const gone = new Promise<void>((resolve) => held[0]!.whenGone(resolve));
  server.connections.forEach((connection) => connection.destroy());
  await expect(asking).rejects.toThrow('The connection was closed.');
  await gone;
  expect(await opened.closed).toBe(true);
  expect(opened.socket.isOver).toBe(true);
});

test('after a request that waited in vain nothing is sent until the other end is heard of again', async () => {
  await using server = await startConduitServer({ answer: echo });
  using opened = await openReady(server);
  // The other end hangs: what is sent to it is not read.
  server.connections.forEach((connection) => connection.pause());
  const caller = new AbortController();
  const asking = opened.ask('x', caller.signal);
  caller.abort(new Error('Timed out.'));
  await expect(asking).rejects.toThrow('Timed out.');
  expect([opened.socket.takesMore, opened.socket.isOver]).toEqual([false, false]);
  server.connections.forEach((connection) => connection.resume());
  await eventually(() => expect(opened.socket.takesMore).toBe(true));
  expect(await opened.ask('y')).toBe('echo y');
});

test('one that is doubted and does not answer a ping is cut', async () => {
  const clock = createManualClock();
  await using server = await startConduitServer({ answer: echo });
  using opened = await openReady(server, clock);
  server.connections.forEach((connection) => connection.pause());
  const caller = new AbortController();
  const asking = opened.ask('x', caller.signal);
  caller.abort(new Error('Timed out.'));
  await expect(asking).rejects.toThrow();
  await clock.advance(1_999);
  expect(opened.socket.isOver).toBe(false);
  await clock.advance(1);
  expect(await opened.closed).toBe(true);
});

test('a request that is called off while others are answered speaks against nobody', async () => {
  const { held, answer } = createHolding();
  await using server = await startConduitServer({
    answer: (asked) => (asked.body.toString() === 'now' ? echo(asked) : answer(asked)),
  });
  using opened = await openReady(server);
  const caller = new AbortController();
  const asking = opened.ask('slow', caller.signal);
  await eventually(() => expect(held).toHaveLength(1));
  await opened.ask('now');
  caller.abort(new Error('Enough.'));
  await expect(asking).rejects.toThrow('Enough.');
  expect(opened.socket.takesMore).toBe(true);
});

test('a broker that leaves is sent nothing new, and answers what is under way', async () => {
  const { held, answer } = createHolding();
  await using server = await startConduitServer({ answer });
  using opened = await openReady(server);
  const asking = opened.ask('x');
  await eventually(() => expect(held).toHaveLength(1));
  server.sessions.forEach((session) => session.leave());
  await eventually(() => expect(opened.socket.isOver).toBe(true));
  expect(opened.socket.takesMore).toBe(false);
  await echo(held[0]!);
  expect(await asking).toBe('echo x');
  expect(await opened.closed).toBe(true);
});

test('one that is left closes when the last answer has come', async () => {
  const { held, answer } = createHolding();
  await using server = await startConduitServer({ answer });
  using opened = await openReady(server);
  const asking = opened.ask('x');
  await eventually(() => expect(held).toHaveLength(1));
  opened.socket.leave();
  await echo(held[0]!);
  expect(await asking).toBe('echo x');
  expect(await opened.closed).toBe(true);
});

test('one that nobody uses is closed after 25 seconds, and one that is in use is not', async () => {
  const clock = createManualClock();
  const { held, answer } = createHolding();
  await using server = await startConduitServer({ answer });
  using opened = await openReady(server, clock);
  await clock.advance(20_000);
  const asking = opened.ask('x');
  await eventually(() => expect(held).toHaveLength(1));
  await clock.advance(60_000);
  expect(opened.socket.isOver).toBe(false);
  await echo(held[0]!);
  await asking;
  await clock.advance(25_000);
  expect(await opened.closed).toBe(true);
});

test('a broker of another installation is not spoken to', async () => {
  await using server = await startConduitServer({ answer: echo, installation: 'b' });
  using opened = open(server);
  expect(await opened.closed).toBe(false);
});

test('a broker that knows no conduits refuses, and so does one that is not there', async () => {
  await using server = await startConduitServer({ answer: echo, isOld: true });
  using opened = open(server);
  expect(await opened.closed).toBe(false);
  using nowhere = open({ url: 'http://127.0.0.1:1/installation/graphql' });
  expect(await nowhere.closed).toBe(false);
});

test.each([
  ['a text', 'hello'],
  ['an answer that is a text', encodeMessage(messageKind.end, 9, '{}').toString('latin1')],
  ['bytes that are no message', Buffer.from([9, 9])],
  ['an answer without a head', encodeMessage(messageKind.end, 1024, '', Buffer.from('x'))],
  ['an answer whose head is no JSON', encodeMessage(messageKind.end, 1024, '{', Buffer.from('x'))],
  ['a request', encodeMessage(messageKind.request, 1024, '{}')],
])('%s from the other end closes it', async (_, nonsense) => {
  await using server = await startNonsense(nonsense);
  using opened = await openReady(server);
  await expect(opened.ask('x')).rejects.toThrow('The connection was closed.');
});

test('an answer that nobody asked for is passed over', async () => {
  await using server = await startNonsense(encodeMessage(messageKind.end, 77, '{}', Buffer.from('x')));
  using opened = await openReady(server);
  const caller = new AbortController();
  const asking = opened.ask('x', caller.signal);
  await eventually(() => expect(server.sent).toBe(1));
  caller.abort(new Error('Enough.'));
  await expect(asking).rejects.toThrow('Enough.');
});

/** A server that answers every message with the same. */
async function startNonsense(
  nonsense: string | Buffer,
): Promise<{ readonly url: string; readonly sent: number } & AsyncDisposable> {
  let sent = 0;
  const server = createServer();
  const sockets = new WebSocketServer({ server, handleProtocols: () => conduitProtocol });
  sockets.on('headers', (lines: string[]) => void lines.push('sitewide-installation: a'));
  sockets.on('connection', (socket) => {
    socket.on('message', () => {
      socket.send(nonsense);
      sent += 1;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    get sent() {
      return sent;
    },
    async [Symbol.asyncDispose]() {
      sockets.clients.forEach((socket) => socket.terminate());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
