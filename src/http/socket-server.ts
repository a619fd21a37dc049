import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

import { conduitProtocol, largestMessage } from '../core/conduit.ts';
import { messageOf, SitewideError } from '../core/errors.ts';
import { type ConduitAsked, type ConduitSession, isConduit, openConduit } from './conduit-session.ts';
import type { GraphQLEndpoint } from './graphql-endpoint.ts';
import { requireKnownBroker } from './known-broker.ts';
import { isOfBroker, type Listener } from './reception.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { requestIdOf } from './request-context.ts';
import { createSocketCallers, type SocketCallers } from './socket-callers.ts';
import type { SocketOptions } from './socket-options.ts';
import { openSession, type SocketSession } from './socket-session.ts';
import { createStreamPlaces, type StreamPlaces } from './stream-places.ts';
import { createTurns } from './turns.ts';
import { refuseForeignPage } from './web-pages.ts';

// The WebSockets of a broker: who may open one, in whose name it answers, and how all of them end when the broker does.

interface SocketServerOptions extends Omit<SocketOptions, 'turns'> {
  readonly endpoints: readonly GraphQLEndpoint[];
  /** Answers what comes over a conduit that was opened at a path with a request. Never rejects. */
  readonly answerConduit: (endpoint: GraphQLEndpoint, opened: IncomingMessage, asked: ConduitAsked) => Promise<void>;
}

/** The WebSocket side of an HTTP server. */
export interface SocketServer {
  /** Opens a WebSocket for a request, or refuses to. For the event `upgrade` of the HTTP server. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  /** Lets answers under way finish for `drainMs` and closes all sockets with 1001, so that their clients go elsewhere. */
  drain(): Promise<void>;
}

type ServerSocketOptions = SocketServerOptions & SocketOptions;

/** An event takes about a tenth of a millisecond, so that others wait some milliseconds at most. */
const eventsPerTurn = 32;

/** A server that has no sockets yet. */
export function createSocketServer(given: SocketServerOptions): SocketServer {
  const options: ServerSocketOptions = { ...given, turns: createTurns(eventsPerTurn) };
  const paths = new Map(options.endpoints.map((endpoint) => [endpoint.path, openPath(endpoint, options)]));
  const state: State = {
    paths,
    plain: createHandshake(options),
    // One socket carries what all clients of another site follow, which resembles itself.
    compressing: createHandshake(options, { perMessageDeflate: { threshold: 0 } }),
    // What is too large for the broker is refused in an answer: others are under way here.
    conduits: createHandshake(options, { maxPayload: largestMessage, handleProtocols: () => conduitProtocol }),
    options,
    draining: null,
  };
  return {
    upgrade: (request, connection, head) => upgrade(state, request, connection, head),
    drain: () => (state.draining ??= drain(state)),
  };
}

function createHandshake(options: ServerSocketOptions, own: ServerOptions = {}): WebSocketServer {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // The session does it, in turn with its messages: pongs that nobody reads would pile up.
    autoPong: false,
    maxPayload: options.limits.bodyBytes,
    perMessageDeflate: false,
    handleProtocols: (protocols) => handleProtocols(protocols),
    ...own,
  });
  server.on('headers', (lines: string[], request) => {
    lines.push(...nameAnswer(request, options).map(([name, value]) => `${name}: ${value}`));
  });
  return server;
}

/** A path and its open sockets. */
interface SocketPath {
  readonly endpoint: GraphQLEndpoint;
  /** With null for one that is being closed because it speaks another protocol. */
  readonly sockets: Map<WebSocket, SocketSession | ConduitSession | null>;
  readonly places: StreamPlaces;
  readonly callers: SocketCallers;
}

interface State {
  readonly paths: ReadonlyMap<string, SocketPath>;
  readonly plain: WebSocketServer;
  readonly compressing: WebSocketServer;
  readonly conduits: WebSocketServer;
  readonly options: ServerSocketOptions;
  draining: Promise<void> | null;
}

function openPath(endpoint: GraphQLEndpoint, { limits, metrics }: SocketOptions): SocketPath {
  const began = (): (() => void) => metrics.subscriptionBegan(endpoint.tier);
  return {
    endpoint,
    sockets: new Map(),
    places: createStreamPlaces(limits.streams, began),
    callers: createSocketCallers(limits.streams.perAddress),
  };
}

function upgrade(state: State, request: IncomingMessage, connection: Duplex, head: Buffer): void {
  const { options } = state;
  try {
    const path = admit(state, request);
    const server = handshakeFor(request, path, state);
    countSocket(path, request, options.listener);
    server.handleUpgrade(request, connection, head, (socket) => open(path, socket, { request, options }));
  } catch (thrown) {
    if (!(thrown instanceof SitewideError)) {
      throw thrown;
    }
    refuseUpgrade(connection, thrown as SitewideError, nameAnswer(request, options));
  }
}

