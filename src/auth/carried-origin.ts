import { z } from 'zod';

import { SitewideError } from '../core/errors.ts';
import type { Origin } from '../model/audit.ts';

// From where somebody asks, as brokers of one site tell it to one another beside who it is.

const carried = z.object({
  address: z.string().min(1).max(100).nullable(),
  broker: z.string().min(1).max(300).nullable(),
});

/** Longer than what is encoded of so much. */
const mostCharacters = 1_000;

/** The origin as the value of a header. */
export function encodeOrigin({ address, broker }: Origin): string {
  return Buffer.from(JSON.stringify({ address, broker })).toString('base64url');
}

/**
 * The origin that the value of a header stands for.
 * @throws SitewideError `PRINCIPAL_MALFORMED`.
 */
export function decodeOrigin(text: string): Origin {
  try {
    return carried.parse(JSON.parse(Buffer.from(text.slice(0, mostCharacters), 'base64url').toString()));
  } catch (cause) {
    throw new SitewideError('PRINCIPAL_MALFORMED', {}, { cause });
  }
}
