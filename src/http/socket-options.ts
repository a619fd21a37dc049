import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import type { SubscribePayload } from 'graphql-ws';
import type { GraphQLFormattedError } from 'graphql';

import type { ConnectedPeer } from '../auth/vouching.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Principal } from '../model/principal.ts';
import type { Admission } from './admission.ts';
import type { Rates } from './rates.ts';
import type { Listener, Reception } from './reception.ts';
import type { TrustedDocuments } from './trusted-documents.ts';
import type { Turns } from './turns.ts';
import type { PageRules } from './web-pages.ts';

// What the parts of the WebSocket side have in common.

/** What is given to the sockets of a server. */
export interface SocketOptions {
  /** Who answers: in the headers of the upgrade and in the payload of `connection_ack`. */
  readonly identity: { readonly site: string; readonly installation: string; readonly broker: string };
  readonly limits: {
    /** The largest message, in bytes. */
    readonly bodyBytes: number;
    readonly streams: StreamLimits;
  };
  readonly admission: Admission;
  readonly reception: Reception;
  /** Which way in the sockets come. */
  readonly listener: Listener;
  /** Who has opened a socket. @throws SitewideError as `PeerCertificates.identify`. */
  readonly peerOf: (request: IncomingMessage) => ConnectedPeer | null;
  readonly rates: Rates;
  readonly trusted: TrustedDocuments;
  /** Which web pages may ask. */
  readonly pages: PageRules;
  readonly turns: Turns;
  readonly timeouts: {
    readonly defaultMs: number;
    readonly maximumMs: number;
    readonly drainMs: number;
    /** How long a reader may take nothing. */
    readonly stallMs: number;
    /** How long a client may take to say `connection_init`. */
    readonly initMs: number;
    /** How often a peer is pinged; it is dropped if it answers nothing for twice as long. */
    readonly pingMs: number;
  };
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly random: () => number;
}

/** How many there may be, of each tier by itself. */
export interface StreamLimits {
  /** Sockets that are open. */
  readonly sockets: number;
  /** Subscriptions of one socket. */
  readonly perSocket: number;
  /** Subscriptions of all sockets. */
  readonly perBroker: number;
  /** Open sockets of one address; those of brokers are not counted. */
  readonly perAddress: number;
  /** Messages that a client may send over one socket, in the long run. */
  readonly messagesPerSecond: number;
  /** Messages at once after a pause. */
  readonly messagesBurst: number;
}

/** An operation that a client asks for over a socket, as long as it is under way. */
export interface SocketOperation {
  /** As it was sent, until the text of a document that came by its id is put into it. */
  payload: SubscribePayload;
  /** What came with the socket, with `connection_init` and with the operation. */
  readonly headers: IncomingHttpHeaders;
  /** The request that opened the socket. */
  readonly request: IncomingMessage;
  /** Who asks; anonymous until it is received. */
  principal: Principal;
  /** Aborts when nobody wants it any more. */
  readonly ends: AbortController;
  /** Takes a place for a subscription; throws if there is none. */
  readonly takePlace: () => Disposable;
  /** It lasts as long as its client wants, so nobody need wait for its end. */
  becomeStream(): void;
  // These settle when the socket has taken the message, and do nothing once the client has ended the operation.
  next(result: object): Promise<void>;
  fail(errors: readonly GraphQLFormattedError[]): Promise<void>;
  complete(): Promise<void>;
}
