// How a client shows its token to brokers.

/**
 * Gives the token to show, a fresh one if the last has expired; null to ask as nobody.
 * @param signal Aborts when nobody waits for it any more.
 */
export type GetToken = (signal: AbortSignal) => Promise<string | null>;

/** The header `authorization` for a token. */
export function bearer(token: string): string {
  return `Bearer ${token}`;
}
