import { print, type TypedQueryDocumentNode } from 'graphql';
import { type Client, createClient } from 'graphql-ws';

import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import type { Answer } from './answer.ts';
import { createEndpointList, type ClientEndpoint } from './endpoint-list.ts';
import { lostMessage, refusalOf, StreamRefused } from './stream-refused.ts';
import { bearer, type GetToken } from './token.ts';

// Live streams from a list of equivalent endpoints: when one is lost, another one goes on after the last event that came,
// so that whoever reads notices nothing. It needs WebSocket and AbortSignal only, so that it runs in a browser as well.

/** An event as every stream of the schema has it. */
interface StreamEvent {
  readonly resumeToken: string | null;
}

/** What a subscription gives: one root field. */
type StreamData = Readonly<Record<string, StreamEvent | null>>;

/** Follows subscriptions. */
export interface Streams {
  /**
   * The events of a subscription whose variable `after` takes the token to go on from. It ends when the stream does.
   * @throws SitewideError `ENDPOINT_UNREACHABLE` if no endpoint can be had for `patienceMs`; StreamRefused; or the
   * signal's reason.
   */
  follow<Data extends StreamData, Variables extends { readonly after?: string | null | undefined }>(
    document: TypedQueryDocumentNode<Data, Variables>,
    variables: Variables,
    signal: AbortSignal,
  ): AsyncGenerator<NonNullable<Data[keyof Data]>, void>;
  /**
   * The results of a subscription that tells how things are, so that another endpoint begins anew. A result may be an
   * error without data; the stream goes on. Throws the same.
   */
  watch<Data, Variables>(
    document: TypedQueryDocumentNode<Data, Variables>,
    variables: Variables,
    signal: AbortSignal,
  ): AsyncGenerator<Answer & { readonly data: (Data & Answer['data']) | null }, void>;
}

interface StreamsOptions {
  /** Full addresses of equivalent brokers, as for queries. */
  readonly endpoints: readonly string[];
  readonly clock: Clock;
  /** How long all endpoints may be away, in milliseconds. */
  readonly patienceMs?: number;
  readonly webSocket?: typeof WebSocket;
  /**
   * Asked for each connection, and so again when a broker has ended a stream because its token has expired: the stream goes
   * on with another one. What it throws ends the stream.
   */
  readonly token?: GetToken | undefined;
  /** Told of each endpoint that was lost. */
  readonly onLost?: (endpoint: string, message: string) => void;
}

/** A broker that is well answers a ping at once; one that hangs is left after these, in milliseconds. */
const pingIntervalMs = 3_000;
const pongTimeoutMs = 3_000;
/** A pause between two attempts when all endpoints have failed lately, in milliseconds. */
const pauseMs = 250;
const defaultPatienceMs = 30_000;

/** Streams from these endpoints. They hold nothing between two streams that would need closing. */
export function createStreams(options: StreamsOptions): Streams {
  const { endpoints: urls, clock } = options;
  const endpoints = createEndpointList({ urls, clock, spreading: 'IN_ORDER' });
  return {
    async *follow(document, variables, signal) {
      let after = variables.after ?? null;
      const asked = { query: print(document), variables: () => ({ ...variables, after }), signal };
      for await (const { data, errors } of readAny(options, endpoints, asked)) {
        const [event] = Object.values(data ?? {}) as (StreamEvent | null)[];
        if (!event) {
          throw new StreamRefused(errors[0] ?? { message: 'it sent an event without data' });
        }
        after = event.resumeToken ?? after;
        yield event as never;
      }
    },
    async *watch(document, variables, signal) {
      const asked = { query: print(document), variables: () => ({ ...(variables as object) }), signal };
      for await (const answer of readAny(options, endpoints, asked)) {
        yield answer as never;
      }
    },
  };
}

interface Asked {
  readonly query: string;
  /** As they are when an endpoint is asked. */
  readonly variables: () => Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** The results that one endpoint after the other sends. */
async function* readAny(
  options: StreamsOptions,
  endpoints: ReturnType<typeof createEndpointList>,
  { query, variables, signal }: Asked,
): AsyncGenerator<Answer, void> {
  const { clock, patienceMs = defaultPatienceMs, onLost, token: getToken } = options;
  let expired: string | null = null;
  let lostAt: number | null = null;
  const onConnected = (): void => void (lostAt = null);
  const problems = new Map<string, string>();
  for (;;) {
    signal.throwIfAborted();
    const endpoint = endpoints.begin().take();
    if (endpoint === null || (lostAt !== null && clock.now() - lostAt > patienceMs)) {
      const problem = [...problems].map(([url, message]) => `${url}: ${message}`).join('; ');
      throw new SitewideError('ENDPOINT_UNREACHABLE', { problem: problem || 'no endpoint is given' });
    }
    const token = getToken ? await abortable(getToken(signal), signal) : null;
    try {
      yield* readOne(options, { endpoint, query, variables: variables(), token, onConnected, signal });
      return;
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof StreamRefused) {
        if (thrown.code !== 'TOKEN_EXPIRED' || token === expired) throw thrown;
        expired = token;
        await clock.sleep(pauseMs, signal);
        continue;
      }
      lostAt ??= clock.now();
      const message = lostMessage(thrown);
      problems.set(endpoint.url, message);
      endpoint.fail();
      onLost?.(endpoint.url, message);
      await clock.sleep(pauseMs, signal);
    }
  }
}

interface Reading {
  readonly endpoint: ClientEndpoint;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly token: string | null;
  readonly onConnected: () => void;
  readonly signal: AbortSignal;
}

/** The results that one endpoint sends until it is lost. */
async function* readOne(
  { webSocket = globalThis.WebSocket }: StreamsOptions,
  { endpoint, query, variables, token, onConnected, signal }: Reading,
): AsyncGenerator<Answer, void> {
  const client = connect(endpoint.url, webSocket, { token, onConnected });
  const end = (): void => client.terminate();
  signal.addEventListener('abort', end, { once: true });
  try {
    for await (const { data, errors, extensions } of client.iterate({ query, variables: { ...variables } })) {
      endpoint.succeed();
      yield {
        data: data ?? null,
        errors: errors ?? [],
        extensions: (extensions ?? {}) as Answer['extensions'],
        endpoint: endpoint.url,
        status: 200,
      };
    }
  } catch (thrown) {
    throw refusalOf(thrown) ?? thrown;
  } finally {
    signal.removeEventListener('abort', end);
    await client.dispose();
  }
}

/** A client that notices a broker that hangs. */
function connect(
  url: string,
  webSocketImpl: typeof WebSocket,
  { token, onConnected }: Pick<Reading, 'token' | 'onConnected'>,
): Client {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl,
    ...(token !== null && { connectionParams: { authorization: bearer(token) } }),
    retryAttempts: 0,
    keepAlive: pingIntervalMs,
    on: {
      connected: onConnected,
      ping(received) {
        if (!received) waiting = setTimeout(() => client.terminate(), pongTimeoutMs);
      },
      pong: () => clearTimeout(waiting),
      closed: () => clearTimeout(waiting),
    },
  });
  return client;
}
