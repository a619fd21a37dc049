import { constants } from 'node:crypto';
import { createServer as createPlainServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions, TLSSocket } from 'node:tls';

import type { Keyring } from '../auth/certificate/keyring.ts';
import type { PeerCertificates } from '../auth/certificate/peer-certificates.ts';
import type { ConnectedPeer } from '../auth/vouching.ts';
import { messageOf } from '../core/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { ClosableServer } from './listen.ts';
import type { Listener } from './reception.ts';

// The ways into a broker: one for everybody on this machine, or, with certificates, one for clients and one for brokers. Who
// comes in as a broker has to show a certificate; whether it will do is told in an answer rather than by hanging up.

/** What the ways in need if there are certificates. */
export interface Certificates {
  readonly keyring: Keyring;
  readonly peers: PeerCertificates;
}

interface EntranceOptions {
  readonly tls?: Certificates | null;
  readonly timeouts: { readonly headersMs: number; readonly bodyMs: number };
  readonly logger: Logger;
}

/** One way in. */
export interface Entrance {
  readonly server: ClosableServer;
  /** Who has sent a request; null for whoever is no broker. @throws SitewideError as `PeerCertificates.identify`. */
  readonly peerOf: (request: IncomingMessage) => ConnectedPeer | null;
}

/** A way in that nobody listens at yet. */
export function createEntrance(listener: Listener, options: EntranceOptions, onRequest: RequestListener): Entrance {
  const { tls } = options;
  if (listener === 'BOTH' || !tls) {
    return { server: createPlainServer(settingsOf(options), onRequest), peerOf: () => null };
  }
  const { keyring, peers } = tls;
  const server = createTlsServer(
    {
      ...settingsOf(options),
      ...contextOf(listener, keyring),
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: options.timeouts.headersMs,
      requestCert: listener === 'PEERS',
      rejectUnauthorized: false,
    },
    onRequest,
  );
  server.on('tlsClientError', (error) => options.logger.debug({ err: messageOf(error) }, 'A handshake failed.'));
  const connections = trackConnections(server);
  const unlisten = peers.onChange(() => {
    server.setSecureContext(contextOf(listener, keyring));
    if (listener === 'PEERS') {
      dropRefused(connections, peers);
    }
  });
  server.once('close', unlisten);
  const closable = Object.assign(server, { closeUnfinished: () => connections.forEach((socket) => socket.destroy()) });
  return {
    server: closable,
    peerOf: ({ socket }) => (listener === 'PEERS' && isSecure(socket) ? peers.identify(socket) : null),
  };
}

function settingsOf({ timeouts }: EntranceOptions): Parameters<typeof createPlainServer>[0] & object {
  return {
    // Against callers that send a byte at a time: node answers 408 and closes.
    headersTimeout: Math.min(timeouts.headersMs, timeouts.bodyMs),
    requestTimeout: timeouts.bodyMs,
    connectionsCheckingInterval: 500,
    // Brokers keep warm connections to one another; a pause of half a minute between questions is common.
    keepAliveTimeout: 30_000,
    // Some clients offer h2c with every request; whoever does not take the offer answers as if it were not there.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  };
}

function contextOf(listener: Listener, { current }: Keyring): SecureContextOptions {
  if (listener === 'CLIENTS') {
    const { certificate, key } = current.clients;
    return { cert: certificate, key, minVersion: 'TLSv1.2' };
  }
  const { certificate, key, authorities } = current;
  return {
    cert: certificate,
    key,
    ca: [...authorities],
    minVersion: 'TLSv1.3',
    // A session that is taken up again would bring the verdict of its beginning along.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

/** The connections of a server, those whose handshake is not complete among them, of which HTTP knows nothing. */
function trackConnections(server: ReturnType<typeof createTlsServer>): ReadonlySet<Socket> {
  const connections = new Set<Socket>();
  const track = (socket: Socket): void => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  };
  server.on('connection', track);
  server.on('secureConnection', track);
  return connections;
}

/** Ends the connections of brokers that would not be let in any more. */
function dropRefused(connections: ReadonlySet<Socket>, peers: PeerCertificates): void {
  for (const socket of connections) {
    if (isSecure(socket)) {
      try {
        peers.identify(socket);
      } catch {
        // Its next request is refused with the reason; what is under way has no right to go on.
        socket.destroy();
      }
    }
  }
}

function isSecure(socket: Socket): socket is TLSSocket {
  return 'getPeerX509Certificate' in socket;
}
