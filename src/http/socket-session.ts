import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import { CloseCode, type Message, MessageType, parseMessage, type SubscribeMessage } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';

import { SitewideError } from '../core/errors.ts';
import type { GraphQLEndpoint } from './graphql-endpoint.ts';
import { refuseDeepNesting } from './nesting.ts';
import { requestIdOf } from './request-context.ts';
import { performOperation } from './socket-answer.ts';
import { withPayload } from './socket-headers.ts';
import type { SocketOperation, SocketOptions } from './socket-options.ts';
import { watchPulse } from './socket-pulse.ts';
import { createSocketSender, type SocketSender } from './socket-sender.ts';

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
  readonly takePlace: () => Disposable;
  readonly options: SocketOptions;
}

/** An own close code, from the range for applications: the client took nothing for `timeouts.stallMs`. */
const tooSlow = 4430;
/** The longest reason that fits into a close frame, in bytes. */
const longestReason = 123;
/** How long a peer may take to answer a farewell, in milliseconds. */
const farewellMs = 500;
/** With more that it has not read, a peer is not listened to. */
const mostUnread = { messages: 1_000, bytes: 1_048_576 };

interface State extends SessionOptions {
  readonly socket: WebSocket;
  readonly sender: SocketSender;
  /** Aborts when the socket is closed. */
  readonly closed: AbortController;
  /** Those under way, by the id that the client gave them. */
  readonly operations: Map<string, Running>;
  phase: 'new' | 'open' | 'leaving' | 'closing';
  headers: IncomingHttpHeaders;
}

interface Running {
  readonly ends: AbortController;
  isStream: boolean;
}

/** Serves an open socket until it is closed. */
export function openSession(socket: WebSocket, given: SessionOptions): SocketSession {
  const { clock, metrics, timeouts } = given.options;
  const onStall = (): void => {
    metrics.slowReaderClosed(given.endpoint.tier);
    close(state, tooSlow, 'Too slow: resume with your last token');
  };
  const sender = createSocketSender(socket, { clock, stallMs: timeouts.stallMs, onStall });
  const closed = new AbortController();
  const { headers } = given.request;
  const state: State = { ...given, socket, sender, closed, operations: new Map(), phase: 'new', headers };
  socket.on('message', (data, isBinary) => receive(state, data, isBinary));
  socket.on('ping', () => listenLess(state));
  socket.once('close', () => {
    state.phase = 'closing';
    closed.abort();
    endAll(state, new SitewideError('CANCELLED', {}));
  });
  void expectInit(state);
  void watchPulse(socket, { clock, pingMs: timeouts.pingMs, signal: closed.signal });
  return { leave: () => leave(state), abort: (reason) => endAll(state, reason) };
}

async function expectInit(state: State): Promise<void> {
  const { clock, timeouts } = state.options;
  await clock.sleep(timeouts.initMs, state.closed.signal).catch(() => undefined);
  if (state.phase === 'new') {
    close(state, CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
  }
}

function receive(state: State, data: RawData, isBinary: boolean): void {
  if (state.phase === 'closing') {
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

function readMessage(data: RawData): Message | null {
  try {
    // Text arrives in one buffer.
    const text = (data as Buffer).toString('utf8');
    refuseDeepNesting(text);
    return parseMessage(text);
  } catch {
    return null;
  }
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
      state.operations.get(message.id)?.ends.abort(new SitewideError('CANCELLED', {}));
      state.operations.delete(message.id);
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
  state.phase = 'open';
  state.headers = withPayload(state.headers, payload);
  void send(state, { type: MessageType.ConnectionAck, payload: state.options.identity });
}

function start(state: State, { id, payload }: SubscribeMessage): void {
  if (state.phase === 'new') {
    close(state, CloseCode.Unauthorized, 'Unauthorized');
  } else if (state.operations.has(id)) {
    close(state, CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
  } else if (state.phase === 'open') {
    const running: Running = { ends: new AbortController(), isStream: false };
    state.operations.set(id, running);
    const operation = operationOf(state, { id, running, payload });
    void performOperation(operation, state.endpoint, state.options).finally(() => {
      if (state.operations.get(id) === running) {
        state.operations.delete(id);
      }
      leaveIfIdle(state);
    });
  }
  // While the broker leaves, the client takes the operation elsewhere.
}

interface Started {
  readonly id: string;
  readonly running: Running;
  readonly payload: SubscribeMessage['payload'];
}

function operationOf(state: State, { id, running, payload }: Started): SocketOperation {
  const headers = withPayload(state.headers, payload.extensions);
  const tell = async (message: object, isLast: boolean): Promise<void> => {
    // Who has ended an operation, or been told of its end, may give its id to another one.
    if (state.operations.get(id) === running) {
      const sent = send(state, { id, ...message });
      if (isLast) {
        state.operations.delete(id);
      }
      await sent;
    }
  };
  return {
    payload,
    headers: { ...headers, 'sitewide-request-id': requestIdOf(headers, state.options.newId) },
    request: state.request,
    ends: running.ends,
    takePlace: state.takePlace,
    becomeStream() {
      running.isStream = true;
      leaveIfIdle(state);
    },
    next: (result) => tell({ type: MessageType.Next, payload: result }, false),
    fail: (errors) => tell({ type: MessageType.Error, payload: errors }, true),
    complete: () => tell({ type: MessageType.Complete }, true),
  };
}

function endAll({ operations }: State, reason: SitewideError): void {
  for (const { ends } of operations.values()) {
    ends.abort(reason);
  }
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
  if (state.phase === 'leaving' && [...state.operations.values()].every(({ isStream }) => isStream)) {
    state.phase = 'closing';
    endAll(state, new SitewideError('SHUTTING_DOWN', {}));
    void sayGoodbye(state);
  }
}

async function sayGoodbye({ sender, socket, closed, options }: State): Promise<void> {
  await sender.flushed();
  socket.resume();
  socket.close(1001, 'Going away');
  await options.clock.sleep(farewellMs, closed.signal).catch(() => undefined);
  socket.terminate();
}

function close(state: State, code: number, reason: string): void {
  state.phase = 'closing';
  endAll(state, new SitewideError('CANCELLED', {}));
  state.socket.resume();
  state.socket.close(code, Buffer.byteLength(reason) > longestReason ? '' : reason);
}

/** Whoever makes us answer and does not read the answers would fill the memory; he is heard again when he has read. */
function listenLess({ socket, sender }: State): void {
  if (!socket.isPaused && (sender.waiting > mostUnread.messages || socket.bufferedAmount > mostUnread.bytes)) {
    socket.pause();
    void sender.flushed().then(() => socket.resume());
  }
}
