import { createHash } from 'node:crypto';

// A chain of records, each of which holds the hash of the one before it: whoever has kept one hash can tell whether anything up to
// it was altered, taken out or put in.

/** A record in its place. */
export interface ChainLink {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** When it was written, in milliseconds since 1970; each is later than the one before. */
  readonly at: number;
  /** The hash of the link before; `noHash` before the first. */
  readonly previousHash: string;
  readonly hash: string;
  /** The text that the hash is of. */
  readonly record: string;
}

/** What the first link has for the hash of the one before. */
export const noHash = '0'.repeat(64);

/**
 * The hash that a link has to have: SHA-256, in hexadecimal digits, of the hash before it, its number, its time in
 * milliseconds and its record, with a line feed between each. The database writes the same (src/store/migrations/0005-audit.ts).
 */
export function chainHash({ previousHash, sequence, at, record }: Omit<ChainLink, 'hash'>): string {
  return createHash('sha256').update([previousHash, sequence, at, record].join('\n')).digest('hex');
}
