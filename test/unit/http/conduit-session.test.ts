import { once } from 'node:events';

import { expect, test } from '@jest/globals';
import { WebSocket } from 'ws';

import { conduitProtocol, decodeMessage, encodeMessage, messageKind } from '../../../src/core/conduit.ts';
import type { ConduitAsked } from '../../../src/http/conduit-session.ts';
import { eventually } from '../../contract/eventually.ts';
import { type ConduitServer, startConduitServer } from '../../support/conduit-server.ts';

// The answering end of a conduit, with an asker who does what no asker of ours does.

async function connect({ url }: ConduitServer): Promise<WebSocket & Disposable> {
  const socket = new WebSocket(url.replace('http', 'ws'), conduitProtocol);
  await once(socket, 'open');
  return Object.assign(socket, { [Symbol.dispose]: () => socket.terminate() });
}

const request = (id: number, body = 'x'): Buffer => encodeMessage(messageKind.request, id, '{}', Buffer.from(body));
const ok = { status: 200, headers: {}, body: Buffer.from('ok') };
const answer = (asked: ConduitAsked): Promise<void> => asked.reply(ok);
const never = (asked: ConduitAsked): Promise<void> => new Promise((resolve) => asked.whenGone(resolve));

test.each([
  ['a text', 'hello'],
  ['a message that is a text', encodeMessage(messageKind.request, 1, '{}').toString('latin1')],
  ['bytes that are no message', Buffer.from([1, 2, 3])],
  ['headers that are none', encodeMessage(messageKind.request, 1, '{"accept":1}')],
  ['an answer', encodeMessage(messageKind.end, 1, '{}')],
])('%s is refused with its reason', async (_, message) => {
  await using server = await startConduitServer({ answer });
  using socket = await connect(server);
  socket.send(message);
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([4400, 'Invalid message received']);
});

test('an id that is in use is refused, and one that is free again is not', async () => {
  await using server = await startConduitServer({ answer });
  using socket = await connect(server);
  for (let time = 0; time < 2; time += 1) {
    socket.send(request(5));
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(decodeMessage(data)).toMatchObject({ kind: messageKind.end, id: 5, body: Buffer.from('ok') });
  }
  await using busy = await startConduitServer({ answer: never });
  using other = await connect(busy);
  other.send(request(5));
  other.send(request(5));
  expect(await once(other, 'close')).toMatchObject([4400, {}]);
});

test('to cancel what is not under way does nothing', async () => {
  await using server = await startConduitServer({ answer });
  using socket = await connect(server);
  socket.send(encodeMessage(messageKind.cancel, 9));
  socket.send(request(10));
  const [data] = (await once(socket, 'message')) as [Buffer];
  expect(decodeMessage(data)).toMatchObject({ id: 10 });
});

test('of who calls off what is worked on and asks anew, no more is read until something is done', async () => {
  const held: ConduitAsked[] = [];
  const done: (() => void)[] = [];
  await using server = await startConduitServer({
    answer: (asked) => {
      held.push(asked);
      return new Promise((resolve) => done.push(resolve));
    },
  });
  using socket = await connect(server);
  // One piece of what comes holds some sixty of these.
  for (let id = 0; id < 1_200; id += 1) {
    socket.send(request(id, 'x'.repeat(1_000)));
    socket.send(encodeMessage(messageKind.cancel, id));
  }
  await eventually(() => expect(held.length).toBeGreaterThanOrEqual(1_024));
  // What came in the same piece as the last one may still be taken, and nothing after it.
  const taken = held.length;
  expect(taken).toBeLessThan(1_200);
  done.forEach((resolve) => resolve());
  await eventually(() => expect(held).toHaveLength(1_200));
});

test('a reader who takes nothing is cut off', async () => {
  const { promise: stalled, resolve: onStall } = Promise.withResolvers<void>();
  const replied: Promise<unknown>[] = [];
  await using server = await startConduitServer({
    stallMs: 200,
    onStall,
    async answer(asked) {
      const reply = asked.reply({ ...ok, body: Buffer.alloc(50_000_000) });
      replied.push(reply);
      await reply.catch(() => undefined);
    },
  });
  using socket = await connect(server);
  socket.send(request(1));
  socket.pause();
  await stalled;
  await expect(replied[0]).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('what is under way is told when the asker is gone', async () => {
  const gone: string[] = [];
  await using server = await startConduitServer({
    answer: (asked) =>
      new Promise((resolve) =>
        asked.whenGone(() => {
          gone.push('gone');
          resolve();
        }),
      ),
  });
  using socket = await connect(server);
  socket.send(request(1));
  socket.send(request(2));
  socket.terminate();
  await eventually(() => expect(gone).toEqual(['gone', 'gone']));
});
