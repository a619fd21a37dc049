import { type KeyObject, X509Certificate } from 'node:crypto';
import type { ConnectionOptions, DetailedPeerCertificate, TLSSocket } from 'node:tls';

import type { Clock } from '../../core/clock.ts';
import { SitewideError } from '../../core/errors.ts';
import { readSourceName } from '../../model/source-name.ts';
import type { ConnectedPeer } from '../vouching.ts';
import { identityOf } from './certificate.ts';
import type { Keyring } from './keyring.ts';
import type { TlsMaterial } from './material.ts';

// Who is at the other end of a connection between brokers, by the certificate shown there. TLS itself checks signatures and
// dates when the connection is made; what may change afterwards is looked at again for as long as it lasts.

/** What a connection to another broker is opened with. */
export interface PeerConnecting {
  /** For `node:tls`. */
  readonly options: Required<Pick<ConnectionOptions, 'cert' | 'key' | 'ca' | 'minVersion' | 'checkServerIdentity'>>;
  /** The key that the other broker sees proved on it, and by which it knows what is signed by this one. */
  readonly key: KeyObject;
}

/** Judges the certificates of other brokers. */
export interface PeerCertificates {
  /**
   * Who has opened a connection. Cheap, so that it can be asked for each request.
   * @throws SitewideError `CERTIFICATE_REQUIRED`, `CERTIFICATE_EXPIRED`, `CERTIFICATE_NOT_YET_VALID`,
   * `CERTIFICATE_UNTRUSTED`, `CERTIFICATE_REVOKED` or `PEER_UNKNOWN` if it is of no broker.
   */
  identify(socket: TLSSocket): ConnectedPeer;
  /** With what connections to a broker of this source are opened now; a certificate of anybody else fails them. */
  connecting(source: string): PeerConnecting;
  /** As `Keyring.onChange`. */
  onChange(listener: () => void): () => void;
}

interface Known {
  readonly certificate: X509Certificate;
  readonly identity: ConnectedPeer;
  /** What it was last compared with. */
  judgedBy: TlsMaterial;
}

/** Judges by what is in a keyring now. */
export function createPeerCertificates(keyring: Keyring, clock: Clock): PeerCertificates {
  const connections = new WeakMap<TLSSocket, Known>();
  return {
    identify(socket) {
      const known = connections.get(socket) ?? inspect(socket, keyring.current);
      connections.set(socket, known);
      if (known.judgedBy !== keyring.current) {
        requireTrusted(socket, keyring.current);
        known.judgedBy = keyring.current;
      }
      requireValid(known.certificate, keyring.current, clock.now());
      return known.identity;
    },
    connecting: (source) => connectingTo(source, keyring.current, clock),
    onChange: keyring.onChange,
  };
}

function inspect(socket: TLSSocket, material: TlsMaterial): Known {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) {
    throw new SitewideError('CERTIFICATE_REQUIRED', {});
  }
  if (!socket.authorized) {
    throw new SitewideError(codeOf(String(socket.authorizationError)), {});
  }
  const identity = identityOf(certificate);
  if (!identity) {
    throw new SitewideError('PEER_UNKNOWN', {});
  }
  return { certificate, identity: { ...identity, publicKey: certificate.publicKey }, judgedBy: material };
}

function codeOf(problem: string): 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_NOT_YET_VALID' | 'CERTIFICATE_UNTRUSTED' {
  switch (problem) {
    case 'CERT_HAS_EXPIRED':
      return 'CERTIFICATE_EXPIRED';
    case 'CERT_NOT_YET_VALID':
      return 'CERTIFICATE_NOT_YET_VALID';
    default:
      return 'CERTIFICATE_UNTRUSTED';
  }
}

function requireValid(certificate: X509Certificate, { revocations }: TlsMaterial, now: number): void {
  if (now >= certificate.validToDate.getTime()) {
    throw new SitewideError('CERTIFICATE_EXPIRED', {});
  }
  if (revocations.isRevoked(certificate)) {
    throw new SitewideError('CERTIFICATE_REVOKED', {});
  }
}

/** What led to an authority when the connection was made has to lead to one of those that there are now. */
function requireTrusted(socket: TLSSocket, { authorityCertificates }: TlsMaterial): void {
  const chain = chainOf(socket.getPeerCertificate(true));
  const isTrusted = chain.some((one) =>
    authorityCertificates.some((authority) => authority.raw.equals(one.raw) || one.verify(authority.publicKey)),
  );
  if (!isTrusted) {
    throw new SitewideError('CERTIFICATE_UNTRUSTED', {});
  }
}

/** The longest way to an authority that OpenSSL goes is 100; nobody has more than a few. */
const longestChain = 10;

function chainOf(first: DetailedPeerCertificate): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = first;
  while (next?.raw && chain.length < longestChain) {
    const certificate = new X509Certificate(next.raw);
    if (chain.at(-1)?.raw.equals(certificate.raw) === true) {
      break;
    }
    chain.push(certificate);
    next = next.issuerCertificate;
  }
  return chain;
}

function connectingTo(source: string, material: TlsMaterial, clock: Clock): PeerConnecting {
  const { certificate, key, ownKey, authorities } = material;
  const options: PeerConnecting['options'] = {
    cert: certificate,
    key,
    // Nobody else may say who a broker is, whatever this machine trusts besides.
    ca: [...authorities],
    minVersion: 'TLSv1.3',
    checkServerIdentity: (_host, shown) => problemOf(source, new X509Certificate(shown.raw), { material, clock }),
  };
  return { options, key: ownKey };
}

/** What is wrong with the certificate of a broker that should be of this source; undefined if nothing is. */
function problemOf(
  source: string,
  certificate: X509Certificate,
  { material, clock }: { readonly material: TlsMaterial; readonly clock: Clock },
): Error | undefined {
  const { kind, id } = readSourceName(source);
  const identity = identityOf(certificate);
  // Another site may have an installation of that name by mistake, or say so on purpose.
  const isElsewhere = kind === 'installation' && identity?.site !== identityOf(material.own)?.site;
  if (identity?.[kind] !== id || isElsewhere) {
    // Who it is instead is nothing for everybody who reads the coverage.
    return new Error(`its certificate is not that of a broker of ${source}`);
  }
  try {
    requireValid(certificate, material, clock.now());
    return undefined;
  } catch (thrown) {
    return thrown as SitewideError;
  }
}
