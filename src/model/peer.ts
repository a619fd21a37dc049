// Which broker another one is. Its certificate says so: `sitewide://site/installation/broker` is one of the URIs among its
// alternative names.

/** A broker among those of all sites. Each part is a configured id. */
export interface PeerIdentity {
  readonly site: string;
  readonly installation: string;
  readonly broker: string;
}

const pattern = /^sitewide:\/\/([a-z0-9.-]{1,64})\/([a-z0-9.-]{1,64})\/([a-z0-9.-]{1,64})$/;

/** The identity that a URI names; null if it is none of ours. */
export function readPeerUri(uri: string): PeerIdentity | null {
  const [, site, installation, broker] = pattern.exec(uri) ?? [];
  return site === undefined || installation === undefined || broker === undefined
    ? null
    : { site, installation, broker };
}

/** The URI of an identity. */
export function peerUri({ site, installation, broker }: PeerIdentity): string {
  return `sitewide://${site}/${installation}/${broker}`;
}
