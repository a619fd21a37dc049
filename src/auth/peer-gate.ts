import type { FederationConfig, SiteConfig } from '../config/schema.ts';
import { SitewideError } from '../core/errors.ts';
import type { Tier } from '../model/coverage.ts';
import type { PeerIdentity } from '../model/peer.ts';

// Which brokers may ask for what.

/** Lets brokers in, or not. */
export interface PeerGate {
  /**
   * Whether a broker may ask at a tier.
   * @param tier Null for what is no question, for example whether this broker is well.
   * @param peer Null for one without a certificate.
   * @throws SitewideError with a code of its own for each reason.
   */
  admit(peer: PeerIdentity | null, tier: Tier | null): void;
}

/** Lets whoever says to be a broker be one. */
export const openGate: PeerGate = { admit: () => undefined };

/** Which brokers there are, at this moment. */
export interface KnownBrokers {
  readonly site: SiteConfig;
  readonly federation: FederationConfig;
}

/**
 * Lets in those that are configured: brokers of the own site ask for the installation, those of other sites for the site.
 * An installation that another site has added may be unknown here yet, a broker of the own site may not.
 */
export function createPeerGate(known: () => KnownBrokers): PeerGate {
  return {
    admit(peer, tier) {
      if (peer === null) {
        throw new SitewideError('CERTIFICATE_REQUIRED', {});
      }
      const { site, federation } = known();
      const isSibling = peer.site === site.id;
      if (isSibling ? !isBrokerOf(site, peer) : !federation.sites.some(({ id }) => id === peer.site)) {
        throw new SitewideError('PEER_UNKNOWN', {});
      }
      if (tier !== null && tier !== (isSibling ? 'INSTALLATION' : 'SITE')) {
        throw new SitewideError('PEER_NOT_ALLOWED', {});
      }
    },
  };
}

function isBrokerOf({ installations }: SiteConfig, { installation, broker }: PeerIdentity): boolean {
  const own = installations.find(({ id }) => id === installation);
  return own?.brokers.some(({ id }) => id === broker) ?? false;
}
