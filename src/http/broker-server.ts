import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { sendError } from './answer.ts';
import { answerGraphQL } from './graphql-endpoint.ts';
import type { GraphQLEndpoint } from './graphql-endpoint.ts';
import { answerHealth } from './health.ts';
import type { Readiness } from './health.ts';
import { closeGently, listenOn } from './listen.ts';
import type { Address } from './listen.ts';
import { createArrival, requestIdOf } from './request-context.ts';
import type { Arrival } from './request-context.ts';

// The HTTP side of a broker: routes, names itself in every answer, ends requests whose caller went away, and leaves
// without cutting anybody off. It knows nothing of what the operations mean.

interface BrokerServerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly endpoints: readonly GraphQLEndpoint[];
  /** Who answers: in the headers of every answer. */
  readonly identity: { readonly site: string; readonly installation: string; readonly broker: string };
  readonly limits: { readonly bodyBytes: number };
  readonly ready: () => Readiness;
  readonly timeouts: {
    readonly defaultMs: number;
    readonly maximumMs: number;
    readonly drainMs: number;
    readonly headersMs: number;
    readonly bodyMs: number;
  };
  readonly logger: Logger;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** A broker's HTTP server. Disposing it drains it. */
export interface BrokerServer extends AsyncDisposable {
  /**
   * Begins to listen.
   * @throws SitewideError `PORT_IN_USE`, or node's own error for another address problem.
   */
  start(): Promise<Address>;
  /** Takes nothing new, lets what is under way finish for `drainMs`, then ends it. May be called again. */
  drain(): Promise<void>;
}

/** Creates a broker's HTTP server. It listens once it is started. */
export function createBrokerServer(options: BrokerServerOptions): BrokerServer {
  const state: State = { underWay: new Map(), draining: null };
  const server = createServer(serverSettings(options), (request, response) => {
    void answer(request, response, options, state);
  });
  const drain = (): Promise<void> => {
    state.draining ??= closeGently(server, {
      clock: options.clock,
      drainMs: options.timeouts.drainMs,
      abortRemaining: () => abortAll(state),
    });
    state.underWay.forEach(closeAfterwards);
    return state.draining;
  };
  return { start: () => listenOn(server, options.listen), drain, [Symbol.asyncDispose]: drain };
}

interface State {
  /** The GraphQL requests under way, each with its answer. */
  readonly underWay: Map<Arrival, ServerResponse>;
  draining: Promise<void> | null;
}

function abortAll({ underWay }: State): void {
  for (const arrival of underWay.keys()) {
    arrival.abort(new SitewideError('SHUTTING_DOWN', {}));
  }
}

/** Tells the caller to send nothing more on this connection. */
function closeAfterwards(response: ServerResponse): void {
  if (!response.headersSent) {
    response.setHeader('connection', 'close');
  }
}

function serverSettings({ timeouts }: BrokerServerOptions): Parameters<typeof createServer>[0] & object {
  return {
    // Against callers that send a byte at a time: node answers 408 and closes.
    headersTimeout: Math.min(timeouts.headersMs, timeouts.bodyMs),
    requestTimeout: timeouts.bodyMs,
    connectionsCheckingInterval: 500,
    // Brokers keep warm connections to one another; a pause of half a minute between questions is common.
    keepAliveTimeout: 30_000,
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: BrokerServerOptions,
  state: State,
): Promise<void> {
  const requestId = nameAnswer(request, response, options);
  if (state.draining) {
    closeAfterwards(response);
  }
  try {
    await route(request, response, options, state);
  } catch (thrown) {
    refuse(response, thrown, { requestId, logger: options.logger });
  }
}

/** Puts into the answer whose it is and to what. */
function nameAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { identity, newId }: BrokerServerOptions,
): string {
  const requestId = requestIdOf(request.headers, newId);
  request.headers['sitewide-request-id'] = requestId;
  response.setHeader('sitewide-request-id', requestId);
  response.setHeader('sitewide-site', identity.site);
  response.setHeader('sitewide-installation', identity.installation);
  response.setHeader('sitewide-broker', identity.broker);
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-content-type-options', 'nosniff');
  return requestId;
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  options: BrokerServerOptions,
  state: State,
): Promise<void> {
  const url = URL.parse(request.url ?? '', 'http://broker');
  if (!url) {
    throw new SitewideError('BAD_REQUEST', { problem: 'its target is not a path' });
  }
  const endpoint = options.endpoints.find(({ path }) => path === url.pathname);
  if (endpoint) {
    using arrival = createArrival({ ...options, headers: request.headers });
    state.underWay.set(arrival, response);
    response.once('close', () => arrival.abort(new SitewideError('CANCELLED', {})));
    try {
      const { context } = arrival;
      await answerGraphQL(endpoint, { request, response, url, context, limitBytes: options.limits.bodyBytes });
    } finally {
      state.underWay.delete(arrival);
    }
    return;
  }
  if (!answerHealth(url.pathname, response, () => readiness(options, state))) {
    throw new SitewideError('NOT_FOUND', { path: url.pathname });
  }
}

function readiness({ ready }: BrokerServerOptions, { draining }: State): Readiness {
  return draining ? { ready: false, reasons: ['This broker is shutting down.'] } : ready();
}

interface RefuseOptions {
  readonly requestId: string;
  readonly logger: Logger;
}

function refuse(response: ServerResponse, thrown: unknown, { requestId, logger }: RefuseOptions): void {
  if (response.destroyed || response.headersSent) {
    logger.debug({ err: thrown, requestId }, 'A caller went away before its answer.');
    response.destroy();
    return;
  }
  // What is left of the body would be taken for the next request.
  closeAfterwards(response);
  if (thrown instanceof SitewideError) {
    sendError(response, thrown as SitewideError);
    return;
  }
  logger.error({ err: thrown, requestId }, 'A request met an error that nobody expected.');
  sendError(response, new SitewideError('INTERNAL', {}, { cause: thrown, details: { requestId } }));
}
