import { type Dispatcher, Pool, request as send } from 'undici';

import { messageOf } from '../core/errors.ts';
import type { TraceHeaders } from '../core/trace.ts';
import type { SourceBody, SourceError, SourceRequest } from '../merge/combine.ts';
import type { Coverage } from '../model/coverage.ts';
import type { Traffic } from '../scatter/attempt.ts';
import { AttemptFailure } from '../scatter/outcome.ts';

// GraphQL over HTTP between brokers. An answer counts only if it is well formed and comes from the installation that was
// meant; anything else is a failure of that endpoint.

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
   * @throws AttemptFailure if it is not, or is another installation's; or whatever the network or the signal throws.
   */
  probe(options: Pick<SendOptions, 'url' | 'installation' | 'signal'>): Promise<void>;
  /** Closes the connections to a broker as soon as what is under way on them has ended. It may be asked again later. */
  forget(url: string): void;
}

interface SendOptions {
  readonly url: string;
  /** The installation that has to answer. */
  readonly installation: string;
  readonly requestId: string;
  readonly trace: TraceHeaders;
  /** What is left for the answer, in milliseconds. */
  readonly remainingMs: number;
  readonly signal: AbortSignal;
  /** Told how large the bodies are. */
  readonly traffic?: Traffic;
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
          'sitewide-tier': 'INSTALLATION',
          'sitewide-deadline-ms': String(Math.floor(options.remainingMs)),
          'sitewide-request-id': options.requestId,
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
    async probe({ url, installation, signal }) {
      const dispatcher = poolOf(url);
      const response = await send(url, { dispatcher, method: 'GET', signal });
      await response.body.dump();
      requireInstallation(response, installation);
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

async function readBody(
  response: Dispatcher.ResponseData,
  { installation, traffic }: SendOptions,
): Promise<SourceBody> {
  const text = await response.body.text();
  if (traffic) {
    traffic.receivedBytes = Number(response.headers['content-length'] ?? Buffer.byteLength(text));
  }
  requireInstallation(response, installation);
  const body = parseBody(text, response.statusCode);
  if (body.data === undefined) {
    throw requestFailure(response.statusCode, body.errors ?? []);
  }
  return { data: body.data, errors: body.errors ?? [], coverage: body.extensions?.coverage ?? {} };
}

function requireInstallation({ headers }: Dispatcher.ResponseData, installation: string): void {
  const answeredAs = headers['sitewide-installation'];
  if (answeredAs !== installation) {
    const found = answeredAs === undefined ? 'no installation' : `installation "${String(answeredAs)}"`;
    throw new AttemptFailure('ERROR', `it answered as ${found}, not as "${installation}"`, { retryable: true });
  }
}

interface WireBody {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly SourceError[];
  readonly extensions?: { readonly coverage?: Readonly<Record<string, Coverage>> };
}

function parseBody(text: string, statusCode: number): WireBody {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new AttemptFailure('ERROR', `it answered with status ${statusCode} and no JSON: ${messageOf(cause)}`, {
      retryable: true,
      cause,
    });
  }
  if (!isWireBody(body)) {
    throw new AttemptFailure('ERROR', `it answered with status ${statusCode} and JSON that is no GraphQL response`, {
      retryable: true,
    });
  }
  return body;
}

function isWireBody(body: unknown): body is WireBody {
  if (!isObject(body)) {
    return false;
  }
  const { data, errors, extensions } = body;
  return (
    (data === undefined || data === null || isObject(data)) &&
    (errors === undefined || (Array.isArray(errors) && errors.every(isSourceError))) &&
    (extensions === undefined || isObject(extensions))
  );
}

function isSourceError(error: unknown): boolean {
  return isObject(error) && typeof error['message'] === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The codes by which a server says that it does not understand an operation that is valid here. */
const notUnderstood = new Set<unknown>(['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED', 'BAD_USER_INPUT']);

/** Why a broker refused the whole request. */
function requestFailure(statusCode: number, errors: readonly SourceError[]): AttemptFailure {
  const [first] = errors;
  const message = first?.message ?? `it answered with status ${statusCode}`;
  const code = first?.extensions?.['code'];
  if (notUnderstood.has(code)) {
    return new AttemptFailure('UNSUPPORTED', message, { retryable: false });
  }
  if (code === 'FORBIDDEN' || code === 'UNAUTHENTICATED') {
    return new AttemptFailure('FORBIDDEN', message, { retryable: false });
  }
  if (code === 'OVERLOADED') {
    return new AttemptFailure('UNREACHABLE', message, { retryable: true, overloaded: true });
  }
  return new AttemptFailure('ERROR', message, {
    retryable: statusCode >= 500 || first?.extensions?.['retryable'] === true,
  });
}
