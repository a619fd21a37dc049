import { readFile } from 'node:fs/promises';
import type { ReadableStream } from 'node:stream/web';

import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from 'jose';

import type { IssuerConfig } from '../config/auth-schema.ts';
import { abortable } from '../core/abort.ts';

// Gets the keys of an issuer from where they are: behind its discovery document (OpenID Connect Discovery 1.0), at an
// address, or in a file.

/** How keys are got. */
export interface KeySource {
  readonly issuer: Pick<IssuerConfig, 'issuer' | 'jwksUrl' | 'jwksFile'>;
  readonly fetch: typeof globalThis.fetch;
}

/** The keys of some hundred issuers' worth, in bytes; whoever answers more is no issuer. */
const longestAnswer = 1_048_576;

/**
 * Gets the keys as they are now.
 * @throws If they cannot be had or are no keys; or the signal's reason.
 */
export async function fetchKeys(source: KeySource, signal: AbortSignal): Promise<LocalJWKSet> {
  const { jwksFile, jwksUrl } = source.issuer;
  if (jwksFile !== undefined) {
    return keysOf(JSON.parse(await abortable(readFile(jwksFile, 'utf8'), signal)));
  }
  return keysOf(await fetchJson(jwksUrl ?? (await discover(source, signal)), source, signal));
}

function keysOf(found: unknown): LocalJWKSet {
  // What is no set of keys is refused there.
  return createLocalJWKSet(found as JSONWebKeySet);
}

async function discover(source: KeySource, signal: AbortSignal): Promise<string> {
  const { issuer } = source.issuer;
  const found = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, source, signal);
  const { issuer: name, jwks_uri: url } = found as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
  if (name !== issuer) {
    // OpenID Connect Discovery, 4.3: whoever answers in the name of another must not be believed.
    throw new Error('the discovery document is that of another issuer');
  }
  const isSafe = issuer.startsWith('https:') ? /^https:/ : /^https?:/;
  if (typeof url !== 'string' || !isSafe.test(url) || !URL.canParse(url)) {
    throw new Error('the discovery document has no jwks_uri that can be trusted');
  }
  return url;
}

async function fetchJson(url: string, { fetch }: KeySource, signal: AbortSignal): Promise<object> {
  const response = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json' } });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${url} answered HTTP ${response.status}`);
  }
  const found: unknown = JSON.parse(await readText(response));
  if (typeof found !== 'object' || found === null) {
    throw new Error(`${url} did not answer a JSON object`);
  }
  return found;
}

async function readText(response: Response): Promise<string> {
  const body = response.body as ReadableStream<Uint8Array> | null;
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > longestAnswer) {
      throw new Error('the answer of the issuer is too long');
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
