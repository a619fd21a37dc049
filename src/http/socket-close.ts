import type { WebSocket } from 'ws';

import type { Clock } from '../core/clock.ts';
import type { SocketSender } from './socket-sender.ts';

// How sockets are closed: with a code that tells the client whether to come back, beside those of the protocol.

/** Codes that are not those of graphql-transport-ws. */
export const closeCodes = {
  /** Of our own, from the range for applications: the client took nothing for `timeouts.stallMs`. */
  tooSlow: 4430,
  /** Of our own as well: the client sent more than `limits.streams.messagesPerSecond`. */
  tooMany: 4431,
  /** Of the registry of RFC 6455: the socket cannot be had now, but may be elsewhere or a little later. */
  tryAgainLater: 1013,
  /** Of RFC 6455: the broker leaves. */
  goingAway: 1001,
} as const;

/** The longest reason that fits into a close frame, in bytes. */
const longestReason = 123;
/** How long a peer may take to answer a farewell, in milliseconds. */
export const farewellMs = 500;

/** Closes a socket, also one that was not listened to. */
export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  socket.resume();
  socket.close(code, Buffer.byteLength(reason) > longestReason ? '' : reason);
}

/** Closes a socket when everything is sent, since the broker leaves. @param signal Aborts when it is closed. */
export async function sayGoodbye(
  { socket, sender }: { readonly socket: WebSocket; readonly sender: SocketSender },
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  await sender.flushed();
  closeSocket(socket, closeCodes.goingAway, 'Going away');
  await clock.sleep(farewellMs, signal).catch(() => undefined);
  socket.terminate();
}
