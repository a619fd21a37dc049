import type { Tier } from '../model/coverage.ts';
import type { PeerIdentity } from '../model/peer.ts';

// Which brokers may ask for what.

/** Lets brokers in, or not. */
export interface PeerGate {
  /**
   * Whether a broker may ask at a tier.
   * @param peer Null for one without a certificate.
   * @throws SitewideError with a code of its own for each reason.
   */
  admit(peer: PeerIdentity | null, tier: Tier): void;
}

/** Lets whoever says to be a broker be one. */
export const openGate: PeerGate = { admit: () => undefined };
