import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Tier } from '../model/coverage.ts';
import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import { createRoll, type Roll } from '../core/roll.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Admission } from './admission.ts';
import { answerOverConduit } from './conduit-answer.ts';
import { type Certificates, createEntrance, type Entrance } from './entrance.ts';
import { answerGraphQL } from './graphql-endpoint.ts';
import type { GraphQLEndpoint } from './graphql-endpoint.ts';
import { answerHealth } from './health.ts';
import type { Readiness } from './health.ts';
import { requireKnownBroker } from './known-broker.ts';
import { type Address, type ClosableServer, closeGently, listenOn } from './listen.ts';
import { answerMetrics } from './metrics-endpoint.ts';
import type { Rates } from './rates.ts';
import { closeAfterwards, refuse } from './refuse.ts';
import type { Arriving, Listener, Reception } from './reception.ts';
import { requestIdOf } from './request-context.ts';
import { type Arrived, reportRequest } from './request-report.ts';
import { createStreamPlaces, type StreamPlaces } from './row-answer.ts';
import { createRepeatedQuestions, type RepeatedQuestions } from './repeated-questions.ts';
import { createSharedAnswers, type SharedAnswers } from './shared-answers.ts';
import { createSocketServer, type SocketServer } from './socket-server.ts';
import type { StreamLimits } from './socket-options.ts';
import type { TrustedDocuments } from './trusted-documents.ts';
import { receiveVisit, type UnderWay } from './visit.ts';
import { type PageRules, receivePage } from './web-pages.ts';

// The HTTP side of a broker: routes, names itself in every answer, ends requests whose caller went away, and leaves
// without cutting anybody off. It knows nothing of what the operations mean.

interface BrokerServerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** The certificates, and where brokers come in; absent: where everybody does, and they are who they say. */
  readonly tls?: (Certificates & { readonly listen: { readonly host: string; readonly port: number } }) | null;
  readonly endpoints: readonly GraphQLEndpoint[];
  /** Who answers, and in which version of the base schema: in the headers of every answer. */
  readonly identity: {
    readonly site: string;
    readonly installation: string;
    readonly broker: string;
    readonly schema?: string;
  };
  readonly limits: { readonly bodyBytes: number; readonly streams: StreamLimits };
  readonly admission: Admission;
  readonly reception: Reception;
  readonly rates: Rates;
  readonly trusted: TrustedDocuments;
  /** Which web pages may ask. */
  readonly pages: PageRules;
  /** Who comes in where there are no certificates: everybody, or clients only. */
  readonly listener: Listener;
  readonly ready: () => Readiness;
  readonly timeouts: {
    readonly defaultMs: number;
    readonly maximumMs: number;
    readonly drainMs: number;
    readonly headersMs: number;
    readonly bodyMs: number;
    /** How long a reader may take nothing of its answer. */
    readonly stallMs: number;
    readonly initMs: number;
    readonly pingMs: number;
  };
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly newId: () => string;
  /** From 0 to below 1, for the ids of traces. */
  readonly random: () => number;
}

/** A broker's HTTP server. Disposing it drains it. */
export interface BrokerServer extends AsyncDisposable {
  /**
   * Begins to listen.
   * @throws SitewideError `PORT_IN_USE`, or node's own error for another address problem.
   */
  start(): Promise<Address & { readonly peers: Address | null }>;
  /** Takes nothing new, lets what is under way finish for `drainMs`, then ends it. May be called again. */
  drain(): Promise<void>;
}

/** Creates a broker's HTTP server. It listens once it is started. */
export function createBrokerServer(options: BrokerServerOptions): BrokerServer {
  const state: State = { underWay: createRoll(), draining: null, places: createStreamPlaces() };
  const ways = options.tls
    ? [openWay('CLIENTS', options.listen, options, state), openWay('PEERS', options.tls.listen, options, state)]
    : [openWay(options.listener, options.listen, options, state)];
  const closing = {
    clock: options.clock,
    drainMs: options.timeouts.drainMs,
    abortRemaining: () => abortAll(state),
  };
  const drain = async (): Promise<void> => {
    state.draining ??= Promise.all(
      ways.flatMap(({ server, sockets }) => [closeGently(server, closing), sockets.drain()]),
    );
    [...state.underWay].forEach(({ response }) => response && closeAfterwards(response));
    await state.draining;
  };
  return {
    async start() {
      const [address, peers] = await Promise.all(ways.map(({ server, listen }) => listenOn(server, listen)));
      return { ...address!, peers: peers ?? null };
    },
    drain,
    [Symbol.asyncDispose]: drain,
  };
}

/** One of the ways in, with its WebSockets. */
interface Way {
  readonly server: ClosableServer;
  readonly sockets: SocketServer;
  readonly listen: BrokerServerOptions['listen'];
}