function handshakeFor(
  { headers }: IncomingMessage,
  { endpoint }: SocketPath,
  { plain, compressing, conduits, options: { listener } }: State,
): WebSocketServer {
  if (headers['sitewide-tier'] === 'SITE') {
    return compressing;
  }
  const wantsConduit = headers['sec-websocket-protocol'] === conduitProtocol;
  return wantsConduit && endpoint.tier === 'INSTALLATION' && isOfBroker({ listener, headers }) ? conduits : plain;
}

/** Other brokers are not counted: they have few sockets, each of which carries what many want. */
function countSocket({ callers }: SocketPath, { headers, socket }: IncomingMessage, listener: Listener): void {
  if (!isOfBroker({ listener, headers })) {
    const counted = callers.enter(socket.remoteAddress ?? null);
    socket.once('close', () => counted[Symbol.dispose]());
  }
}

/** The path that a request may open a socket at. */
function admit({ paths, options, draining }: State, request: IncomingMessage): SocketPath {
  requireKnownBroker(request, options);
  const url = URL.parse(request.url ?? '', 'http://broker');
  const path = url && paths.get(url.pathname);
  if (!path) {
    throw new SitewideError('NOT_FOUND', { path: url?.pathname ?? '' });
  }
  // Browsers have no certificates of brokers, and other sites may know this broker by another name.
  if (options.listener !== 'PEERS') {
    refuseForeignPage(request, options.pages);
  }
  if (draining) {
    throw new SitewideError('SHUTTING_DOWN', {});
  }
  if (path.sockets.size >= options.limits.streams.sockets) {
    throw new SitewideError('OVERLOADED', {});
  }
  return path;
}

interface Opened {
  readonly request: IncomingMessage;
  readonly options: ServerSocketOptions;
}

function open(path: SocketPath, socket: WebSocket, opened: Opened): void {
  const { endpoint, sockets } = path;
  const { metrics, logger } = opened.options;
  const ended = metrics.socketOpened(endpoint.tier);
  socket.on('error', (error) => logger.debug({ err: messageOf(error) }, 'A WebSocket failed.'));
  socket.once('close', () => {
    sockets.delete(socket);
    ended();
  });
  sockets.set(socket, speak(path, socket, opened));
}

function speak(
  { endpoint, places }: SocketPath,
  socket: WebSocket,
  opened: Opened,
): SocketSession | ConduitSession | null {
  if (isConduit(socket)) {
    const { request, options } = opened;
    socket.once('close', options.metrics.conduitOpened(endpoint.tier));
    return openConduit(socket, {
      clock: options.clock,
      timeouts: options.timeouts,
      answer: (asked) => options.answerConduit(endpoint, request, asked),
      onStall: () => options.metrics.slowReaderClosed(endpoint.tier),
    });
  }
  if (socket.protocol === GRAPHQL_TRANSPORT_WS_PROTOCOL) {
    return openSession(socket, { ...opened, endpoint, takePlace: places.ofSocket() });
  }
  socket.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
  return null;
}

/** Whose answer it is and to what. */
function nameAnswer(
  { headers }: IncomingMessage,
  { identity, newId }: SocketOptions,
): readonly (readonly [name: string, value: string])[] {
  return [
    ['sitewide-request-id', requestIdOf(headers, newId)],
    ['sitewide-site', identity.site],
    ['sitewide-installation', identity.installation],
    ['sitewide-broker', identity.broker],
  ];
}

/** Time for the last words of operations that are ended, in milliseconds. */
const lastWordsMs = 1_000;

async function drain({ paths, options: { clock, timeouts } }: State): Promise<void> {
  const all = [...paths.values()].flatMap(({ sockets }) => [...sockets]);
  const closed = new AbortController();
  const closing = Promise.all(all.map(([socket]) => closeOf(socket))).then(() => closed.abort());
  const wait = (milliseconds: number): Promise<void> => clock.sleep(milliseconds, closed.signal).catch(() => undefined);
  all.forEach(([, session]) => session?.leave());
  await wait(timeouts.drainMs);
  all.forEach(([, session]) => session?.abort(new SitewideError('SHUTTING_DOWN', {})));
  await wait(lastWordsMs);
  all.forEach(([socket]) => socket.terminate());
  await closing;
}

async function closeOf(socket: WebSocket): Promise<void> {
  if (socket.readyState !== socket.CLOSED) {
    await new Promise((resolve) => socket.once('close', resolve));
  }
}
