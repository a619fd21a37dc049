import { createHash } from 'node:crypto';

// The short name of an operation's text, by which brokers of different sites refer to a text that was sent before.

/** 132 bits: nobody finds a second text with the same name. */
const characters = 22;

/** The name of a text. */
export function hashDocument(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, characters);
}

/** True if this can be the name of a text. */
export function isDocumentHash(name: string): boolean {
  return name.length === characters && /^[\w-]+$/.test(name);
}
