import type { KeyObject } from 'node:crypto';

import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

import type { Clock } from '../core/clock.ts';
import { type ErrorCode, messageOf, SitewideError } from '../core/errors.ts';
import type { PeerIdentity } from '../model/peer.ts';
import { peerUri } from '../model/peer.ts';
import type { Principal } from '../model/principal.ts';
import type { ConnectedPeer } from './vouching.ts';

// What a broker says to one of another site of whoever asks: a signed statement (JSON Web Signature, RFC 7515) that is good for
// one request to one broker, and for a moment. It is signed with the key by which its sender proved who it is when the
// connection was made, so that it needs no certificate, and nobody who gets hold of it can use it.

/** How long it is good, in milliseconds: for the way, and for a broker that begins late. */
const lifetimeMs = 30_000;
/** How much the clocks of two sites may differ, in milliseconds. */
const skewMs = 10_000;
/** Longer than any that is signed here. */
const mostCharacters = 12_500;

const name = z.string().min(1).max(600);

/** Short names: each request between sites carries them. Those of three letters that RFC 7519 does not have are ours. */
const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  exp: z.number(),
  jti: z.string().min(1).max(100),
  rid: z.string(),
  sub: name,
  grp: z.array(name).max(1_000).default([]),
  end: z.number().int().positive().nullable().default(null),
});

/** What is stated. */
export interface Statement {
  readonly principal: Principal;
  readonly from: PeerIdentity;
  readonly to: PeerIdentity;
  readonly requestId: string;
  /** Different in each. */
  readonly id: string;
}

/** What was found in one that is sound. */
export interface Assertion {
  readonly principal: Principal;
  readonly id: string;
  /** When nobody takes it any more, in milliseconds since 1970. */
  readonly takenUntil: number;
}

/** The codes by which assertions are refused. */
type AssertionCode = Extract<ErrorCode, `ASSERTION_${string}`>;

/** The refusal of an assertion. @param reason For the log. */
export function refuseAssertion(code: AssertionCode, reason: string): SitewideError {
  return new SitewideError(code, {}, { cause: new Error(reason) });
}

/** Signs a statement. */
export function signAssertion(
  { principal, from, to, requestId, id }: Statement,
  key: KeyObject,
  now: number,
): Promise<string> {
  const { subject, groups, expiresAt } = principal;
  return new SignJWT({
    iss: peerUri(from),
    aud: peerUri(to),
    exp: Math.ceil((now + lifetimeMs) / 1_000),
    jti: id,
    rid: requestId,
    sub: subject,
    ...(groups.length > 0 && { grp: groups }),
    ...(expiresAt !== null && { end: expiresAt }),
  })
    .setProtectedHeader({ alg: algorithmOf(key) })
    .sign(key);
}

/** What an assertion has to be. */
export interface Expected {
  /** Who has sent it, over a connection of its own. */
  readonly peer: ConnectedPeer;
  /** This broker. */
  readonly to: PeerIdentity;
  readonly requestId: string;
  readonly clock: Clock;
}

/**
 * Verifies an assertion, except that it was not used before.
 * @throws SitewideError `ASSERTION_…`.
 */
export async function verifyAssertion(token: string, { peer, to, requestId, clock }: Expected): Promise<Assertion> {
  const now = clock.now();
  const claims = readClaims(await verifiedPayload(token, { peer, to, now }));
  const expiresAt = claims.exp * 1_000;
  if (expiresAt > now + lifetimeMs + 1_000 + skewMs) {
    throw refuseAssertion('ASSERTION_EXPIRED', 'it claims to be good for longer than any is');
  }
  if (claims.rid !== requestId) {
    throw refuseAssertion('ASSERTION_MISMATCH', 'it is for another request');
  }
  const principal = { subject: claims.sub, groups: claims.grp, site: peer.site, expiresAt: claims.end };
  return { principal, id: claims.jti, takenUntil: expiresAt + skewMs };
}

interface Verifying {
  readonly peer: ConnectedPeer;
  readonly to: PeerIdentity;
  readonly now: number;
}

async function verifiedPayload(token: string, { peer, to, now }: Verifying): Promise<unknown> {
  if (token.length > mostCharacters) {
    throw refuseAssertion('ASSERTION_MALFORMED', 'it is too long');
  }
  try {
    const { payload } = await jwtVerify(token, peer.publicKey, {
      algorithms: [algorithmOf(peer.publicKey)],
      issuer: peerUri(peer),
      audience: peerUri(to),
      currentDate: new Date(now),
      clockTolerance: skewMs / 1_000,
      requiredClaims: ['exp'],
    });
    return payload;
  } catch (thrown) {
    throw refuseAssertion(codeOf(thrown), messageOf(thrown));
  }
}

function readClaims(payload: unknown): z.output<typeof claimsSchema> {
  const read = claimsSchema.safeParse(payload);
  if (!read.success) {
    throw refuseAssertion('ASSERTION_MALFORMED', 'its claims are not those of an assertion');
  }
  return read.data;
}

const codeOfClaim: Readonly<Record<string, AssertionCode>> = {
  nbf: 'ASSERTION_EXPIRED',
  aud: 'ASSERTION_AUDIENCE',
  iss: 'ASSERTION_MISMATCH',
};

function codeOf(thrown: unknown): AssertionCode {
  if (thrown instanceof errors.JWTExpired) {
    return 'ASSERTION_EXPIRED';
  }
  if (thrown instanceof errors.JWTClaimValidationFailed) {
    return codeOfClaim[thrown.claim] ?? 'ASSERTION_MALFORMED';
  }
  if (thrown instanceof errors.JWSInvalid || thrown instanceof errors.JWTInvalid) {
    return 'ASSERTION_MALFORMED';
  }
  // A wrong signature, or one of another algorithm than that of the sender's key.
  return 'ASSERTION_SIGNATURE';
}

/** The one way in which a key signs: what an assertion says about it counts only if it is the same. */
function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  switch (asymmetricKeyType) {
    case 'ec':
      return algorithmOfCurve[asymmetricKeyDetails?.namedCurve ?? ''] ?? 'ES256';
    case 'ed25519':
      return 'EdDSA';
    default:
      return 'PS256';
  }
}

const algorithmOfCurve: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};
