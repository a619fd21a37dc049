import 'reflect-metadata';
import { SubjectAlternativeNameExtension, X509Certificate as ParsedCertificate } from '@peculiar/x509';
import { X509Certificate } from 'node:crypto';

import { type PeerIdentity, readPeerUri } from '../../model/peer.ts';

// What a certificate says. Names are read from its bytes, not from the text that node makes of them.

/** What a certificate says. */
export interface CertificateFacts {
  /** The broker that it is of; null for none. */
  readonly identity: PeerIdentity | null;
  /** Names and addresses under which its holder is reached. */
  readonly hosts: readonly string[];
  readonly subject: string;
  readonly issuer: string;
  /** In hexadecimal. */
  readonly serial: string;
  /** SHA-256 over all of it, in hexadecimal. */
  readonly fingerprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isAuthority: boolean;
}

/** Reads a certificate. @throws Error if it is none. */
export function readCertificate(source: string | Buffer): CertificateFacts {
  const certificate = new X509Certificate(source);
  const names = namesIn(certificate);
  return {
    identity: identityAmong(names),
    hosts: names.flatMap(({ type, value }) => (type === 'dns' || type === 'ip' ? [value] : [])),
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    serial: certificate.serialNumber.toLowerCase(),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    isAuthority: certificate.ca,
  };
}

/** The broker that a certificate is of; null for none. */
export function identityOf(certificate: X509Certificate): PeerIdentity | null {
  return identityAmong(namesIn(certificate));
}

interface AlternativeName {
  readonly type: string;
  readonly value: string;
}

function namesIn({ raw }: X509Certificate): readonly AlternativeName[] {
  const extension = new ParsedCertificate(new Uint8Array(raw)).getExtension(SubjectAlternativeNameExtension);
  return extension?.names.items ?? [];
}

/** A certificate of two brokers is one of none: nobody could tell in whose name it comes. */
function identityAmong(names: readonly AlternativeName[]): PeerIdentity | null {
  const uris = names.filter(({ type, value }) => type === 'url' && value.startsWith('sitewide:'));
  return uris.length === 1 ? readPeerUri(uris[0]!.value) : null;
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}
