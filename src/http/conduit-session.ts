import type { IncomingHttpHeaders } from 'node:http';

import { CloseCode } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';

import type { Clock } from '../core/clock.ts';
import {
  conduitPlaces,
  conduitProtocol,
  decodeHeaders,
  decodeMessage,
  encodeMessage,
  messageKind,
} from '../core/conduit.ts';
import { SitewideError } from '../core/errors.ts';
import { release } from '../core/release.ts';
import type { ReadyAnswer } from './ready-answer.ts';
import { closeCodes, closeSocket, farewellMs } from './socket-close.ts';
import { watchPulse } from './socket-pulse.ts';
import { untilTaken } from './socket-sender.ts';

// One conduit, from the side that answers: takes its messages apart and sends answers as they are ready, large ones in parts, so that
// none waits for another. It knows nothing of what is asked.

/** A request that came over a conduit. */
export interface ConduitAsked {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Has somebody told when nobody waits for the answer any more. */
  whenGone(tell: () => void): void;
  /**
   * Sends the answer; settles when the operating system has it.
   * @throws SitewideError `CANCELLED` if nobody waits for it any more.
   */
  reply(answer: Pick<ReadyAnswer, 'status' | 'headers' | 'body'>): Promise<void>;
}

/** An open conduit. */
export interface ConduitSession {
  /** Asks for no new requests, and closes with 1001 as soon as nothing is under way. */
  leave(): void;
  /** Nothing is ended here: requests end by themselves. */
  abort(): void;
}

interface SessionOptions {
  readonly clock: Clock;
  readonly timeouts: { readonly stallMs: number; readonly pingMs: number };
  /** Answers a request. Never rejects. */
  readonly answer: (asked: ConduitAsked) => Promise<void>;
  /** Called when the other end has taken nothing for `stallMs`, and is cut off. */
  readonly onStall: () => void;
}

/** What is sent of an answer at a time, in bytes. */
const partBytes = 65_536;

interface State {
  readonly socket: WebSocket;
  readonly options: SessionOptions;
  /** Those that somebody waits for, by the places in their ids. */
  readonly places: (ConduitRequest | null)[];
  /** With those that nobody waits for any more. */
  underWay: number;
  isLeaving: boolean;
}

/** Serves an open conduit until it is closed. */
export function openConduit(socket: WebSocket, options: SessionOptions): ConduitSession {
  const state: State = { socket, options, places: [], underWay: 0, isLeaving: false };
  const closed = new AbortController();
  socket.on('message', (data, isBinary) => receive(state, isBinary ? data : null));
  socket.on('ping', (data) => socket.pong(data, false, ignored));
  socket.once('close', () => {
    closed.abort();
    state.places.forEach((request) => request && end(state, request));
  });
  const { clock, timeouts } = options;
  void watchPulse(socket, { clock, pingMs: timeouts.pingMs, signal: closed.signal });
  return {
    leave() {
      state.isLeaving = true;
      socket.send(encodeMessage(messageKind.farewell, 0), ignored);
      closeIfLeft(state);
    },
    abort: () => undefined,
  };
}

/** True for the subprotocol of conduits. */
export function isConduit({ protocol }: WebSocket): boolean {
  return protocol === conduitProtocol;
}

/** @param data Null for a text, which is no message. A socket of ws gives bytes as a Buffer unless it is told otherwise. */
function receive(state: State, data: RawData | null): void {
  const message = data && decodeMessage(data as Buffer);
  const { places, socket } = state;
  switch (message?.kind) {
    case messageKind.request: {
      const headers = decodeHeaders(message.head);
      if (headers === null || places[message.id % conduitPlaces]) {
        refuse(socket);
        return;
      }
      void answer(state, new ConduitRequest(state, message.id, headers, message.body));
      return;
    }
    case messageKind.cancel: {
      const request = places[message.id % conduitPlaces];
      if (request?.id === message.id) {
        end(state, request);
      }
      return;
    }
    default:
      refuse(socket);
  }
}

function refuse(socket: WebSocket): void {
  closeSocket(socket, CloseCode.BadRequest, 'Invalid message received');
}

async function answer(state: State, request: ConduitRequest): Promise<void> {
  const { places, socket, options } = state;
  places[request.id % conduitPlaces] = request;
  state.underWay += 1;
  if (state.underWay >= conduitPlaces) {
    // Whoever calls off what is still being worked on, and asks anew, could go on for ever.
    socket.pause();
  }
  await options.answer(request);
  free(state, request);
  state.underWay -= 1;
  if (socket.isPaused && state.underWay < conduitPlaces) {
    socket.resume();
  }
  closeIfLeft(state);
}

/** Nobody waits for a request any more, although the work may not have ended yet. */
function end(state: State, request: ConduitRequest): void {
  free(state, request);
  request.end();
}

/** Lets another one have the place of a request. */
function free({ places }: State, request: ConduitRequest): void {
  const place = request.id % conduitPlaces;
  if (places[place] === request) {
    places[place] = null;
  }
}

function closeIfLeft({ socket, underWay, isLeaving, options: { clock } }: State): void {
  if (isLeaving && underWay === 0 && socket.readyState === socket.OPEN) {
    closeSocket(socket, closeCodes.goingAway, 'Going away');
    socket.once(
      'close',
      clock.after(farewellMs, () => socket.terminate()),
    );
  }
}

class ConduitRequest implements ConduitAsked {
  readonly id: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly #state: State;
  #tell: () => void = () => undefined;
  #isOver = false;

  constructor(state: State, id: number, headers: IncomingHttpHeaders, body: Buffer) {
    this.#state = state;
    this.id = id;
    this.headers = headers;
    this.body = body;
  }

  whenGone(tell: () => void): void {
    this.#tell = tell;
    if (this.#isOver) {
      tell();
    }
  }

  /** Nobody waits for it any more. */
  end(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#tell();
    }
  }

  async reply({ status: statusCode, headers, body }: Parameters<ConduitAsked['reply']>[0]): Promise<void> {
    const head = JSON.stringify({ statusCode, headers });
    if (!('length' in body)) {
      await this.#send(messageKind.part, head);
      for await (const chunk of body) {
        await this.#send(messageKind.part, '', typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      }
      await this.#send(messageKind.end);
      return;
    }
    let from = 0;
    for (; from + partBytes < body.length; from += partBytes) {
      await this.#send(messageKind.part, from === 0 ? head : '', body.subarray(from, from + partBytes));
    }
    await this.#send(messageKind.end, from === 0 ? head : '', body.subarray(from));
  }

  async #send(kind: 3 | 4, head = '', body?: Buffer): Promise<void> {
    const { socket, options } = this.#state;
    if (this.#isOver) {
      throw new SitewideError('CANCELLED', {});
    }
    if (kind === messageKind.end) {
      // Whoever has read this may send the next one at once.
      free(this.#state, this);
    }
    const message = encodeMessage(kind, this.id, head, body);
    const { clock, timeouts } = options;
    const onStall = (): void => stall(this.#state);
    await untilTaken(socket, (taken) => socket.send(message, taken), { clock, stallMs: timeouts.stallMs, onStall });
    release(message);
  }
}

/** Whoever takes nothing of one answer takes nothing of any. */
function stall({ socket, options }: State): void {
  if (socket.readyState === socket.OPEN) {
    options.onStall();
    socket.terminate();
  }
}

/** For what need not be known to have been sent. */
function ignored(): void {
  // Given so that ws does not throw.
}
