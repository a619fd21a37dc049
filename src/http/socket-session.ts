import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import { CloseCode, type Message, MessageType, type SubscribeMessage } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';

import { SitewideError } from '../core/errors.ts';
import { createTokenBucket, type TokenBucket } from '../core/token-bucket.ts';
import type { GraphQLEndpoint } from './graphql-endpoint.ts';
import { isOfBroker } from './reception.ts';
import { closeCodes, closeSocket, farewellMs, sayGoodbye } from './socket-close.ts';
import { withGreeting } from './socket-headers.ts';
import { serveHolder } from './socket-holder.ts';
import { readMessage } from './socket-message.ts';
import { createSocketOperations, type SocketOperations } from './socket-operations.ts';
import type { SocketOptions } from './socket-options.ts';
import { watchPulse } from './socket-pulse.ts';
import { createSocketSender, type SocketSender } from './socket-sender.ts';
import type { TakePlace } from './stream-places.ts';

// One socket that speaks graphql-transport-ws (PROTOCOL.md of graphql-ws). The messages are checked by graphql-ws. Its server
// is not used: it cannot cancel what is not a stream yet, and where a client takes the id of an operation it has just ended
// for the next one, it ends that one too.

/** An open socket. */
export interface SocketSession {
  /** Takes nothing new and closes with 1001 as soon as nothing but streams is under way. */
  leave(): void;
  /** Ends what is under way. */
  abort(reason: SitewideError): void;
}

/** What a socket is opened with. */
export interface SessionOptions {
  readonly endpoint: GraphQLEndpoint;
  readonly request: IncomingMessage;
  readonly takePlace: TakePlace;
  readonly options: SocketOptions;
}

/** With more messages and pongs that it has not read, a peer is not listened to. */
const mostUnread = 1_000;

interface State {
  readonly socket: WebSocket;
  readonly sender: SocketSender;
  readonly operations: SocketOperations;
  readonly options: SocketOptions;
  readonly endpoint: GraphQLEndpoint;
  readonly request: IncomingMessage;
  /** Aborts when the socket is closed. */
  readonly closed: AbortController;
  /** What may still be said. */
  readonly allowance: TokenBucket;
  phase: 'new' | 'greeting' | 'open' | 'leaving' | 'refused' | 'closing';
  /** Those that came with the socket, with what `connection_init` adds. */
  headers: IncomingHttpHeaders;
}

/** Serves an open socket until it is closed. */
export function openSession(socket: WebSocket, given: SessionOptions): SocketSession {
  const { endpoint, request, options } = given;
  const { clock, metrics, timeouts } = options;
  const onStall = (): void => {
    metrics.slowReaderClosed(endpoint.tier);
    close(state, closeCodes.tooSlow, 'Too slow: resume with your last token');
  };
  const sender = createSocketSender(socket, { clock, stallMs: timeouts.stallMs, onStall });
  const operations = createSocketOperations({
    ...given,
    send: (message) => send(state, message),
    onProgress: () => leaveIfIdle(state),
  });
  const closed = new AbortController();
  const { messagesPerSecond: perSecond, messagesBurst: burst } = options.limits.streams;
  const allowance = createTokenBucket({ perSecond, burst }, clock);
  const { headers } = request;
  const state: State = { ...given, socket, sender, operations, closed, allowance, phase: 'new', headers };
  socket.on('message', (data, isBinary) => receive(state, data, isBinary));
  socket.on('ping', (data) => {
    if (mayBeHeard(state)) {
      void sender.pong(data);
      listenLess(state);
    }
  });
  socket.once('close', () => {
    state.phase = 'closing';
    closed.abort();
    void operations.end(new SitewideError('CANCELLED', {}));
  });
  void expectInit(state);
  void watchPulse(socket, { clock, pingMs: timeouts.pingMs, signal: closed.signal });
  return { leave: () => leave(state), abort: (reason) => void operations.end(reason) };
}

/** False for who has said too much, and is closed for it. */
function mayBeHeard(state: State): boolean {
  if (state.phase === 'closing') {
    return false;
  }
  // Another broker speaks for many.
  const isHeard = isOfBroker({ ...state.options, headers: state.headers }) || state.allowance.take() === 0;
  if (!isHeard) {
    const { messagesPerSecond } = state.options.limits.streams;
    close(state, closeCodes.tooMany, `Too many messages: at most ${messagesPerSecond} a second`);
  }
  return isHeard;
}

