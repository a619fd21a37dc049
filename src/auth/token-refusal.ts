import { type ErrorCode, SitewideError } from '../core/errors.ts';

// A token that is not taken. Its sender learns the code; why exactly is for the log.

/** The codes by which tokens are refused. */
export type TokenCode = Extract<ErrorCode, `TOKEN_${string}`>;

/**
 * The refusal of a token.
 * @param reason For the log; it must not tell what a secret is.
 */
export function refuseToken(code: TokenCode, reason: string): SitewideError {
  return new SitewideError(code, {}, { cause: new Error(reason) });
}
