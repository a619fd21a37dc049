import type { WebSocket } from 'ws';

import type { Clock } from '../core/clock.ts';

// Tells a quiet peer from one that is gone or stopped, which TCP alone would not notice for many minutes.

interface PulseOptions {
  readonly clock: Clock;
  /** How often the peer is pinged, in milliseconds; after twice that without a sign of life it is dropped. */
  readonly pingMs: number;
  /** Aborts when the socket is closed. */
  readonly signal: AbortSignal;
}

/** Pings the peer of a socket for as long as it is open, and drops it if it answers nothing. */
export async function watchPulse(socket: WebSocket, { clock, pingMs, signal }: PulseOptions): Promise<void> {
  let heardAt = clock.now();
  const hear = (): void => {
    heardAt = clock.now();
  };
  socket.on('message', hear).on('ping', hear).on('pong', hear);
  while (await passes(clock, pingMs, signal)) {
    // To a peer that is not listened to because it does not read either, the sender's patience applies.
    if (!socket.isPaused && clock.now() - heardAt >= 2 * pingMs) {
      socket.terminate();
    } else {
      socket.ping();
    }
  }
}

function passes(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return clock.sleep(milliseconds, signal).then(
    () => true,
    () => false,
  );
}
