import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { TlsConfig } from '../../config/tls-schema.ts';
import { messageOf, SitewideError } from '../../core/errors.ts';
import { type PeerIdentity, peerUri } from '../../model/peer.ts';
import { identityOf } from './certificate.ts';
import { readRevocations, type Revocations } from './revocation.ts';

// What a broker proves itself with and judges others by, read from its files and checked: it is used as a whole or not at all.

/** A certificate with those that lead to its authority, and its key, in PEM. */
export interface KeyMaterial {
  readonly certificate: string;
  readonly key: string;
}

/** What a broker has. */
export interface TlsMaterial extends KeyMaterial {
  /** For the listener that clients come to. */
  readonly clients: KeyMaterial;
  /** In PEM. */
  readonly authorities: readonly string[];
  readonly authorityCertificates: readonly X509Certificate[];
  readonly revocations: Revocations;
  /** The broker's own certificate. */
  readonly own: X509Certificate;
  /** The key of that, to sign with. */
  readonly ownKey: KeyObject;
  /** When the first of its certificates expires, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Reads it.
 * @param identity Who the certificate has to be of.
 * @throws SitewideError `CONFIG_INVALID` that names the file; what is in a file is never repeated.
 */
export async function loadMaterial(tls: TlsConfig, identity: PeerIdentity): Promise<TlsMaterial> {
  const [pair, clients, authorities] = await Promise.all([
    loadPair(tls),
    loadPair(tls.clients ?? tls),
    Promise.all(tls.authorities.map((file) => load(file, (text) => text))),
  ]);
  const found = identityOf(pair.x509);
  if (!found || peerUri(found) !== peerUri(identity)) {
    const whose = found ? `of ${peerUri(found)}` : 'of no broker';
    throw invalid(tls.certificate, `the certificate is ${whose}; this broker is ${peerUri(identity)}`);
  }
  const authorityCertificates = (await Promise.all(tls.authorities.map((file) => load(file, readBundle)))).flat();
  return {
    ...pair.material,
    clients: clients.material,
    authorities,
    authorityCertificates,
    revocations: await loadRevocations(tls.revoked, authorityCertificates),
    own: pair.x509,
    ownKey: pair.privateKey,
    expiresAt: Math.min(pair.x509.validToDate.getTime(), clients.x509.validToDate.getTime()),
  };
}

interface Pair {
  readonly material: KeyMaterial;
  readonly x509: X509Certificate;
  readonly privateKey: KeyObject;
}

async function loadPair(files: KeyMaterial): Promise<Pair> {
  const certificate = await load(files.certificate, (text) => text);
  const x509 = await load(files.certificate, (text) => new X509Certificate(text));
  const key = await load(files.key, (text) => ({ text, privateKey: createPrivateKey(text) }));
  if (!x509.checkPrivateKey(key.privateKey)) {
    throw invalid(files.key, `the key is not that of the certificate in ${files.certificate}`);
  }
  return { material: { certificate, key: key.text }, x509, privateKey: key.privateKey };
}

async function loadRevocations(
  files: readonly string[],
  authorities: readonly X509Certificate[],
): Promise<Revocations> {
  const lists = await Promise.all(files.map((file) => read(file)));
  try {
    return await readRevocations(lists, authorities);
  } catch (thrown) {
    throw invalid(files.join(', '), messageOf(thrown), thrown);
  }
}

function readBundle(text: string): readonly X509Certificate[] {
  const parts = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (parts.length === 0) {
    throw new Error('there is no certificate in it');
  }
  return parts.map((part) => new X509Certificate(part));
}

async function load<Value>(file: string, parse: (text: string) => Value): Promise<Value> {
  const bytes = await read(file);
  try {
    return parse(bytes.toString('latin1'));
  } catch (thrown) {
    throw invalid(file, `cannot be used: ${messageOf(thrown)}`, thrown);
  }
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (thrown) {
    throw invalid(file, `cannot be read: ${messageOf(thrown)}`, thrown);
  }
}

function invalid(file: string, problem: string, cause?: unknown): SitewideError {
  return new SitewideError('CONFIG_INVALID', { file, problem: `tls: ${problem}` }, { cause });
}
