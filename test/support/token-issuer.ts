import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

// An issuer of tokens on this machine, whose keys a test replaces and which it sends away.

/** A key that signs. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

type CryptoKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** An issuer that runs. Disposing ends it. */
export interface TokenIssuer extends AsyncDisposable {
  /** What its tokens have in `iss`. */
  readonly url: string;
  /** The key that it signs with. */
  readonly key: SigningKey;
  /** How often its keys were asked for. */
  readonly asked: number;
  /** A token that is sound. @param claims Instead of or beside the usual ones; undefined leaves one out. */
  sign(claims?: Readonly<Record<string, unknown>>, key?: SigningKey): Promise<string>;
  /** Signs with another key from now on. @param keepsOld Whether the keys before are still published. */
  rotate(keepsOld: boolean): Promise<void>;
  /** Whether it answers, refuses, or takes connections and says nothing. */
  behave(how: 'ANSWERS' | 'REFUSES' | 'HANGS'): void;
}

let keys = 0;

/** A new key, which nobody publishes. */
export async function createSigningKey(alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `key-${(keys += 1)}`;
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** Seconds since 1970. */
export function seconds(fromNowMs = 0): number {
  return Math.floor((Date.now() + fromNowMs) / 1_000);
}

/** Starts one. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  let key = await createSigningKey();
  let published = [key.publicJwk];
  let how: 'ANSWERS' | 'REFUSES' | 'HANGS' = 'ANSWERS';
  let asked = 0;
  const server = createServer((request, response) => {
    if (request.url === '/keys') asked += 1;
    if (how === 'HANGS') return;
    const body =
      request.url === '/keys' ? { keys: published } : { issuer: url, jwks_uri: `${url}/keys`, token_endpoint: url };
    response.writeHead(how === 'REFUSES' ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    get key() {
      return key;
    },
    get asked() {
      return asked;
    },
    sign(claims = {}, by = key) {
      const usual = { iss: url, aud: 'sitewide', sub: 'alice', groups: ['operators'], exp: seconds(600_000) };
      return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: by.alg, kid: by.kid }).sign(by.privateKey);
    },
    async rotate(keepsOld) {
      key = await createSigningKey();
      published = [...(keepsOld ? published : []), key.publicJwk];
    },
    behave(next) {
      how = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
