import { setImmediate } from 'node:timers/promises';

import { type ClientOptions, WebSocket } from 'ws';

import type { Clock } from '../core/clock.ts';
import {
  type AnswerHead,
  conduitPlaces,
  conduitProtocol,
  type ConduitMessage,
  decodeAnswerHead,
  decodeMessage,
  encodeMessage,
  largestMessage,
  messageKind,
} from '../core/conduit.ts';
import { unshared } from '../core/release.ts';
import { readSourceName } from '../model/source-name.ts';
import type { Exchanged } from './exchange.ts';

// One open conduit, from the side that asks. Each request that it carries costs a third of one that has a connection to itself
// (measured, ADR 0038). Since all of them would wait for a peer that is gone, it is doubted as soon as one of them has waited in vain.

/** A broker that is well takes a socket within a moment, in milliseconds. */
const handshakeMs = 2_000;
/** How long one that is doubted may take to answer a ping, in milliseconds. */
const pongMs = 2_000;
/** How long one is kept that nobody uses, in milliseconds; as long as other connections between brokers. */
const idleMs = 25_000;
/** With more bytes that the operating system has not taken, whoever is at the other end does not read. */
const mostUnsent = 1_048_576;
/** A request that goes over a conduit. */
export interface ConduitRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

/** What a conduit is opened with. */
export interface ConduitOptions {
  /** The address of what is asked, with `http:` or `https:`. */
  readonly url: string;
  /** The installation that has to answer, for example `installation:lyon-a`. */
  readonly source: string;
  readonly clock: Clock;
  /** What the broker proves who it is with, for `node:tls`; null: nothing. */
  readonly tls: object | null;
}

/** One that waits for its answer. */
interface Waiting {
  readonly id: number;
  readonly signal: AbortSignal;
  readonly resolve: (answer: Exchanged) => void;
  readonly reject: (thrown: unknown) => void;
  readonly onAbort: () => void;
  /** How many messages had come when it left. */
  readonly heardBefore: number;
  head: AnswerHead | null;
  readonly parts: Buffer[];
}

/** An open WebSocket, or one that is being opened. */
export class ConduitSocket {
  readonly #clock: Clock;
  readonly #socket: WebSocket;
  /** By the places that are in their ids. The rest of an id tells those apart that have had the same place one after the other. */
  readonly #places: (Waiting | null)[] = [];
  readonly #free: number[] = [];
  #generation = 0;
  #underWay = 0;
  /** How many messages have come. */
  #heard = 0;
  #usedAt: number;
  #state: 'opening' | 'open' | 'doubted' | 'leaving' | 'closed' = 'opening';
  /** The head that came last, which is nearly always the one that comes next. */
  #lastHead: { readonly bytes: Buffer; readonly head: AnswerHead } | null = null;
  #stopLooking: () => void = () => undefined;
  #callOffDoubt: () => void = () => undefined;

  /** @param onClosed Told once, and whether it has been open. */
  constructor({ url, source, clock, tls }: ConduitOptions, onClosed: (wasOpen: boolean) => void) {
    const { kind, id } = readSourceName(source);
    const options: ClientOptions = {
      headers: { 'sitewide-tier': 'INSTALLATION' },
      handshakeTimeout: handshakeMs,
      maxPayload: largestMessage,
      perMessageDeflate: false,
      skipUTF8Validation: true,
    };
    this.#clock = clock;
    this.#usedAt = clock.now();
    this.#socket = new WebSocket(url.replace(/^http/, 'ws'), conduitProtocol, { ...options, ...tls });
    let wasOpen = false;
    this.#socket
      .once('upgrade', ({ headers }) => {
        if (headers[`sitewide-${kind}`] !== id) this.#socket.terminate();
      })
      .once('open', () => {
        wasOpen = true;
        this.#state = this.#state === 'opening' ? 'open' : this.#state;
        this.#closeIfIdle();
      })
      // A socket of ws gives bytes as a Buffer unless it is told otherwise.
      .on('message', (data, isBinary) => this.#receive(isBinary ? (data as Buffer) : null))
      // Who answers pings as well.
      .on('ping', () => this.#hear())
      .on('pong', () => this.#hear())
      // Whoever waits is told when it closes.
      .on('error', () => undefined)
      .once('close', () => {
        this.#state = 'closed';
        this.#stopLooking();
        this.#callOffDoubt();
        this.#places.forEach((waiting) => waiting && this.#fail(waiting, new Error('The connection was closed.')));
        onClosed(wasOpen);
      });
  }

  /** True if a request may be sent over it now. */
  get takesMore(): boolean {
    return this.#state === 'open' && this.#underWay < conduitPlaces && this.#socket.bufferedAmount < mostUnsent;
  }

  /** True if it is of no use any more. */
  get isOver(): boolean {
    return this.#state === 'leaving' || this.#state === 'closed';
  }

  /** Sends a request, if it takes more, and takes the answer. Rejects with what happens to the connection, or the signal's reason. */
  exchange({ headers, body, signal }: ConduitRequest): Promise<Exchanged> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const place = this.#free.pop() ?? this.#places.length;
      this.#generation = (this.#generation + 1) % (2 ** 32 / conduitPlaces);
      const waiting: Waiting = {
        id: this.#generation * conduitPlaces + place,
        signal,
        resolve,
        reject,
        onAbort: () => this.#cancel(waiting),
        heardBefore: this.#heard,
        head: null,
        parts: [],
      };
      this.#places[place] = waiting;
      this.#underWay += 1;
      this.#usedAt = this.#clock.now();
      signal.addEventListener('abort', waiting.onAbort, { once: true });
      this.#send(encodeMessage(messageKind.request, waiting.id, JSON.stringify(headers), body));
    });
  }

