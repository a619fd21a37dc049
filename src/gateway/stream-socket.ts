import type { KeyObject } from 'node:crypto';
import { TLSSocket } from 'node:tls';

import { type Client, createClient } from 'graphql-ws';
import { type ClientOptions, WebSocket } from 'ws';

import type { PeerCertificates, PeerConnecting } from '../auth/certificate/peer-certificates.ts';
import type { Clock } from '../core/clock.ts';
import { readSourceName } from '../model/source-name.ts';
import { pingIntervalMs, watchPongs } from './stream-pulse.ts';

// One WebSocket to another broker: how it is opened, who has to be at its other end, and how it is seen that nobody is there
// any more.

/** How long an unused socket is kept, in milliseconds; one to another site takes four ways there and back to open. */
const idleMs = { INSTALLATION: 10_000, SITE: 60_000 };
/** A broker that is well takes a socket, and says hello, within a moment; each in milliseconds. */
const handshakeMs = 2_000;
const helloMs = 2_000;
/** An event is a record with what its reader selected; what is larger than this is no event, in bytes. */
const largestMessage = 16 * 1_048_576;

/** One socket. */
export interface Link {
  readonly client: Client;
  /** What its opener has proved to have; null where brokers have no certificates. */
  readonly key: KeyObject | null;
  /** Null until it is connected. */
  socket: WebSocket | null;
  subscriptions: number;
  isOpen: boolean;
  /** What is wrong with whoever is at the other end; null if nothing is. */
  problem: string | null;
  /** Told once it is open. */
  readonly waiting: Set<() => void>;
}

interface LinkOptions {
  /** Where the broker is, without the path. */
  readonly url: string;
  /** Who has to answer: an installation, or any broker of a site. */
  readonly source: string;
  readonly clock: Clock;
  /** What brokers prove who they are with; null: nothing. */
  readonly certificates: PeerCertificates | null;
}

/** True for a source that is a whole site. */
export function isOfSite(source: string): boolean {
  return readSourceName(source).kind === 'site';
}

/** A socket that is opened with its first subscription. */
export function openLink({ url, source, clock, certificates }: LinkOptions, onClosed: () => void): Link {
  const tier = isOfSite(source) ? 'SITE' : 'INSTALLATION';
  const pulse = watchPongs(clock);
  const connecting = certificates?.connecting(source) ?? null;
  // Whoever would not be connected with any more is not listened to any more either.
  const unlisten = certificates?.onChange(() => endIfRefused(link, certificates));
  const closed = (): void => {
    unlisten?.();
    pulse.stop();
    link.isOpen = false;
    onClosed();
  };
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}${paths[tier]}`,
    webSocketImpl: socketClass(tier, connecting?.options),
    connectionParams: { 'sitewide-tier': tier },
    connectionAckWaitTimeout: helloMs,
    keepAlive: pingIntervalMs,
    lazyCloseTimeout: idleMs[tier],
    // Another broker is tried before this one again, which is not the client's to decide.
    retryAttempts: 0,
    on: {
      opened(socket) {
        link.socket = socket as WebSocket;
        pulse.start(link.socket);
      },
      connected(socket, payload) {
        link.problem = problemOf(payload, source);
        if (link.problem !== null) {
          (socket as WebSocket).terminate();
          return;
        }
        link.isOpen = true;
        link.waiting.forEach((tell) => tell());
        link.waiting.clear();
      },
      ping: (received) => !received && pulse.expect(),
      message: () => pulse.heard(),
      closed,
      error: closed,
    },
  });
  const link: Link = {
    client,
    key: connecting?.key ?? null,
    socket: null,
    subscriptions: 0,
    isOpen: false,
    problem: null,
    waiting: new Set(),
  };
  return link;
}

function endIfRefused({ socket }: Link, certificates: PeerCertificates): void {
  const connection = socket instanceof PeerSocket ? socket.connection : null;
  if (connection) {
    try {
      certificates.identify(connection);
    } catch {
      socket?.terminate();
    }
  }
}

const paths = { INSTALLATION: '/installation/graphql', SITE: '/graphql' };

/** The constructor that a client of graphql-ws wants, which gives it no options. */
function socketClass(
  tier: 'INSTALLATION' | 'SITE',
  connecting: PeerConnecting['options'] | undefined,
): typeof PeerSocket {
  // One to another site carries many subscribers' events, which resemble one another.
  const ofTier: ClientOptions =
    tier === 'SITE' ? { perMessageDeflate: { threshold: 0 }, headers: { 'sitewide-tier': 'SITE' } } : {};
  return class extends PeerSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols, { ...ofTier, ...(connecting as object) });
    }
  };
}

/** A socket for events: what it carries is small and comes at once, so that within a site it is not compressed. */
class PeerSocket extends WebSocket {
  /** What it goes over once it is open, if that is TLS. */
  connection: TLSSocket | null = null;

  constructor(url: string | URL, protocols?: string | string[], options?: ClientOptions) {
    super(url, protocols, {
      handshakeTimeout: handshakeMs,
      maxPayload: largestMessage,
      perMessageDeflate: false,
      ...options,
    });
    // Whoever uses it hears of its end; one that is given up before it is open would throw.
    this.on('error', () => undefined);
    this.once('upgrade', ({ socket }) => {
      this.connection = socket instanceof TLSSocket ? socket : null;
    });
  }
}

function problemOf(payload: Readonly<Record<string, unknown>> | null | undefined, source: string): string | null {
  const { kind, id } = readSourceName(source);
  const found = payload?.[kind];
  return found === id
    ? null
    : `it answered as ${typeof found === 'string' ? `${kind} "${found}"` : `no ${kind}`}, not as "${id}"`;
}
