import { createHash } from 'node:crypto';

// The short name of a version of the base schema. Brokers of different versions work together, and by this name they tell
// whether they are.

/** 48 bits: enough to tell the few versions apart that ever meet, and few bytes in every answer. */
const length = 8;

/** The name of the version that this text is. */
export function schemaHash(sdl: string): string {
  return createHash('sha256').update(sdl).digest('base64url').slice(0, length);
}
