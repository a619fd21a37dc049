import 'reflect-metadata';
import { X509Certificate as ParsedCertificate, X509Crl, X509CrlGenerator, X509CrlReason } from '@peculiar/x509';
import type { X509Certificate } from 'node:crypto';

import type { IssuedCertificate } from './authority.ts';
import { keyAlgorithm, readKeyPair } from './key-pair.ts';

// Certificates that are not to be believed any more. A list counts only if one of the authorities signed it, and only for
// certificates of that authority. A list that is past its next update still counts: what was revoked stays so.

/** Tells revoked certificates. */
export interface Revocations {
  isRevoked(certificate: X509Certificate): boolean;
  /** When a newer list should have been there; null for no list, or one that does not say. */
  readonly nextUpdate: Date | null;
  /** What tells these lists from others. */
  readonly text: string;
}

/** A certificate that is revoked. */
export interface RevokedCertificate {
  /** In hexadecimal. */
  readonly serial: string;
  readonly revokedAt: Date;
}

/**
 * Reads lists.
 * @param lists In PEM or DER.
 * @param authorities The certificates of those who may revoke.
 * @throws Error if one is no list, or nobody of them has signed it.
 */
export async function readRevocations(
  lists: readonly Buffer[],
  authorities: readonly X509Certificate[],
): Promise<Revocations> {
  const read = await Promise.all(lists.map((list) => readList(list, authorities)));
  const updates = read.flatMap(({ crl }) => (crl.nextUpdate ? [crl.nextUpdate.getTime()] : []));
  return {
    isRevoked: (certificate) =>
      read.some(
        ({ authority, serials }) =>
          serials.has(normalSerial(certificate.serialNumber)) && certificate.verify(authority.publicKey),
      ),
    nextUpdate: updates.length === 0 ? null : new Date(Math.min(...updates)),
    text: lists.map((list) => list.toString('base64')).join('\n'),
  };
}

interface ReadList {
  readonly crl: X509Crl;
  readonly authority: X509Certificate;
  readonly serials: ReadonlySet<string>;
}

async function readList(list: Buffer, authorities: readonly X509Certificate[]): Promise<ReadList> {
  const crl = openList(list);
  for (const authority of authorities) {
    const publicKey = new ParsedCertificate(new Uint8Array(authority.raw)).publicKey;
    if (await crl.verify({ publicKey }).catch(() => false)) {
      return { crl, authority, serials: new Set(crl.entries.map(({ serialNumber }) => normalSerial(serialNumber))) };
    }
  }
  throw new Error(`the revocation list of "${crl.issuer}" is signed by none of the authorities`);
}

function openList(list: Buffer): X509Crl {
  const [, base64] = /-----BEGIN (?:X509 )?CRL-----([^-]+)-----END/.exec(list.toString('latin1')) ?? [];
  return new X509Crl(new Uint8Array(base64 === undefined ? list : Buffer.from(base64, 'base64')));
}

/** Those that a list names. */
export function revokedIn(list: Buffer): readonly RevokedCertificate[] {
  return openList(list).entries.map(({ serialNumber, revocationDate }) => ({
    serial: normalSerial(serialNumber),
    revokedAt: revocationDate,
  }));
}

interface ListRequest {
  readonly revoked: readonly RevokedCertificate[];
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
}

/** A list that an authority signs, in PEM. */
export async function signRevocations(
  authority: IssuedCertificate,
  { revoked, thisUpdate, nextUpdate }: ListRequest,
): Promise<string> {
  const { privateKey } = await readKeyPair(authority.key);
  const crl = await X509CrlGenerator.create({
    issuer: new ParsedCertificate(authority.certificate).subjectName,
    ...{ thisUpdate, nextUpdate },
    entries: revoked.map(({ serial, revokedAt }) => ({
      serialNumber: serial,
      revocationDate: revokedAt,
      reason: X509CrlReason.unspecified,
    })),
    signingKey: privateKey,
    signingAlgorithm: keyAlgorithm,
  });
  // The name that other programs know it by (RFC 7468, section 6).
  const lines = Buffer.from(crl.rawData)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return ['-----BEGIN X509 CRL-----', ...lines, '-----END X509 CRL-----', ''].join('\n');
}

function normalSerial(serial: string): string {
  return serial.toLowerCase().replace(/^0+(?=.)/, '');
}
