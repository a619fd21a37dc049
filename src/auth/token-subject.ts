import type { JWTPayload } from 'jose';

import { apiSubjectPrefix, type IssuerConfig } from '../config/auth-schema.ts';
import { anonymous } from '../model/principal.ts';
import { refuseToken } from './token-refusal.ts';

// Who somebody is, from what the issuer of their token says. No two of those who may come in are called the same: with
// several issuers each has a prefix of its own, and what API tokens and the anonymous are called is nobody else's.

/** A subject: printable, and without white space, which would let one look like somebody else where it is written down. */
const subjectPattern = /^[^\s\p{C}]{1,256}$/u;
/** A group: printable. Those of directories have spaces. */
const groupPattern = /^[^\p{C}]{1,256}$/u;
/** More groups than any directory puts into a token. */
const mostGroups = 1_000;

/**
 * The subject of a token.
 * @throws SitewideError `TOKEN_MALFORMED`.
 */
export function subjectOf(claims: JWTPayload, { subjectClaim, prefix = '' }: IssuerConfig): string {
  const found = claims[subjectClaim];
  if (typeof found !== 'string' || !subjectPattern.test(found)) {
    throw refuseToken(
      'TOKEN_MALFORMED',
      `its claim "${subjectClaim}" is no name of 1 to 256 characters without spaces`,
    );
  }
  const subject = `${prefix}${found}`;
  if (subject === anonymous.subject || subject.startsWith(apiSubjectPrefix)) {
    throw refuseToken('TOKEN_MALFORMED', `its claim "${subjectClaim}" is what only others are called`);
  }
  return subject;
}

/**
 * The groups of a token: a list, or one name; without the claim there are none.
 * @throws SitewideError `TOKEN_MALFORMED`.
 */
export function groupsOf(claims: JWTPayload, { groupsClaim, prefix = '' }: IssuerConfig): readonly string[] {
  const found = claims[groupsClaim] ?? [];
  const groups: readonly unknown[] = Array.isArray(found) ? found : [found];
  const areNames = groups.every((group): group is string => typeof group === 'string' && groupPattern.test(group));
  if (!areNames || groups.length > mostGroups) {
    throw refuseToken('TOKEN_MALFORMED', `its claim "${groupsClaim}" is no list of at most ${mostGroups} names`);
  }
  return [...new Set(groups)].map((group) => `${prefix}${group}`);
}
