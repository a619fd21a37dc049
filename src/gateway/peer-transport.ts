import { Pool, request as send } from 'undici';

import { encodeRevisions, type RevisionVector } from '../core/revision-vector.ts';
import type { TraceHeaders } from '../core/trace.ts';
import type { SourceBody, SourceRequest } from '../merge/combine.ts';
import { readSourceName } from '../model/source-name.ts';
import type { Traffic } from '../scatter/attempt.ts';
import { AttemptFailure } from '../scatter/outcome.ts';
import { readBody, requireSource } from './peer-answer.ts';

// GraphQL over HTTP between brokers. An answer counts only if it is well formed and comes from the source that was meant;
// anything else is a failure of that endpoint.

/** How many connections are held open to one broker: on a LAN these beat pipelining and HTTP/2 (measured). */
const connectionsPerBroker = 16;
/** How long an unused connection is kept, in milliseconds; less than the server's own limit, so that we close first. */
const keepAliveMs = 30_000;

/** The codes of failures to connect: then it is certain that a broker has not seen the request. */
const neverConnected = new Set<unknown>([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Sends requests to brokers. */
export interface PeerTransport extends AsyncDisposable {
  /**
   * Sends one request to one broker.
   * @throws AttemptFailure, or whatever the network or the signal throws.
   */
  send(request: SourceRequest, options: SendOptions): Promise<SourceBody>;
  /**
   * Asks a broker whether it is ready.
   * @throws AttemptFailure if it is not, or is another source's; or whatever the network or the signal throws.
   */
  probe(options: Pick<SendOptions, 'url' | 'source' | 'signal'>): Promise<void>;
  /** Closes the connections to a broker as soon as what is under way on them has ended. It may be asked again later. */
  forget(url: string): void;
}

/** To whom and how a request is sent. */
export interface SendOptions {
  readonly url: string;
  /** The source that has to answer, for example `installation:lyon-a` or `site:lyon`. */
  readonly source: string;
  /** The sources below it that are asked for; null or absent for all. */
  readonly only?: readonly string[] | null;
  readonly requestId: string;
  readonly trace: TraceHeaders;
  /** What is left for the answer, in milliseconds. */
  readonly remainingMs: number;
  /** What the answer must show at least; null: whatever there is. */
  readonly atLeast?: RevisionVector | null;
  readonly signal: AbortSignal;
  /** Told how large the bodies are. */
  readonly traffic?: Traffic | undefined;
}

/** A transport with its own pool of connections. */
export function createPeerTransport(): PeerTransport {
  const pools = new Map<string, Pool>();
  /** Closing, with requests still under way. */
  const retired = new Set<Pool>();
  const poolOf = (url: string): Pool => {
    const { origin } = new URL(url);
    const pool =
      pools.get(origin) ?? new Pool(origin, { connections: connectionsPerBroker, keepAliveTimeout: keepAliveMs });
    pools.set(origin, pool);
    return pool;
  };
  return {
    async send(request, options) {
      const dispatcher = poolOf(options.url);
      const { traffic } = options;
      const sent = Buffer.from(JSON.stringify({ query: request.text, variables: request.variables }));
      if (traffic) {
        traffic.sentBytes = sent.length;
      }
      const sending = send(options.url, {
        dispatcher,
        method: 'POST',
        signal: options.signal,
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json, application/json;q=0.9',
          'sitewide-tier': readSourceName(options.source).kind.toUpperCase(),
          'sitewide-deadline-ms': String(Math.floor(options.remainingMs)),
          'sitewide-request-id': options.requestId,
          ...(options.only && { 'sitewide-sources': options.only.join(',') }),
          ...(options.atLeast && { 'sitewide-at-least': encodeRevisions(options.atLeast) }),
          ...options.trace,
        },
        body: sent,
      });
      const response = await sending.catch((thrown: unknown) => {
        if (traffic && neverConnected.has((thrown as { code?: unknown }).code)) {
          traffic.sentBytes = 0;
        }
        throw thrown;
      });
      return readBody(response, options);
    },
    async probe({ url, source, signal }) {
      const dispatcher = poolOf(url);
      const response = await send(url, { dispatcher, method: 'GET', signal });
      await response.body.dump();
      requireSource(response, source);
      if (response.statusCode !== 200) {
        throw new AttemptFailure('ERROR', `it is not ready (status ${response.statusCode})`, { retryable: true });
      }
    },
    forget(url) {
      const { origin } = new URL(url);
      const pool = pools.get(origin);
      pools.delete(origin);
      if (pool) {
        retired.add(pool);
        // Ended otherwise, it is closed as well.
        pool.close().then(
          () => retired.delete(pool),
          () => retired.delete(pool),
        );
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...pools.values(), ...retired].map((pool) => pool.destroy()));
    },
  };
}
