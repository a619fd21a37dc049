import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify, type LocalJWKSet } from 'jose';

import { tokenAlgorithms, type IssuerConfig } from '../config/auth-schema.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf, type SitewideError } from '../core/errors.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { refuseToken, type TokenCode } from './token-refusal.ts';

// Verifies a signed token (JSON Web Token, RFC 7519; with the advice of RFC 8725). Which keys and which algorithms count is
// said by the configuration of its issuer, never by the token.

/** One whose tokens are taken, and its keys. */
export interface Issuer {
  readonly config: IssuerConfig;
  readonly keys: IssuerKeys;
}

/** A token that is sound. */
export interface VerifiedToken {
  readonly issuer: Issuer;
  /** What it was verified with. */
  readonly keys: LocalJWKSet;
  readonly claims: JWTPayload;
  /** In milliseconds since 1970, with the leeway that the clocks of the issuer and of this machine get. */
  readonly expiresAt: number;
}

interface VerifyOptions {
  /** By what they are called in `iss`. */
  readonly issuers: ReadonlyMap<string, Issuer>;
  readonly clock: Clock;
}

/**
 * Verifies a token.
 * @throws SitewideError `TOKEN_…`, `ISSUER_UNAVAILABLE`; or the signal's reason.
 */
export async function verifyToken(
  token: string,
  { issuers, clock }: VerifyOptions,
  signal: AbortSignal,
): Promise<VerifiedToken> {
  const { algorithm, issuer: name, hasKeyId } = readUnverified(token);
  const issuer = issuers.get(name);
  if (!issuer) {
    throw refuseToken('TOKEN_ISSUER', 'its issuer is not configured');
  }
  const { config, keys } = issuer;
  if (!config.algorithms.some((allowed) => allowed === algorithm)) {
    throw refuseToken('TOKEN_ALGORITHM', `its algorithm is not among auth.issuers[].algorithms of "${config.issuer}"`);
  }
  const verify = async (set: LocalJWKSet): Promise<VerifiedToken> => {
    const claims = await verifyWith(token, set, { config, clock });
    // jose has seen that it is there and a number.
    return { issuer, keys: set, claims, expiresAt: Number(claims.exp) * 1_000 + config.clockSkewMs };
  };
  const tried = await keys.current(signal);
  try {
    return await verify(tried);
  } catch (thrown) {
    const mayBeNewKey =
      thrown instanceof errors.JWKSNoMatchingKey ||
      (!hasKeyId && thrown instanceof errors.JWSSignatureVerificationFailed);
    const renewed = mayBeNewKey ? await keys.renewed(tried, signal) : null;
    if (renewed === null) {
      throw refusalOf(thrown);
    }
    return await verify(renewed).catch((again: unknown) => Promise.reject(refusalOf(again)));
  }
}

/** What a token says of itself, good for nothing but to find out how to verify it. */
function readUnverified(token: string): { algorithm: string; issuer: string; hasKeyId: boolean } {
  const { alg, kid, typ } = orMalformed(() => decodeProtectedHeader(token));
  const { iss } = orMalformed(() => decodeJwt(token));
  if (!isForRequests(typ)) {
    throw refuseToken('TOKEN_MALFORMED', 'its type is one that is not for requests');
  }
  if (!tokenAlgorithms.some((known) => known === alg)) {
    throw refuseToken('TOKEN_ALGORITHM', 'its algorithm is none, or one whose key could make tokens as well');
  }
  if (typeof iss !== 'string') {
    throw refuseToken('TOKEN_ISSUER', 'it names no issuer');
  }
  return { algorithm: String(alg), issuer: iss, hasKeyId: kid !== undefined };
}

/** Issuers sign other things with the same keys, such as notices of a logout (RFC 8725, 3.11). */
function isForRequests(type: unknown): boolean {
  return type === undefined || (typeof type === 'string' && /^(application\/)?(at\+)?jwt$/i.test(type));
}

function orMalformed<Part>(decode: () => Part): Part {
  try {
    return decode();
  } catch (thrown) {
    throw refuseToken('TOKEN_MALFORMED', messageOf(thrown));
  }
}

interface Judging {
  readonly config: IssuerConfig;
  readonly clock: Clock;
}

async function verifyWith(token: string, keys: LocalJWKSet, { config, clock }: Judging): Promise<JWTPayload> {
  const options = {
    issuer: config.issuer,
    audience: [...config.audience],
    algorithms: [...config.algorithms],
    clockTolerance: config.clockSkewMs / 1_000,
    currentDate: new Date(clock.now()),
    requiredClaims: ['exp'],
  };
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (thrown) {
    if (!(thrown instanceof errors.JWKSMultipleMatchingKeys)) {
      throw thrown;
    }
    let last: unknown = thrown;
    for await (const key of thrown) {
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) {
          throw failure;
        }
        last = failure;
      }
    }
    throw last;
  }
}

const codeOfClaim: Readonly<Record<string, TokenCode>> = {
  exp: 'TOKEN_MALFORMED',
  nbf: 'TOKEN_NOT_YET_VALID',
  aud: 'TOKEN_AUDIENCE',
  iss: 'TOKEN_ISSUER',
};

/** The refusal that an error of jose amounts to. Its messages hold nothing of the token, its other members do. */
function refusalOf(thrown: unknown): SitewideError {
  return refuseToken(codeOf(thrown), messageOf(thrown));
}

function codeOf(thrown: unknown): TokenCode {
  if (thrown instanceof errors.JWTExpired) {
    return 'TOKEN_EXPIRED';
  }
  if (thrown instanceof errors.JWTClaimValidationFailed) {
    const isAbsurd = thrown.claim === 'nbf' && thrown.reason === 'invalid';
    return isAbsurd ? 'TOKEN_MALFORMED' : (codeOfClaim[thrown.claim] ?? 'TOKEN_MALFORMED');
  }
  if (thrown instanceof errors.JOSEAlgNotAllowed || thrown instanceof errors.JOSENotSupported) {
    return 'TOKEN_ALGORITHM';
  }
  if (thrown instanceof errors.JWSInvalid || thrown instanceof errors.JWTInvalid) {
    return 'TOKEN_MALFORMED';
  }
  // A wrong signature, an unknown key, or one that is none of that algorithm.
  return 'TOKEN_SIGNATURE';
}
