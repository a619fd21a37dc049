import { LRUCache } from 'lru-cache';

import { release } from '../core/release.ts';
import type { Coverage } from '../model/coverage.ts';
import type { RowBlock, RowTexts } from './row-block.ts';
import { FramesError, Lines } from './row-lines.ts';

// The framing of rows between brokers: lines. The first says whose rows they are and of which version of the schema; then comes
// a row a line, its key, a space and its JSON; the last line says how many there were and what else was asked. Keys are of
// an alphabet without braces, so that a line that begins with one is no row. What ends without its last line was cut.

export { FramesError };

/** The media type of an answer in this form; a parameter names the version of the schema whose rows are understood. */
export const rowsMediaType = 'application/vnd.sitewide.rows';
/** The version of this framing. */
const version = 1;

/** What stands before the rows. */
export interface FramesHead {
  readonly installation: string;
  readonly broker: string;
  /** The name of the version of the base schema. */
  readonly schema: string;
}

/** What stands after the rows. */
export interface FramesTail {
  /** Whether rows follow these, or precede them, at the source. */
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** The revision that these rows are of, by source; empty if there are none. */
  readonly seen: Readonly<Record<string, number>>;
  /** The fields of the connection that are no lists, by response name. */
  readonly page: Readonly<Record<string, unknown>>;
  /** What they rest on. */
  readonly coverage: Coverage | null;
}

/** What an answer in this form says. */
export interface Frames {
  readonly head: FramesHead;
  readonly rows: RowBlock;
  readonly tail: FramesTail;
}

/** The `Accept` of whoever understands rows of this version of the schema, and GraphQL's own form as well. */
export function acceptRows(schema: string): string {
  return `${rowsMediaType};v=${version};schema=${schema}, application/graphql-response+json;q=0.9, application/json;q=0.8`;
}

/** True if an `Accept` asks for rows of this version. */
export function acceptsRows(accept: string | undefined, schema: string): boolean {
  return accept?.startsWith(`${rowsMediaType};v=${version};schema=${schema},`) ?? false;
}

/** A whole answer in this form. */
export function encodeFrames({ head, rows, tail }: Omit<Frames, 'rows'> & { readonly rows: RowTexts }): Buffer {
  const bytes = createBytes();
  bytes.write(writeHead(head));
  for (let from = 0; from < rows.length; from += rowsAtATime) {
    let text = '';
    for (let at = from; at < Math.min(rows.length, from + rowsAtATime); at += 1) {
      text += `${rows.key(at)} ${rows.text(at)}\n`;
    }
    bytes.write(text);
  }
  bytes.write(writeTail(tail, rows.length));
  return bytes.take();
}

/** Texts of some kilobytes are the quickest to write (measured). */
const rowsAtATime = 16;

/** Where answers are put together; nothing is kept here. */
let scratch = Buffer.allocUnsafeSlow(262_144);
/** One that had to be larger than this, in bytes, is not kept for the next answer. */
const largestScratch = 4_194_304;

interface Bytes {
  write(text: string): void;
  /** All that was written. */
  take(): Buffer;
}

/** Bytes of which nobody knows how many there will be. To be written without a pause, since the place is one for all. */
function createBytes(): Bytes {
  let space = scratch;
  let length = 0;
  return {
    write(text) {
      // At most three bytes for a unit.
      const needed = length + 3 * text.length;
      if (needed > space.length) {
        const larger = Buffer.allocUnsafeSlow(2 * needed);
        space.copy(larger, 0, 0, length);
        release(space);
        space = larger;
        scratch = larger;
      }
      length += space.write(text, length);
    },
    take() {
      const bytes = Buffer.allocUnsafeSlow(length);
      space.copy(bytes, 0, 0, length);
      if (space.length > largestScratch) {
        scratch = Buffer.allocUnsafeSlow(largestScratch);
        release(space);
      }
      return bytes;
    },
  };
}

/** The line before the rows. */
export function writeHead(head: FramesHead): string {
  return `${JSON.stringify({ v: version, ...head })}\n`;
}

/** The line after so many rows. */
export function writeTail(tail: FramesTail, count: number): string {
  return `${JSON.stringify({ count, ...tail })}\n`;
}

/**
 * Reads a whole answer in this form. The rows are where they were.
 * @throws FramesError if it is none, or was cut.
 */
