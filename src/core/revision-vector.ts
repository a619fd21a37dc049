import { crc32 } from 'node:zlib';

import { SitewideError } from './errors.ts';

// How far each installation's feed was when something was seen, as one opaque token: what a stream goes on after, and what
// an answer must at least show. No secret, as with cursors: a token grants nothing.

const version = 1;

/** A place in the feed of an installation. */
export interface Place {
  /** The life of the feed: numbers of two lives cannot be compared. */
  readonly feed: string;
  /** The number of the last append that was seen whole. */
  readonly revision: number;
  /** How many changes of the append after that were seen. */
  readonly part: number;
}

/** The place in the feed of each installation, by its configured id. */
export type RevisionVector = Readonly<Record<string, Place>>;

/** The token of a vector. */
export function encodeRevisions(vector: RevisionVector): string {
  const places = Object.entries(vector)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([installation, { feed, revision, part }]) => [installation, feed, revision, part]);
  const text = JSON.stringify([version, ...places]);
  return Buffer.from(`${text}${checksum(text)}`, 'utf8').toString('base64url');
}

/**
 * The vector of a token.
 * @throws SitewideError `REVISION_INVALID` if it is not one that `encodeRevisions` writes.
 */
export function decodeRevisions(token: string): RevisionVector {
  const whole = Buffer.from(token, 'base64url').toString('utf8');
  const end = whole.lastIndexOf(']') + 1;
  const text = whole.slice(0, end);
  if (whole.slice(end) !== checksum(text)) {
    throw invalid(token, 'its checksum does not match, so it was altered or cut');
  }
  const [found, ...places] = parsed(token, text);
  if (found !== version) {
    throw invalid(token, `its version is ${JSON.stringify(found)}, this broker reads ${version}`);
  }
  return Object.fromEntries(
    places.map((place) => {
      if (!isPlace(place)) {
        throw invalid(token, 'it says nothing that is understood');
      }
      const [installation, feed, revision, part] = place;
      return [installation, { feed, revision, part }];
    }),
  );
}

/** Of each installation the later place. Of two lives of a feed the second vector's counts. */
export function laterRevisions(a: RevisionVector, b: RevisionVector): RevisionVector {
  const merged: Record<string, Place> = { ...a };
  for (const [installation, place] of Object.entries(b)) {
    const known = merged[installation];
    merged[installation] = known !== undefined && isLater(known, place) ? known : place;
  }
  return merged;
}

/** True if the first place is after the second one in the same life of a feed. */
export function isLater(a: Place, b: Place): boolean {
  return a.feed === b.feed && (a.revision > b.revision || (a.revision === b.revision && a.part > b.part));
}

function parsed(token: string, text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    throw invalid(token, 'it is malformed');
  }
}

function isPlace(value: unknown): value is [string, string, number, number] {
  if (!Array.isArray(value) || value.length !== 4) {
    return false;
  }
  const [installation, feed, ...numbers] = value as unknown[];
  return (
    typeof installation === 'string' &&
    typeof feed === 'string' &&
    numbers.every((number) => Number.isSafeInteger(number) && (number as number) >= 0)
  );
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

function invalid(token: string, problem: string): SitewideError {
  return new SitewideError('REVISION_INVALID', { token, problem });
}