function openWay(listener: Listener, listen: Way['listen'], options: BrokerServerOptions, state: State): Way {
  const entrance = createEntrance(listener, options, (request, response) => {
    void answer(request, response, answering, state);
  });
  const tiers = options.tls ? tiersAt[listener] : tiersAt.BOTH;
  const endpoints = options.endpoints.filter(({ tier }) => tiers.includes(tier));
  const { places } = state;
  const sharedAt = new Map(
    endpoints.map(({ tier }) => [tier, createSharedAnswers(() => options.metrics.answerShared(tier))] as const),
  );
  const repeatedAt = new Map(endpoints.map(({ tier }) => [tier, createRepeatedQuestions()] as const));
  const answering: Answering = {
    ...options,
    ...{ listener, endpoints, places, sharedAt, repeatedAt },
    peerOf: entrance.peerOf,
  };
  const overConduits = { ...answering, underWay: state.underWay };
  const sockets = createSocketServer({
    ...answering,
    answerConduit: (endpoint, opened, asked) => answerOverConduit({ endpoint, opened, asked }, overConduits),
  });
  entrance.server.on('upgrade', sockets.upgrade);
  return { server: entrance.server, sockets, listen };
}

const tiersAt: Readonly<Record<Listener, readonly Tier[]>> = {
  BOTH: ['INSTALLATION', 'SITE', 'FEDERATION'],
  CLIENTS: ['SITE', 'FEDERATION'],
  PEERS: ['INSTALLATION', 'SITE'],
};

/** What the requests of one way in are answered with. */
interface Answering extends BrokerServerOptions, Pick<Entrance, 'peerOf'> {
  readonly places: StreamPlaces;
  readonly sharedAt: ReadonlyMap<Tier, SharedAnswers>;
  readonly repeatedAt: ReadonlyMap<Tier, RepeatedQuestions>;
}

interface State {
  /** The GraphQL requests under way, each with its answer. */
  readonly underWay: Roll<UnderWay>;
  draining: Promise<unknown> | null;
  readonly places: StreamPlaces;
}

function abortAll({ underWay }: State): void {
  for (const { arrival } of underWay) {
    arrival.abort(new SitewideError('SHUTTING_DOWN', {}));
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: Answering,
  state: State,
): Promise<void> {
  const requestId = nameAnswer(request, response, options);
  if (state.draining) {
    closeAfterwards(response);
  }
  try {
    await route(request, response, options, state);
  } catch (thrown) {
    refuse(request, response, { thrown, requestId, ...options });
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
  if (identity.schema !== undefined) {
    response.setHeader('sitewide-schema', identity.schema);
  }
  response.setHeader('cache-control', 'no-store');
  return requestId;
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  options: Answering,
  state: State,
): Promise<void> {
  const url = URL.parse(request.url ?? '', 'http://broker');
  if (!url) {
    throw new SitewideError('BAD_REQUEST', { problem: 'its target is not a path' });
  }
  if (!options.endpoints.some(({ path }) => path === url.pathname)) {
    requireKnownBroker(request, options);
  }
  // Whoever watches over the broker may call it by any name, and learns nothing that a page should not.
  if (answerHealth(url.pathname, response, () => readiness(options, state))) {
    return;
  }
  // Browsers have no certificates of brokers, and other sites may know this broker by another name.
  if (options.listener !== 'PEERS' && receivePage(request, response, options.pages) === 'answered') {
    return;
  }
  const endpoint = options.endpoints.find(({ path }) => path === url.pathname);
  if (endpoint) {
    const requestId = requestIdOf(request.headers, options.newId);
    const { metrics, logger, clock } = options;
    const { tier } = endpoint;
    const caller = request.socket.remoteAddress;
    await reportRequest({ metrics, logger, clock, tier, caller, requestId }, (arrived) =>
      answerVisit(endpoint, { request, response, url, arrived }, options, state),
    );
    return;
  }
  if (options.listener !== 'PEERS' && (await answerMetrics({ request, response, url }, options.metrics))) {
    return;
  }
  throw new SitewideError('NOT_FOUND', { path: url.pathname });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly arrived: Arrived;
}

/** Answers a GraphQL request over HTTP, if there is room for it, for as long as its caller waits. */
async function answerVisit(
  endpoint: GraphQLEndpoint,
  exchange: Exchange,
  options: Answering,
  state: State,
): Promise<void> {
  const { request, response, url, arrived } = exchange;
  const { headers } = request;
  const { tier } = endpoint;
  const arriving = (): Arriving => arrivingOf(endpoint, request, options);
  const whenGone = (tell: () => void): void => {
    response.once('close', () => response.writableFinished || tell());
  };
  const visitor = { tier, headers, arriving, arrived, response, whenGone };
  await receiveVisit(visitor, options, state.underWay, async ({ context, visit }) => {
    const pace = { clock: options.clock, stallMs: options.timeouts.stallMs };
    const { trusted, places, limits } = options;
    const shared = options.sharedAt.get(tier)!;
    const repeated = options.repeatedAt.get(tier)!;
    const answering = { request, response, url, context, visit, pace, trusted, places, shared, repeated };
    await answerGraphQL(endpoint, { ...answering, limitBytes: limits.bodyBytes });
  });
}

function arrivingOf(
  { tier }: GraphQLEndpoint,
  request: IncomingMessage,
  { listener, peerOf }: Pick<Answering, 'listener' | 'peerOf'>,
): Arriving {
  const { headers, socket } = request;
  return { listener, tier, headers, peer: peerOf(request), address: socket.remoteAddress ?? null };
}

function readiness({ ready }: BrokerServerOptions, { draining }: State): Readiness {
  return draining ? { ready: false, reasons: ['This broker is shutting down.'] } : ready();
}
