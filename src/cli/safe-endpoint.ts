import { SitewideError } from '../core/errors.ts';

// Where a token may be sent: where nobody can read it on the way.

/**
 * Refuses endpoints that a token may not be shown to.
 * @throws SitewideError `ENDPOINT_UNSAFE`.
 */
export function requireSafe(endpoints: readonly string[]): void {
  for (const endpoint of endpoints) {
    const { protocol, hostname } = new URL(endpoint);
    if (protocol !== 'https:' && !isLoopback(hostname)) {
      throw new SitewideError('ENDPOINT_UNSAFE', { endpoint });
    }
  }
}

/** True for the names that are always this machine. @param hostname As the class URL writes it. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
