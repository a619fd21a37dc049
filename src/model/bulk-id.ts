import { createHash } from 'node:crypto';

// The id of a bulk. Every installation, and every broker that is asked again, has to come to the same one.

/** The local id of the bulk that this actor asks for with this key: a UUID (version 8, RFC 9562) made from both. */
export function bulkLocalIdOf(actor: string, idempotencyKey: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([actor, idempotencyKey]))
    .digest();
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
