import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { randomBytes, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

import { type PeerIdentity, peerUri } from '../../model/peer.ts';
import { createKeyPair, keyAlgorithm, keyPemOf, readKeyPair } from './key-pair.ts';

// An authority of our own for the certificates of brokers. Any other one will do as well: what a certificate has to contain
// is in docs/guide/certificates.md.

/** A certificate and its private key, both in PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** When a certificate is valid. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What a certificate is for. */
export interface CertificateRequest extends Validity {
  /** The broker; null for the certificate of a listener that is for clients only. */
  readonly identity: PeerIdentity | null;
  /** Under which names and addresses it is reached. */
  readonly hosts: readonly string[];
  /** The pair of keys to go on with, as a private key in PEM; absent: a new one. */
  readonly key?: string;
}

/** Issues certificates. */
export interface CertificateAuthority {
  /** That of the authority itself, in PEM. */
  readonly certificate: string;
  issue(request: CertificateRequest): Promise<IssuedCertificate>;
}

/** A new authority. @param name What people see it called. */
export async function createCertificateAuthority(name: string, validity: Validity): Promise<IssuedCertificate> {
  const keys = await createKeyPair();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: newSerial(),
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: keyAlgorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pemOf(certificate), key: await keyPemOf(keys) };
}

/**
 * The authority whose certificate and key these are.
 * @throws Error if they are not in PEM, or the key is not on P-256.
 */
export async function openCertificateAuthority(own: IssuedCertificate): Promise<CertificateAuthority> {
  const issuer = new X509Certificate(own.certificate);
  const { privateKey } = await readKeyPair(own.key);
  return { certificate: own.certificate, issue: (request) => issue({ issuer, privateKey }, request) };
}

interface Issuer {
  readonly issuer: X509Certificate;
  readonly privateKey: webcrypto.CryptoKey;
}

async function issue({ issuer, privateKey }: Issuer, request: CertificateRequest): Promise<IssuedCertificate> {
  const { identity, hosts, notBefore, notAfter, key } = request;
  const keys = key === undefined ? await createKeyPair() : await readKeyPair(key);
  const certificate = await X509CertificateGenerator.create({
    ...{ notBefore, notAfter },
    serialNumber: newSerial(),
    subject: [{ CN: [identity === null ? (hosts[0] ?? 'sitewide') : `${identity.installation} ${identity.broker}`] }],
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: privateKey,
    signingAlgorithm: keyAlgorithm,
    extensions: await extensionsOf({ issuer, publicKey: keys.publicKey }, { identity, hosts }),
  });
  return { certificate: pemOf(certificate), key: await keyPemOf(keys) };
}

async function extensionsOf(
  { issuer, publicKey }: { readonly issuer: X509Certificate; readonly publicKey: webcrypto.CryptoKey },
  { identity, hosts }: Pick<CertificateRequest, 'identity' | 'hosts'>,
): Promise<Extension[]> {
  // A broker asks others as it is asked by them.
  const uses = [ExtendedKeyUsage.serverAuth, ...(identity === null ? [] : [ExtendedKeyUsage.clientAuth])];
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension(uses),
    new SubjectAlternativeNameExtension([
      ...(identity === null ? [] : [{ type: 'url', value: peerUri(identity) } as const]),
      ...hosts.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
    ]),
    await AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export()),
    await SubjectKeyIdentifierExtension.create(publicKey),
  ];
}

/** Unpredictable, positive and below 160 bits, in hexadecimal (RFC 5280, section 4.1.2.2). */
function newSerial(): string {
  const bytes = randomBytes(16);
  // The first bit is the sign; a first byte that is not zero is never dropped.
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString('hex');
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}