  /** Takes nothing new, and closes as soon as nothing is under way. */
  leave(): void {
    if (this.#state !== 'closed') {
      this.#state = 'leaving';
      this.#closeIfLeft();
    }
  }

  /** Cuts it. */
  terminate(): void {
    this.#socket.terminate();
  }

  #send(message: Buffer): void {
    // Who has been closed meanwhile says so by an event.
    this.#socket.send(message, noted);
  }

  /** @param data Null for a text, which is no message. */
  #receive(data: Buffer | null): void {
    this.#hear();
    const message = data && decodeMessage(data);
    switch (message?.kind) {
      case messageKind.part:
      case messageKind.end:
        this.#take(message);
        return;
      case messageKind.farewell:
        this.leave();
        return;
      default:
        this.#socket.terminate();
    }
  }

  #take({ kind, id, head, body }: ConduitMessage): void {
    const waiting = this.#places[id % conduitPlaces];
    if (waiting?.id !== id) {
      // It was given up, which the other end has not heard yet.
      return;
    }
    waiting.head ??= this.#readHead(head);
    if (waiting.head === null) {
      this.#socket.terminate();
      return;
    }
    if (kind === messageKind.part) {
      waiting.parts.push(body);
      return;
    }
    this.#forget(waiting);
    const whole = waiting.parts.length === 0 ? unshared(body) : Buffer.concat([...waiting.parts, body]);
    waiting.resolve({ ...waiting.head, body: whole });
    this.#closeIfLeft();
  }

  #readHead(bytes: Buffer): AnswerHead | null {
    if (this.#lastHead?.bytes.equals(bytes)) {
      return this.#lastHead.head;
    }
    const head = decodeAnswerHead(bytes);
    this.#lastHead = head && { bytes: Buffer.from(bytes), head };
    return head;
  }

  #cancel(waiting: Waiting): void {
    this.#send(encodeMessage(messageKind.cancel, waiting.id));
    this.#fail(waiting, waiting.signal.reason);
    if (this.#heard === waiting.heardBefore && this.#state === 'open') {
      this.#doubt();
    }
    this.#closeIfLeft();
  }

  #fail(waiting: Waiting, thrown: unknown): void {
    this.#forget(waiting);
    waiting.reject(thrown);
  }

  #forget({ id, signal, onAbort }: Waiting): void {
    const place = id % conduitPlaces;
    signal.removeEventListener('abort', onAbort);
    this.#places[place] = null;
    this.#free.push(place);
    this.#underWay -= 1;
  }

  /** Nothing has come for as long as somebody waited: until something does, nothing more is sent here. */
  #doubt(): void {
    this.#state = 'doubted';
    this.#socket.ping(undefined, undefined, noted);
    this.#callOffDoubt = this.#clock.after(pongMs, () => void this.#endIfDoubted());
  }

  async #endIfDoubted(): Promise<void> {
    // What came while this process was busy is read first.
    await setImmediate();
    if (this.#state === 'doubted') {
      this.#socket.terminate();
    }
  }

  #hear(): void {
    this.#heard += 1;
    if (this.#state === 'doubted') {
      this.#state = 'open';
      this.#callOffDoubt();
    }
  }

  #closeIfIdle(): void {
    const idleForMs = this.#underWay > 0 ? 0 : this.#clock.now() - this.#usedAt;
    if (idleForMs >= idleMs) {
      this.leave();
    } else {
      this.#stopLooking = this.#clock.after(idleMs - idleForMs, () => this.#closeIfIdle());
    }
  }

  #closeIfLeft(): void {
    if (this.#state === 'leaving' && this.#underWay === 0) {
      this.#socket.close();
    }
  }
}

/** A failure to send closes the socket, which those who wait are told. */
function noted(): void {
  // Given so that ws does not throw.
}
