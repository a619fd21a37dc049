import { z } from 'zod';

import { SitewideError } from '../core/errors.ts';
import { anonymous, type Principal } from '../model/principal.ts';

// Who asks, as brokers of one site tell it to one another: in a header, which nobody but they can send.

/** As JSON, in bytes: with all other headers it has to fit into the 16,384 bytes that a request may have of them. */
const mostBytes = 8_192;
/** Longer than what is encoded of so many bytes. */
const mostCharacters = 12_000;

const name = z.string().min(1).max(600);

const carried = z.object({
  subject: name,
  groups: z.array(name).max(1_000),
  site: z.string().min(1).max(64).nullable(),
  expiresAt: z.number().int().positive().nullable(),
});

/** True for whoever does not say who they are, to this site. */
export function isUnknown({ subject, site }: Principal): boolean {
  return subject === anonymous.subject && site === null;
}

/** The principal as the value of a header. */
export function encodePrincipal({ subject, groups, site, expiresAt }: Principal): string {
  return Buffer.from(JSON.stringify({ subject, groups, site, expiresAt })).toString('base64url');
}

/**
 * The principal that the value of a header stands for.
 * @throws SitewideError `PRINCIPAL_MALFORMED`.
 */
export function decodePrincipal(text: string): Principal {
  if (text.length > mostCharacters) {
    throw new SitewideError('PRINCIPAL_MALFORMED', {});
  }
  try {
    return carried.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    throw new SitewideError('PRINCIPAL_MALFORMED', {}, { cause });
  }
}

/**
 * Somebody whom other brokers can be told of.
 * @throws SitewideError `PRINCIPAL_TOO_LARGE`.
 */
export function requireCarriable(principal: Principal): Principal {
  const bytes = Buffer.byteLength(JSON.stringify(principal));
  if (bytes > mostBytes) {
    throw new SitewideError('PRINCIPAL_TOO_LARGE', { groups: principal.groups.length, bytes, mostBytes });
  }
  return principal;
}
