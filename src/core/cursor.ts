import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

import { LRUCache } from 'lru-cache';

import { canonicalJson } from './canonical-json.ts';
import { SitewideError } from './errors.ts';
import { bytesToText, textToBytes } from './key.ts';

// Cursors: `key.seal` for a row and `key.seal.trail` for the ends of a page. The key is the row's sort key as text
// (key.ts), so that texts of one list compare like its rows. The seal names the version, the list the cursor was made for
// and a checksum. The trail is written by the tier that answered and says what the pages so far rest on. Nothing is
// secret: any equivalent broker must be able to read a cursor, and a cursor grants nothing.

const version = 1;
const listHashBytes = 6;
const checksumBytes = 4;

/** What the pages up to a cursor rest on. */
export interface Trail {
  /** The sources that answered, each with the revision of its data. */
  readonly seen: Readonly<Record<string, number>>;
  /** The sources that were absent from one of the pages so far. */
  readonly missed: readonly string[];
}

/** A cursor as read. */
export interface Cursor {
  /** The sort key of the row, as order-preserving text. */
  readonly key: string;
  /** Null for the cursor of a row, which carries no trail. */
  readonly trail: Trail | null;
}

/**
 * A short hash of what makes a list the list it is: its field and its arguments other than the paging ones.
 * @param args Plain JSON values; null and missing ones do not count, nor does the order of keys.
 */
export function hashList(field: string, args: Readonly<Record<string, unknown>>): Buffer {
  const text = `${field}${canonicalJson(args)}`;
  const known = knownHashes.get(text);
  if (known) {
    return known;
  }
  const hash = createHash('sha256').update(text).digest().subarray(0, listHashBytes);
  if (text.length < longestKnown) {
    knownHashes.set(text, hash);
  }
  return hash;
}

/** The hashes of lists that were asked for lately: the same few are, again and again. */
const knownHashes = new LRUCache<string, Buffer>({ max: 1_000 });
/** The name of a list that is longer is not kept. */
const longestKnown = 1_000;

/** The cursor of a row. */
export function encodeCursor(key: string, listHash: Buffer): string {
  const head = Buffer.concat([Buffer.from([version]), listHash]);
  return `${key}.${bytesToText(Buffer.concat([head, checksum(key, head)]))}`;
}

/** The cursor of a page's end: a row's cursor with the trail behind it. */
export function withTrail(rowCursor: string, trail: Trail): string {
  const bytes = Buffer.from(JSON.stringify([trail.seen, trail.missed]), 'utf8');
  return `${rowCursor}.${bytesToText(Buffer.concat([bytes, checksum(rowCursor, bytes)]))}`;
}

/** The cursor of the row at a page's end, whatever the page rests on. */
export function withoutTrail(cursor: string): string {
  return cursor.split('.', 2).join('.');
}

/**
 * Reads a cursor and checks that it belongs to the list.
 * @throws SitewideError `CURSOR_INVALID` if it is malformed or altered, `CURSOR_MISMATCH` if it is another list's.
 */
export function decodeCursor(cursor: string, listHash: Buffer): Cursor {
  const [key, sealText, trailText, ...rest] = cursor.split('.');
  if (key === undefined || sealText === undefined || rest.length > 0) {
    throw invalid(cursor, 'it does not have two or three parts');
  }
  const seal = textToBytes(sealText);
  if (textToBytes(key) === null || seal === null || seal.length !== 1 + listHashBytes + checksumBytes) {
    throw invalid(cursor, 'it is malformed');
  }
  const head = seal.subarray(0, 1 + listHashBytes);
  if (!checksum(key, head).equals(seal.subarray(1 + listHashBytes))) {
    throw invalid(cursor, 'its checksum does not match, so it was altered or cut');
  }
  if (seal[0] !== version) {
    throw invalid(cursor, `its version is ${seal[0]}, this broker reads ${version}`);
  }
  if (!head.subarray(1).equals(listHash)) {
    throw new SitewideError('CURSOR_MISMATCH', { cursor });
  }
  return { key, trail: trailText === undefined ? null : decodeTrail(cursor, trailText) };
}

function decodeTrail(cursor: string, text: string): Trail {
  const bytes = textToBytes(text);
  const rowCursor = cursor.slice(0, cursor.lastIndexOf('.'));
  const body = bytes?.subarray(0, -checksumBytes);
  if (!bytes || !body || !checksum(rowCursor, body).equals(bytes.subarray(-checksumBytes))) {
    throw invalid(cursor, 'its last part was altered or cut');
  }
  const trail = parseTrail(body.toString('utf8'));
  if (trail === null) {
    throw invalid(cursor, 'its last part says nothing that is understood');
  }
  return trail;
}

/** A checksum is no signature: whoever can compute it can write any text here. */
function parseTrail(text: string): Trail | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  const [seen, missed] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
  return isSeen(seen) && isMissed(missed) ? { seen, missed } : null;
}

function isSeen(value: unknown): value is Trail['seen'] {
  return typeof value === 'object' && value !== null && Object.values(value).every(Number.isSafeInteger);
}

function isMissed(value: unknown): value is Trail['missed'] {
  return Array.isArray(value) && value.every((source) => typeof source === 'string');
}

function checksum(text: string, bytes: Buffer): Buffer {
  const sum = Buffer.alloc(checksumBytes);
  sum.writeUInt32BE(crc32(bytes, crc32(text)));
  return sum;
}

function invalid(cursor: string, problem: string): SitewideError {
  return new SitewideError('CURSOR_INVALID', { cursor, problem });
}
