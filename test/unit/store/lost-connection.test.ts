import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import { expect, test } from '@jest/globals';

import { systemClock } from '../../../src/core/clock.ts';
import { createDatabase } from '../../../src/store/database.ts';
import { readHead } from '../../../src/store/feed.ts';
import { listen } from '../../../src/store/notify.ts';

// A server that is killed says so on each connection, sometimes twice and together with an answer. What nobody listens to
// would end this process.

const message = (type: string, content: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(type), length, content]);
};
const ready = message('Z', Buffer.from('I'));
const welcome = Buffer.concat([message('R', Buffer.alloc(4)), ready]);
const done = Buffer.concat([message('C', Buffer.from('LISTEN\0')), ready]);
const fatal = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'));

/** Serves connections that end in the middle of the answer to the first message or to the second one. */
async function startDyingServer(answers: readonly Buffer[]) {
  const server = createServer((socket) => {
    let at = 0;
    socket.on('error', () => undefined);
    socket.on('data', () => {
      const answer = answers[at] ?? Buffer.alloc(0);
      at += 1;
      if (at < answers.length) socket.write(answer);
      else socket.end(Buffer.concat([answer, fatal, fatal]));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://nobody@127.0.0.1:${port}/none`,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

const { signal } = new AbortController();
const away = { code: 'STORE_UNAVAILABLE' };

test.each([
  ['when it begins', [welcome]],
  ['when it listens', [welcome, done]],
])('a listening connection that is lost with several errors %s is one loss and nothing more', async (_, answers) => {
  await using server = await startDyingServer(answers);
  await expect(listen(server.url, () => undefined, signal)).rejects.toMatchObject(away);
});

test('a connection that is lost as it is handed out fails its query and nothing more', async () => {
  await using server = await startDyingServer([welcome]);
  await using database = createDatabase({ url: server.url, clock: systemClock });
  await expect(readHead(database, signal)).rejects.toMatchObject(away);
});
