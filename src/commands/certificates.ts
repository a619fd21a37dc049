import { createPeerCertificates, type PeerCertificates } from '../auth/certificate/peer-certificates.ts';
import { type FollowedKeyring, openKeyring } from '../auth/certificate/keyring.ts';
import type { TlsMaterial } from '../auth/certificate/material.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Logger } from '../telemetry/logger.ts';

// The certificates of a running broker: followed, and spoken of in its log.

/** They, and what judges others by them. Disposing it ends following their files. */
export interface BrokerCertificates extends AsyncDisposable {
  readonly keyring: FollowedKeyring;
  readonly peers: PeerCertificates;
}

const dayMs = 86_400_000;
/** With fewer days left somebody should have renewed them. */
const soonDays = 14;

/**
 * Opens them; null if none are configured.
 * @throws SitewideError `CONFIG_INVALID`.
 */
export async function openCertificates(
  { tls, site, installation, broker }: Config,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<BrokerCertificates | null> {
  if (tls === null) {
    return null;
  }
  const tell = (material: TlsMaterial): void => warnOfExpiry(material, { clock, logger });
  const keyring = await openKeyring({
    tls,
    identity: { site: site.id, installation, broker },
    clock,
    onRenewed(material) {
      logger.info({ expiresAt: new Date(material.expiresAt).toISOString() }, 'Other certificates are in force.');
      tell(material);
    },
    onRefused: (error) =>
      logger.error({ problem: messageOf(error) }, 'The new certificates are refused; the old ones stay in force.'),
  });
  tell(keyring.current);
  return {
    keyring,
    peers: createPeerCertificates(keyring, clock),
    [Symbol.asyncDispose]: () => keyring[Symbol.asyncDispose](),
  };
}

function warnOfExpiry(
  { expiresAt }: TlsMaterial,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): void {
  const days = Math.floor((expiresAt - clock.now()) / dayMs);
  if (days < soonDays) {
    logger.warn({ days, expiresAt: new Date(expiresAt).toISOString() }, 'A certificate expires soon.');
  }
}
