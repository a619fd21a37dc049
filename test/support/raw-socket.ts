import { once } from 'node:events';

import { type ClientOptions, WebSocket } from 'ws';

import { eventually } from '../contract/eventually.ts';

// A WebSocket client that knows nothing of GraphQL: it sends what a test has written by hand and keeps what comes back.

/** A message of graphql-transport-ws; tests look into its payload. */
export interface RawMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A socket with hand-written frames. Disposing it cuts the connection. */
export interface RawSocket extends Disposable {
  readonly socket: WebSocket;
  /** The headers of the upgrade. */
  readonly headers: NodeJS.Dict<string | string[]>;
  /** Every message so far, unread ones included. */
  readonly messages: readonly RawMessage[];
  /** How the connection ended, once it has. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Sends a text as it is, anything else as JSON. */
  send(message: unknown): void;
  /** The next message that was not taken yet. */
  take(): Promise<RawMessage>;
}

const protocol = 'graphql-transport-ws';

/** Opens a socket and says nothing on it. */
export async function openRaw(url: string, protocols: string[] = [protocol], options: ClientOptions = {}) {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, options);
  const messages: RawMessage[] = [];
  let headers: NodeJS.Dict<string | string[]> = {};
  let taken = 0;
  const { promise: closed, resolve } = Promise.withResolvers<{ readonly code: number; readonly reason: string }>();
  socket.on('upgrade', (response) => (headers = response.headers));
  socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString()) as RawMessage));
  socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  await once(socket, 'open');
  socket.on('error', () => undefined);
  const raw: RawSocket = {
    socket,
    headers,
    messages,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async take() {
      await eventually(() => {
        if (messages.length <= taken) {
          throw new Error(`Only ${taken} messages came.`);
        }
      });
      taken += 1;
      return messages[taken - 1]!;
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
  return raw;
}

/** Opens a socket and says hello on it. */
export async function openReady(url: string, payload?: Record<string, unknown>): Promise<RawSocket> {
  const raw = await openRaw(url);
  raw.send({ type: 'connection_init', payload });
  const { type } = await raw.take();
  if (type !== 'connection_ack') {
    throw new Error(`A ${type} came instead of connection_ack.`);
  }
  return raw;
}

/** The status of an upgrade that is refused, and its answer. */
export async function refusedUpgrade(url: string, options: ClientOptions = {}, protocols: string[] = [protocol]) {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, options);
  const { promise, resolve, reject } = Promise.withResolvers<{
    readonly status: number;
    readonly headers: NodeJS.Dict<string | string[]>;
    readonly body: { readonly errors: readonly { readonly extensions: { readonly code: string } }[] };
  }>();
  socket.on('error', reject).on('open', () => reject(new Error('It was not refused.')));
  socket.on('unexpected-response', (_, response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => (text += part));
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: JSON.parse(text) as { errors: { extensions: { code: string } }[] },
      }),
    );
  });
  return promise;
}
