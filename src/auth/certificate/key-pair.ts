import { createPrivateKey, createPublicKey, type webcrypto } from 'node:crypto';

// Keys of certificates: ECDSA on P-256, which every TLS library of these days speaks, and whose signatures are small.

/** How keys are made and sign. */
export const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A new pair of keys. */
export function createKeyPair(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

/** The private key as PKCS#8 in PEM. */
export async function keyPemOf({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString();
}

/**
 * The pair of a private key in PEM.
 * @throws Error if it is no private key on P-256 or is protected by a passphrase.
 */
export async function readKeyPair(keyPem: string): Promise<webcrypto.CryptoKeyPair> {
  const key = createPrivateKey(keyPem);
  const privateDer = key.export({ format: 'der', type: 'pkcs8' });
  const publicDer = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.importKey('pkcs8', new Uint8Array(privateDer), keyAlgorithm, true, ['sign']),
    crypto.subtle.importKey('spki', new Uint8Array(publicDer), keyAlgorithm, true, ['verify']),
  ]);
  return { privateKey, publicKey };
}
