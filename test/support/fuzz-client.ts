import { once } from 'node:events';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { WebSocket } from 'ws';

import type { FuzzedRequest } from './fuzz-arbitraries.ts';

// Sends what a fuzzer has made, and gives back what came of it. A connection that is cut is an answer as well.

/** No answer takes longer, in milliseconds: the machine is shared with other tests. */
const answerMs = 20_000;
/** How long it is listened for what a broker says to a conversation, in milliseconds. */
const listenMs = 40;

/** What a broker answered; status 0 if it cut the connection. */
export interface FuzzedAnswer {
  readonly status: number;
  readonly text: string;
}

/** What a connection is made with where there is TLS, in PEM. */
export interface Credentials {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Sends a request. @throws Error if nothing comes back at all. */
export function sendRequest(
  url: string,
  { method, path, headers, body }: FuzzedRequest,
  credentials?: Credentials,
): Promise<FuzzedAnswer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const options = { hostname, port, method, path: encodeURI(path), headers, agent: false };
    const sending = credentials ? secureRequest({ ...options, ...credentials }) : request(options);
    sending.setTimeout(answerMs, () => sending.destroy(new Error(`No answer within ${answerMs} ms.`)));
    sending.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('close', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sending.on('upgrade', (_, socket) => {
      socket.destroy();
      resolve({ status: 101, text: '' });
    });
    sending.on('error', (error: NodeJS.ErrnoException) =>
      error.message.startsWith('No answer') ? reject(error) : resolve({ status: 0, text: '' }),
    );
    // `expect: 100-continue` would wait for leave to send; some of these never get it.
    sending.end(body);
  });
}

/** What a socket is opened with. */
interface Opening {
  readonly protocol: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: Credentials;
}

/** Says all of this on a socket; what was said back, with the code with which it was closed at the end. */
export async function converse(
  url: string,
  frames: readonly (string | Buffer)[],
  { protocol, headers = {}, credentials }: Opening = { protocol: 'graphql-transport-ws' },
): Promise<FuzzedAnswer> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocol, { headers, ...credentials });
  let text = '';
  let status = 0;
  socket.on('message', (data) => (text += (data as Buffer).toString()));
  socket.on('close', (code, reason) => {
    status = code;
    text += reason.toString();
  });
  socket.on('error', () => undefined);
  await once(socket, 'open', { signal: AbortSignal.timeout(answerMs) });
  for (const frame of frames) {
    if (socket.readyState === WebSocket.OPEN) socket.send(frame);
  }
  await pause(listenMs);
  socket.terminate();
  return { status, text };
}

/** Sends bytes and nothing before them. */
export async function sendNoise(url: string, bytes: Buffer): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect', { signal: AbortSignal.timeout(answerMs) });
  socket.write(bytes);
  await pause(listenMs / 4);
  socket.destroy();
}

/** Sends bytes instead of frames, after a sound handshake. */
export async function sendBytes(url: string, bytes: Buffer): Promise<void> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect', { signal: AbortSignal.timeout(answerMs) });
  socket.write(
    `GET /graphql HTTP/1.1\r\nhost: ${host}\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n` +
      'sec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
  );
  await once(socket, 'data', { signal: AbortSignal.timeout(answerMs) });
  socket.write(bytes);
  await pause(listenMs / 4);
  socket.destroy();
}
