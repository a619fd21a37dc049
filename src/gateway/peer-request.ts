import { type Dispatcher, request as send } from 'undici';

import type { Traffic } from '../scatter/attempt.ts';
import { AttemptFailure } from '../scatter/outcome.ts';
import type { ConduitSocket } from './conduit-socket.ts';
import { exchange, type Exchanged } from './exchange.ts';
import { requireSource } from './peer-answer.ts';

// The two things that brokers ask one another over HTTP: an operation, and whether they are ready.

interface PostOptions {
  readonly dispatcher: Dispatcher;
  /** What it goes over instead of a connection of its own; null or absent for none. */
  readonly conduit?: ConduitSocket | null;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly signal: AbortSignal;
  /** Told how large the body is. */
  readonly traffic?: Traffic | undefined;
}

/** Sends a body, counts it as sent unless it is certain that it was not, and takes the answer. Rejects as `exchange`. */
export function post({ dispatcher, conduit, traffic, path, headers, body, signal }: PostOptions): Promise<Exchanged> {
  const exchanging =
    conduit?.exchange({ headers, body, signal }) ??
    exchange(dispatcher, { path, method: 'POST', headers, body, signal });
  if (!traffic) {
    return exchanging;
  }
  traffic.sentBytes += body.length;
  return exchanging.catch((thrown: unknown) => {
    if (neverConnected.has((thrown as { code?: unknown }).code)) {
      traffic.sentBytes -= body.length;
    }
    throw thrown;
  });
}

/** The codes of failures to connect: then it is certain that a broker has not seen the request. */
const neverConnected = new Set<unknown>([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What is asked with a probe. */
export interface ProbeOptions {
  readonly url: string;
  /** The source that has to answer. */
  readonly source: string;
  readonly signal: AbortSignal;
}

/** Asks a broker whether it is ready. Throws as `PeerTransport.probe`. */
export async function probe(dispatcher: Dispatcher, { url, source, signal }: ProbeOptions): Promise<void> {
  const response = await send(url, { dispatcher, method: 'GET', signal });
  await response.body.dump();
  requireSource(response, source);
  if (response.statusCode !== 200) {
    throw new AttemptFailure('ERROR', `it is not ready (status ${response.statusCode})`, { retryable: true });
  }
}
