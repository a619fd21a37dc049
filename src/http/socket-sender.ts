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
  return {
    get waiting() {
      return waiting;
    },
    send(text) {
      waiting += 1;
      const sent = last
        .then(() => sendParts(socket, Buffer.from(text, 'utf8'), options))
        .finally(() => {
          waiting -= 1;
        });
      last = sent.catch(() => undefined);
      return sent;
    },
    flushed: () => last,
  };
}

async function sendParts(socket: WebSocket, bytes: Buffer, options: SenderOptions): Promise<void> {
  for (let from = 0; ; from += partBytes) {
    const isLast = from + partBytes >= bytes.length;
    await sendPart(socket, { part: bytes.subarray(from, from + partBytes), isLast }, options);
    if (isLast) {
      return;
    }
  }
}

interface Part {
  readonly part: Buffer;
  readonly isLast: boolean;
}

async function sendPart(socket: WebSocket, { part, isLast }: Part, options: SenderOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.send(part, { binary: false, fin: isLast }, (failure) => {
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
  const taken = new AbortController();
  options.clock.sleep(options.stallMs, taken.signal).then(options.onStall, () => undefined);
  return promise.finally(() => taken.abort());
}
