import { anonymous, type Principal } from '../model/principal.ts';

// Users are known by what they show with a request: a token.

/** Knows users. */
export interface Authenticator {
  /**
   * Whose token it is.
   * @param authorization The header `authorization` as it came; undefined if there is none.
   * @throws SitewideError with a code of its own for each reason, or the signal's reason.
   */
  authenticate(authorization: string | undefined, signal: AbortSignal): Promise<Principal> | Principal;
}

/** Knows nobody, and lets everybody be anonymous. */
export const openAuthenticator: Authenticator = { authenticate: () => anonymous };
