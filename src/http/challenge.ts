import type { SitewideError } from '../core/errors.ts';

// What is said to whoever is not known: how to say who one is (RFC 6750, 3), and no more than the code of the error says.

/** The header `www-authenticate` for an error; null if it is not about a token. */
export function challengeOf({ code, message }: SitewideError): string | null {
  if (code === 'TOKEN_REQUIRED') {
    return 'Bearer realm="sitewide"';
  }
  return code.startsWith('TOKEN_')
    ? `Bearer realm="sitewide", error="invalid_token", error_description="${message}"`
    : null;
}
