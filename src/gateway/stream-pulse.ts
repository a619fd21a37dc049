import { setImmediate } from 'node:timers/promises';

import type { WebSocket } from 'ws';

import type { Clock } from '../core/clock.ts';

// Whether the broker at the other end of a socket still lives: whatever comes from it says so.

/** A broker that hangs is left after these together, in milliseconds. */
export const pingIntervalMs = 2_000;
const pongTimeoutMs = 2_500;

/** Cuts a socket whose peer does not answer a ping. */
export interface Pulse {
  start(opened: WebSocket): void;
  /** A ping was sent. */
  expect(): void;
  heard(): void;
  stop(): void;
}

/** A pulse that expects nothing yet. */
export function watchPongs(clock: Clock): Pulse {
  let socket: WebSocket | null = null;
  let timer: AbortController | null = null;
  const heard = (): void => {
    timer?.abort(new Error('It lives.'));
    timer = null;
  };
  const wait = async (signal: AbortSignal): Promise<void> => {
    await clock.sleep(pongTimeoutMs, signal);
    // What came while this process was busy is read first.
    await setImmediate();
    if (!signal.aborted) {
      socket?.terminate();
    }
  };
  return {
    start: (opened) => void (socket = opened),
    expect() {
      if (timer === null) {
        timer = new AbortController();
        wait(timer.signal).catch(() => undefined);
      }
    },
    heard,
    stop: heard,
  };
}
