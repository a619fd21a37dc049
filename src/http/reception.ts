import type { IncomingHttpHeaders } from 'node:http';

import { type Authenticator, openAuthenticator } from '../auth/authenticator.ts';
import { openGate, type PeerGate } from '../auth/peer-gate.ts';
import { decodeOrigin } from '../auth/carried-origin.ts';
import { requireCarriable } from '../auth/carried-principal.ts';
import { type ConnectedPeer, silentVouching, type Vouching } from '../auth/vouching.ts';
import { SitewideError } from '../core/errors.ts';
import type { Origin } from '../model/audit.ts';
import type { Tier } from '../model/coverage.ts';
import { type PeerIdentity, peerUri } from '../model/peer.ts';
import type { Principal } from '../model/principal.ts';

// Where a request is asked in whose name it comes, before anything is done for it. Over a socket each operation is asked:
// those of many users share one.

/**
 * Where requests come in: `CLIENTS` and `PEERS` each have a listener of their own where there are certificates. Without, there
 * is one for both, on this machine only, and whoever says to be a broker is believed.
 */
export type Listener = 'BOTH' | 'CLIENTS' | 'PEERS';

/** A request as far as its headers. */
export interface Arriving {
  readonly listener: Listener;
  readonly tier: Tier;
  /** With what `connection_init` and the operation add, if it came over a socket. */
  readonly headers: IncomingHttpHeaders;
  /** The broker at the other end, by its certificate; null for none. */
  readonly peer: ConnectedPeer | null;
  /** The address at the other end; null if it is gone. */
  readonly address: string | null;
}

/** Tells who asks. */
export interface Reception {
  /**
   * In whose name a request comes.
   * @throws SitewideError if it is not let in, or the signal's reason.
   */
  receive(arriving: Arriving, signal: AbortSignal): Promise<Principal> | Principal;
  /**
   * Whose socket it is that was opened; null for that of a broker, over which each operation says in whose name it comes.
   * @throws The same as `receive`.
   */
  greet(arriving: Arriving, signal: AbortSignal): Promise<Principal> | Principal | null;
  /** From where a request comes that was received. @throws SitewideError `PRINCIPAL_MALFORMED`. */
  originOf(arriving: Arriving): Origin;
  /** Whether it is a broker that is known here, whatever it wants. @throws SitewideError if not. */
  admit(peer: PeerIdentity | null): void;
}

/** What a reception needs. */
export interface ReceptionOptions {
  /** This broker; null where that is of no importance. */
  readonly self: PeerIdentity | null;
  readonly authenticator: Authenticator;
  readonly gate: PeerGate;
  readonly vouching: Vouching;
}

/** The reception of a broker. */
export function createReception({ self, authenticator, gate, vouching }: ReceptionOptions): Reception {
  const authenticate = async ({ listener, headers }: Arriving, signal: AbortSignal): Promise<Principal> => {
    if (listener === 'CLIENTS') {
      refusePeerHeaders(headers);
    }
    return requireCarriable(await authenticator.authenticate(headers.authorization, signal));
  };
  return {
    receive(arriving, signal) {
      if (!isOfBroker(arriving)) {
        return authenticate(arriving, signal);
      }
      const { peer, tier, headers } = arriving;
      gate.admit(peer, tier);
      return vouching.principalOf({ peer, headers }, signal);
    },
    greet(arriving, signal) {
      if (!isOfBroker(arriving)) {
        return authenticate(arriving, signal);
      }
      gate.admit(arriving.peer, arriving.tier);
      return null;
    },
    originOf: (arriving) => originOf(arriving, self),
    admit: (peer) => gate.admit(peer, null),
  };
}

/** A broker of the own site tells where those come from whom it let in; one of another site says only who they are. */
function originOf(arriving: Arriving, self: PeerIdentity | null): Origin {
  const { peer, address, headers } = arriving;
  const told = headers['sitewide-origin'];
  const isTold = isOfBroker(arriving) && (peer === null || peer.site === self?.site);
  if (isTold && told !== undefined) {
    return decodeOrigin(String(told));
  }
  const broker = peer ?? self;
  return { address, broker: broker && peerUri(broker) };
}

/** True for what comes as from another broker, who has yet to be judged. */
export function isOfBroker({ listener, headers }: Pick<Arriving, 'listener' | 'headers'>): boolean {
  return listener === 'PEERS' || (listener === 'BOTH' && headers['sitewide-tier'] !== undefined);
}

/** Headers by which brokers tell one another what they would believe nobody else. */
const peerHeaders = [
  'sitewide-tier',
  'sitewide-sources',
  'sitewide-at-least',
  'sitewide-document',
  'sitewide-if-unchanged',
  'sitewide-principal',
  'sitewide-assertion',
  'sitewide-origin',
];

function refusePeerHeaders(headers: IncomingHttpHeaders): void {
  const header = peerHeaders.find((name) => headers[name] !== undefined);
  if (header !== undefined) {
    throw new SitewideError('PEER_HEADER_REFUSED', { header });
  }
}

/** Lets everybody in without asking. */
export const openReception: Reception = createReception({
  self: null,
  authenticator: openAuthenticator,
  gate: openGate,
  vouching: silentVouching,
});