async function expectInit(state: State): Promise<void> {
  const { clock, timeouts } = state.options;
  await clock.sleep(timeouts.initMs, state.closed.signal).catch(() => undefined);
  if (state.phase === 'new') {
    close(state, CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
  }
}

function receive(state: State, data: RawData, isBinary: boolean): void {
  if (!mayBeHeard(state)) {
    return;
  }
  const message = isBinary ? null : readMessage(data);
  if (message === null) {
    close(state, CloseCode.BadRequest, 'Invalid message received');
    return;
  }
  handle(state, message);
  listenLess(state);
}

function handle(state: State, message: Message): void {
  switch (message.type) {
    case MessageType.ConnectionInit:
      greet(state, message.payload);
      break;
    case MessageType.Ping:
      void send(state, { type: MessageType.Pong, ...(message.payload && { payload: message.payload }) });
      break;
    case MessageType.Pong:
      break;
    case MessageType.Subscribe:
      start(state, message);
      break;
    case MessageType.Complete:
      state.operations.cancel(message.id);
      leaveIfIdle(state);
      break;
    default:
      close(state, CloseCode.BadRequest, `Invalid message received: ${message.type} is for servers`);
  }
}

function greet(state: State, payload: object | null | undefined): void {
  if (state.phase !== 'new') {
    close(state, CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
    return;
  }
  state.phase = 'greeting';
  state.headers = withGreeting(state.headers, payload);
  const { endpoint, options, closed, request } = state;
  const address = request.socket.remoteAddress ?? null;
  void serveHolder({
    ...options,
    tier: endpoint.tier,
    caller: address,
    arriving: () => ({
      listener: options.listener,
      tier: endpoint.tier,
      headers: state.headers,
      peer: options.peerOf(request),
      address,
    }),
    signal: closed.signal,
    onReceived: () => acknowledge(state),
    onChanged: () => leave(state),
    onRefused: (error) => void expel(state, error),
  });
}

function acknowledge(state: State): void {
  if (state.phase === 'greeting') {
    state.phase = 'open';
    void send(state, { type: MessageType.ConnectionAck, payload: state.options.identity });
  }
}

/** Ends all that is under way with an error, and closes the socket with its code for the reason. */
async function expel(state: State, error: SitewideError): Promise<void> {
  if (state.phase === 'closing') {
    return;
  }
  state.phase = 'refused';
  const { operations, options, closed, sender } = state;
  const told = operations.end(error).then(() => sender.flushed());
  await Promise.race([told, options.clock.sleep(farewellMs, closed.signal).catch(() => undefined)]);
  const code = error.retryable ? closeCodes.tryAgainLater : CloseCode.Forbidden;
  close(state, code, `${error.code}: ${error.message}`);
}

function start(state: State, { id, payload }: SubscribeMessage): void {
  if (state.phase === 'new' || state.phase === 'greeting') {
    close(state, CloseCode.Unauthorized, 'Unauthorized');
  } else if (state.operations.has(id)) {
    close(state, CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
  } else if (state.phase === 'open') {
    state.operations.start(id, payload, state.headers);
  }
  // While the broker leaves, the client takes the operation elsewhere.
}

/** A message is sent, or the connection is lost and with it whoever waits for the message. */
async function send({ sender, phase }: State, message: object): Promise<void> {
  if (phase !== 'closing') {
    await sender.send(JSON.stringify(message)).catch(() => undefined);
  }
}

function leave(state: State): void {
  if (state.phase !== 'closing') {
    state.phase = 'leaving';
    leaveIfIdle(state);
  }
}

/** Streams go on elsewhere, after their last token; answers are waited for. */
function leaveIfIdle(state: State): void {
  if (state.phase === 'leaving' && state.operations.isIdle) {
    state.phase = 'closing';
    void state.operations.end(new SitewideError('SHUTTING_DOWN', {}));
    void sayGoodbye(state, state.options.clock, state.closed.signal);
  }
}

function close(state: State, code: number, reason: string): void {
  state.phase = 'closing';
  void state.operations.end(new SitewideError('CANCELLED', {}));
  closeSocket(state.socket, code, reason);
}

/** Whoever makes us answer and does not read the answers would fill the memory; he is heard again when he has read. */
function listenLess({ socket, sender }: State): void {
  if (!socket.isPaused && sender.waiting > mostUnread) {
    socket.pause();
    void sender.flushed().then(() => socket.resume());
  }
}
