import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo, Server as SocketServer } from 'node:net';
import { Server as TlsSocketServer } from 'node:tls';

import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';

// Opening and closing of a listening server.

/** Where a server can be reached. */
export interface Address {
  readonly host: string;
  /** The real one, also when port 0 was asked for. */
  readonly port: number;
  /** `http://host:port`, or with `https` for a server with certificates. */
  readonly url: string;
}

/**
 * Listens.
 * @throws SitewideError `PORT_IN_USE`; other problems with the address as node throws them.
 */
export async function listenOn(
  server: SocketServer,
  listen: { readonly host: string; readonly port: number },
): Promise<Address> {
  const listening = once(server, 'listening');
  server.listen({ host: listen.host, port: listen.port });
  try {
    await listening;
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === 'EADDRINUSE'
      ? new SitewideError('PORT_IN_USE', { host: listen.host, port: listen.port }, { cause })
      : cause;
  }
  const { port } = server.address() as AddressInfo;
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  const scheme = server instanceof TlsSocketServer ? 'https' : 'http';
  return { host: listen.host, port, url: `${scheme}://${host}:${port}` };
}

/** A server that can be closed without cutting anybody off. */
export type ClosableServer = (Server | TlsServer) & {
  /** Ends the connections of which HTTP knows nothing yet. */
  readonly closeUnfinished?: () => void;
};

interface CloseOptions {
  readonly clock: Clock;
  /** How long requests under way may go on, in milliseconds. */
  readonly drainMs: number;
  /** Ends the requests that are still under way then. */
  readonly abortRemaining: () => void;
}

/** Time for aborted requests to say so, in milliseconds. */
const lastWordsMs = 500;

/** Closes a server: no new connections, requests under way finish in their time, then everything is closed. */
export async function closeGently(
  server: ClosableServer,
  { clock, drainMs, abortRemaining }: CloseOptions,
): Promise<void> {
  if (!server.listening) {
    return;
  }
  const finished = new AbortController();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  void closed.then(() => finished.abort());
  void closeIdle(server, clock, finished.signal);
  await Promise.race([closed, pause(clock, drainMs, finished.signal)]);
  if (!finished.signal.aborted) {
    abortRemaining();
    await Promise.race([closed, pause(clock, lastWordsMs, finished.signal)]);
    server.closeAllConnections();
    server.closeUnfinished?.();
  }
  await closed;
}

/** How often to look for connections that became idle, in milliseconds. */
const sweepEveryMs = 50;

/** `close` ends only what is idle in that moment; a connection whose answer went out just then would stay for long. */
async function closeIdle(server: ClosableServer, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    server.closeIdleConnections();
    await pause(clock, sweepEveryMs, signal);
  }
}

async function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(milliseconds, signal).catch(() => undefined);
}
