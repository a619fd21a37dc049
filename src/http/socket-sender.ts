import type { WebSocket } from 'ws';

import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';

// Sends messages over a socket at the pace of its reader: one part at a time, and the next one only when the operating
// system has taken it. Whoever waits for his message to be sent before he makes the next one piles nothing up.

/** The sending side of a socket. */
export interface SocketSender {
  /** Messages that the operating system has not taken whole. */
  readonly waiting: number;
  /**
   * Sends a message after those before it; settles when the operating system has it.
   * @throws SitewideError `CANCELLED` if the connection ends before.
   */
  send(text: string): Promise<void>;
  /** Answers a ping of the WebSocket itself, in its turn as well. Never rejects. */
  pong(data: Buffer): Promise<void>;
  /** Settles when everything is sent, or cannot be. */
  flushed(): Promise<void>;
}

interface SenderOptions {
  readonly clock: Clock;
  /** How long a reader may take nothing, in milliseconds. */
  readonly stallMs: number;
  /** Called when he has taken nothing for so long. */
  readonly onStall: () => void;
}

/** What is handed to a connection at a time, so that a slow reader of a large message is seen to take something. */
const partBytes = 65_536;

/** The sender of an open socket. */
export function createSocketSender(socket: WebSocket, options: SenderOptions): SocketSender {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    waiting += 1;
    const done = last.then(work).finally(() => {
      waiting -= 1;
    });
    last = done.catch(() => undefined);
    return done;
  };
  return {
    get waiting() {
      return waiting;
    },
    send: (text) => inTurn(() => sendParts(socket, Buffer.from(text, 'utf8'), options)),
    pong(data) {
      const hand = (taken: Taken): void => socket.pong(data, false, taken);
      return inTurn(() => untilTaken(socket, hand, options)).catch(() => undefined);
    },
    flushed: () => last,
  };
}

async function sendParts(socket: WebSocket, bytes: Buffer, options: SenderOptions): Promise<void> {
  for (let from = 0; ; from += partBytes) {
    const isLast = from + partBytes >= bytes.length;
    const part = bytes.subarray(from, from + partBytes);
    await untilTaken(socket, (taken) => socket.send(part, { binary: false, fin: isLast }, taken), options);
    if (isLast) {
      return;
    }
  }
}

/** What ws calls when the operating system has what was handed over, or when it never will. */
type Taken = (failure?: Error) => void;

/**
 * Hands something to a socket; settles when the operating system has it.
 * @throws SitewideError `CANCELLED` if the connection ends before.
 */
export async function untilTaken(
  socket: WebSocket,
  hand: (taken: Taken) => void,
  { clock, stallMs, onStall }: SenderOptions,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  hand((failure) => {
    if (failure) {
      reject(new SitewideError('CANCELLED', {}, { cause: failure }));
    } else {
      resolve();
    }
  });
  // Nearly always the operating system takes it at once; then there is nothing to watch.
  if (socket.bufferedAmount === 0) {
    return promise;
  }
  const settled = new AbortController();
  clock.sleep(stallMs, settled.signal).then(onStall, () => undefined);
  return promise.finally(() => settled.abort());
}