export function decodeFrames(bytes: Buffer): Frames {
  return bytes.length <= shortAnswer ? decodeShort(bytes) : decodeLong(bytes);
}

/** Up to so many bytes an answer is cut as a text, which is quicker; making one of a longer answer costs more than it saves. */
const shortAnswer = 16_384;

function decodeShort(bytes: Buffer): Frames {
  // A character for each byte, so that places are the same.
  const text = bytes.toString('latin1');
  const headEnd = text.indexOf('\n') + 1;
  const head = heads.get(text.slice(0, headEnd)) ?? readHead(bytes.subarray(0, headEnd));
  const rows = new Lines(bytes, '');
  let from = headEnd;
  while (from < text.length && text.charCodeAt(from) !== brace) {
    const gap = text.indexOf(' ', from);
    from = rows.add(from, gap, text.indexOf('\n', from), text.slice(from, gap));
  }
  const counted = tails.get(text.slice(from)) ?? parseTail(bytes.subarray(from));
  return { head, rows: rows.end(from), tail: checkTail(counted, rows.length) };
}

function decodeLong(bytes: Buffer): Frames {
  const headEnd = bytes.indexOf('\n') + 1;
  const head = readHead(bytes.subarray(0, headEnd));
  const { block, end } = readRows(bytes, headEnd, '');
  return { head, rows: block, tail: readTail(bytes.subarray(end), block.length) };
}

/** Reads the first line. Throws as `decodeFrames`. */
export function readHead(line: Buffer): FramesHead {
  const text = line.toString('latin1');
  const known = heads.get(text);
  if (known) {
    return known;
  }
  const head = parseLine(line) as unknown as FramesHead & { readonly v?: unknown };
  if (head.v !== version) {
    throw new FramesError(`its rows are in version ${String(head.v)}, which is not known here`);
  }
  if (text.length <= longestHead) {
    heads.set(text, head);
  }
  return head;
}

/** A broker says the same of itself until it is replaced. By their bytes, a character for each. */
const heads = new LRUCache<string, FramesHead>({ max: 256 });
/** A longer one is not kept. */
const longestHead = 512;

/** Reads the last line, after so many rows. Throws as `decodeFrames`. */
export function readTail(line: Buffer, rows: number): FramesTail {
  return checkTail((line.length > longestTail ? null : tails.get(line.toString('latin1'))) ?? parseTail(line), rows);
}

function checkTail({ count, tail }: CountedTail, rows: number): FramesTail {
  if (count !== rows) {
    throw new FramesError(`its answer has ${rows} rows and says that it has ${String(count)}`);
  }
  return tail;
}

interface CountedTail {
  readonly count: unknown;
  readonly tail: FramesTail;
}

function parseTail(line: Buffer): CountedTail {
  const { count, ...tail } = parseLine(line) as unknown as FramesTail & { readonly count: unknown };
  const parsed = { count, tail };
  if (line.length <= longestTail) {
    // A text of its own: one that was cut from a longer one would keep all of it.
    tails.set(line.toString('latin1'), parsed);
  }
  return parsed;
}

/** What a source says of a list that is asked for again and again stays the same until something changes there. By their bytes as well. */
const tails = new LRUCache<string, CountedTail>({ max: 512 });
/** A longer one is not kept, in bytes. */
const longestTail = 2_048;

const brace = 0x7b;
const space = 0x20;
const lineEnd = 0x0a;

/**
 * Reads the rows from a place on, as far as there are any. Throws as `decodeFrames`.
 * @param after The key of the row before the first; empty if there is none.
 */
export function readRows(
  bytes: Buffer,
  start: number,
  after: string,
): { readonly block: RowBlock; readonly end: number } {
  const rows = new Lines(bytes, after);
  let from = start;
  while (from < bytes.length && bytes[from] !== brace) {
    const end = bytes.indexOf(lineEnd, from);
    let gap = from;
    // Keys are short, so that looking is quicker than asking.
    while (gap < end && bytes[gap] !== space) {
      gap += 1;
    }
    from = rows.add(from, gap, end, bytes.toString('latin1', from, gap));
  }
  return { block: rows.end(from), end: from };
}

function parseLine(line: Buffer): Record<string, unknown> {
  try {
    if (line.at(-1) === lineEnd) {
      return JSON.parse(line.toString('utf8')) as Record<string, unknown>;
    }
  } catch {
    // The same as if its end were missing.
  }
  throw new FramesError('its answer was cut, or is not in rows');
}
