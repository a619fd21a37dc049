import { json as readJson } from 'node:stream/consumers';

import { Agent, request } from 'undici';
import { type ClientOptions, WebSocket } from 'ws';

import { conduitProtocol, decodeMessage, encodeMessage, messageKind } from '../../src/core/conduit.ts';

// Somebody at the door of a broker, with any certificate and any headers, over HTTP, a WebSocket or a conduit. What they are told is the
// code and the message of the refusal, wherever in the protocol it comes.

/** What an intruder shows. */
export interface Shown {
  /** In PEM; absent: no certificate. */
  readonly certificate?: { readonly certificate: string; readonly key: string };
  /** Whom they trust, in PEM. */
  readonly trusted: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** In `connection_init`, where there is a WebSocket. */
  readonly greeting?: Readonly<Record<string, string>>;
  /** With the operation, where there is a WebSocket. */
  readonly extensions?: Readonly<Record<string, string>>;
}

/** What an intruder is told. */
export interface Told {
  /** Null if they were let in. */
  readonly code: string | null;
  readonly message: string | null;
  /** Everything that came, as text. */
  readonly text: string;
}

const question = { query: '{ __typename }' };

/** Asks over HTTP. */
export async function intrudeByHttp(url: string, shown: Shown): Promise<Told> {
  const dispatcher = new Agent({ connect: credentialsOf(shown) });
  try {
    const { body } = await request(url, {
      method: 'POST',
      dispatcher,
      headers: { 'content-type': 'application/json', ...shown.headers },
      body: JSON.stringify(question),
    });
    return told((await body.json()) as Answered);
  } finally {
    await dispatcher.destroy();
  }
}

/** Asks over a WebSocket, as far as it gets. */
export async function intrudeBySocket(url: string, shown: Shown): Promise<Told> {
  const options: ClientOptions = { ...credentialsOf(shown), headers: { ...shown.headers } };
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws', options);
  const { promise, resolve, reject } = Promise.withResolvers<Told>();
  const send = (message: object): void => socket.send(JSON.stringify(message));
  socket.on('unexpected-response', (_, response) => {
    void readJson(response).then((answer) => resolve(told(answer as Answered)), reject);
  });
  socket.on('open', () => send({ type: 'connection_init', payload: { ...shown.greeting } }));
  socket.on('message', (data) => {
    const { type, payload } = JSON.parse((data as Buffer).toString()) as { type: string; payload?: unknown };
    if (type === 'connection_ack') {
      send({ id: '1', type: 'subscribe', payload: { ...question, extensions: { ...shown.extensions } } });
    } else {
      resolve(told(type === 'error' ? { errors: payload as NonNullable<Answered['errors']> } : (payload as Answered)));
    }
  });
  socket.on('close', (_, reason) => {
    const [, code = 'CLOSED', message = ''] = /^(\w+): (.*)$/.exec(String(reason)) ?? [];
    resolve(told({ errors: [{ message, extensions: { code } }] }));
  });
  socket.on('error', reject);
  return promise.finally(() => socket.terminate());
}

/** Asks over a conduit, as far as it gets. */
export async function intrudeByConduit(url: string, shown: Shown): Promise<Told> {
  const options: ClientOptions = { ...credentialsOf(shown), headers: { ...shown.headers } };
  const socket = new WebSocket(url.replace(/^http/, 'ws'), conduitProtocol, options);
  const { promise, resolve, reject } = Promise.withResolvers<Told>();
  socket.on('unexpected-response', (_, response) => {
    void readJson(response).then((answer) => resolve(told(answer as Answered)), reject);
  });
  socket.on('open', () => {
    const head = JSON.stringify({ 'content-type': 'application/json', ...shown.headers });
    socket.send(encodeMessage(messageKind.request, 1, head, Buffer.from(JSON.stringify(question))));
  });
  socket.on('message', (data) => {
    resolve(told(JSON.parse(decodeMessage(data as Buffer)!.body.toString()) as Answered));
  });
  socket.on('close', (code) => resolve(told({ errors: [{ message: '', extensions: { code: `CLOSED ${code}` } }] })));
  socket.on('error', reject);
  return promise.finally(() => socket.terminate());
}

interface Answered {
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

function told(answer: Answered): Told {
  const first = answer.errors?.[0];
  return { code: first?.extensions?.code ?? null, message: first?.message ?? null, text: JSON.stringify(answer) };
}

function credentialsOf({ certificate, trusted }: Shown): { readonly ca: string; cert?: string; key?: string } {
  return { ca: trusted, ...(certificate && { cert: certificate.certificate, key: certificate.key }) };
}
