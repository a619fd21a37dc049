import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import { MessageType, type SubscribePayload } from 'graphql-ws';

import { SitewideError } from '../core/errors.ts';
import { anonymous } from '../model/principal.ts';
import type { GraphQLEndpoint } from './graphql-endpoint.ts';
import { requestIdOf } from './request-context.ts';
import { performOperation } from './socket-answer.ts';
import { withPayload } from './socket-headers.ts';
import type { SocketOperation, SocketOptions } from './socket-options.ts';
import type { TakePlace } from './stream-places.ts';

// The operations of one socket, by the ids that the client gives them. So many begin at a time; a client who sends hundreds at
// once, as after a reconnection, waits here instead of being refused for it, and keeps no other client waiting.

/** The operations of a socket. */
export interface SocketOperations {
  /** True if nothing but streams is under way. */
  readonly isIdle: boolean;
  has(id: string): boolean;
  /** Begins an operation. @param headers Those of the socket. */
  start(id: string, payload: SubscribePayload, headers: IncomingHttpHeaders): void;
  /** Ends one that the client does not want any more. */
  cancel(id: string): void;
  /** Ends all of them. Settles when their clients have been told as far as they are told. */
  end(reason: SitewideError): Promise<void>;
}

/** What the operations of a socket are begun with. */
export interface OperationsOptions {
  readonly endpoint: GraphQLEndpoint;
  /** The request that opened the socket. */
  readonly request: IncomingMessage;
  readonly takePlace: TakePlace;
  readonly options: SocketOptions;
  /** Settles when the socket has the message. */
  readonly send: (message: object) => Promise<void>;
  /** Called when an operation has ended or has become a stream. */
  readonly onProgress: () => void;
}

/** So many of a socket are answered or opened at a time. */
const mostAtOnce = 32;

interface Running {
  readonly ends: AbortController;
  phase: 'waiting' | 'begun' | 'streaming';
}

interface State extends OperationsOptions {
  readonly operations: Map<string, Running>;
  readonly performing: Set<Promise<void>>;
  /** In the order in which they came. */
  readonly waiting: Set<() => void>;
  begun: number;
}

/** None yet. */
export function createSocketOperations(given: OperationsOptions): SocketOperations {
  const state: State = { ...given, operations: new Map(), performing: new Set(), waiting: new Set(), begun: 0 };
  const { operations, performing } = state;
  return {
    get isIdle() {
      return [...operations.values()].every(({ phase }) => phase === 'streaming');
    },
    has: (id) => operations.has(id),
    start: (id, payload, headers) => start(state, { id, payload, headers }),
    cancel(id) {
      const running = operations.get(id);
      operations.delete(id);
      running?.ends.abort(new SitewideError('CANCELLED', {}));
    },
    async end(reason) {
      for (const { ends } of operations.values()) {
        ends.abort(reason);
      }
      await Promise.all(performing);
    },
  };
}

interface Asked {
  readonly id: string;
  readonly payload: SubscribePayload;
  readonly headers: IncomingHttpHeaders;
}

function start(state: State, asked: Asked): void {
  const { operations, waiting, options } = state;
  const { perSocket, perBroker } = options.limits.streams;
  if (waiting.size >= (isPeer(asked) ? perBroker : perSocket)) {
    const { message, extensions } = new SitewideError('OVERLOADED', {});
    void state.send({ id: asked.id, type: MessageType.Error, payload: [{ message, extensions }] });
    return;
  }
  const running: Running = { ends: new AbortController(), phase: 'waiting' };
  operations.set(asked.id, running);
  const begin = (): void => {
    waiting.delete(begin);
    running.phase = 'begun';
    state.begun += 1;
    const done = perform(state, running, asked).finally(() => state.performing.delete(done));
    state.performing.add(done);
  };
  const giveUp = (): void => {
    if (waiting.delete(begin)) {
      forget(state, running, asked.id);
      state.onProgress();
    }
  };
  running.ends.signal.addEventListener('abort', giveUp, { once: true });
  waiting.add(begin);
  beginNext(state);
}

/** True for another broker, which has introduced itself when it opened the socket. */
function isPeer({ headers }: Asked): boolean {
  return headers['sitewide-tier'] !== undefined;
}

function beginNext(state: State): void {
  const [next] = state.waiting;
  if (next && state.begun < mostAtOnce) {
    next();
  }
}

async function perform(state: State, running: Running, asked: Asked): Promise<void> {
  const { endpoint, options } = state;
  const becomeStream = (): void => letNextBegin(state, running);
  await performOperation(operationOf(state, running, { ...asked, becomeStream }), endpoint, options);
  forget(state, running, asked.id);
  letNextBegin(state, running);
}

function forget({ operations }: State, running: Running, id: string): void {
  if (operations.get(id) === running) {
    operations.delete(id);
  }
}

function letNextBegin(state: State, running: Running): void {
  if (running.phase === 'begun') {
    running.phase = 'streaming';
    state.begun -= 1;
  }
  beginNext(state);
  state.onProgress();
}

interface Begun extends Asked {
  readonly becomeStream: () => void;
}

function operationOf(state: State, running: Running, begun: Begun): SocketOperation {
  const { id, payload, headers, becomeStream } = begun;
  const { operations, send, options, request, takePlace } = state;
  const own = withPayload(headers, payload.extensions);
  const tell = async (message: object, isLast: boolean): Promise<void> => {
    // Who has ended an operation, or been told of its end, may give its id to another one.
    if (operations.get(id) === running) {
      const sent = send({ id, ...message });
      if (isLast) {
        operations.delete(id);
      }
      await sent;
    }
  };
  return {
    payload,
    headers: { ...own, 'sitewide-request-id': requestIdOf(own, options.newId) },
    request,
    principal: anonymous,
    ends: running.ends,
    takePlace: () => takePlace(isPeer(begun)),
    becomeStream,
    next: (result) => tell({ type: MessageType.Next, payload: result }, false),
    fail: (errors) => tell({ type: MessageType.Error, payload: errors }, true),
    complete: () => tell({ type: MessageType.Complete }, true),
  };
}
