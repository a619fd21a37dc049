// Sort keys as bytes (memcomparable): two rows stand in the wanted order exactly if their keys stand in the order of
// their bytes. Whoever merges lists compares keys and never needs to know which field they were made of. The keys are
// held as text in an alphabet that keeps the order of the bytes, so that JavaScript's `<` on strings compares them.
//
// Layout: for each part a tag, the value, then the next part; last the global id. Method as in FoundationDB's tuple
// layer and MyRocks' "memcomparable" format.

/** A value to sort by: text by Unicode code point, numbers by size, null after everything when ascending. */
export type KeyValue = string | number | null;

/** One part of a key. */
export interface KeyPart {
  readonly value: KeyValue;
  readonly descending: boolean;
}

const tagNumber = 0x10;
const tagText = 0x20;
const tagNull = 0xf0;

/**
 * The key of a row as order-preserving text.
 * @param parts What the row is sorted by, the most important first.
 * @param id The global id, which makes the key unique; always ascending.
 */
export function encodeKey(parts: readonly KeyPart[], id: string): string {
  // Keys are made for each row of a page, so that they are put together in one place that is used again.
  let at = 0;
  for (const { value, descending } of parts) {
    const start = at;
    at = writeValue(value, at);
    if (descending) {
      for (let turned = start; turned < at; turned += 1) {
        scratch[turned] = ~scratch[turned]! & 0xff;
      }
    }
  }
  at = writeText(id, at);
  return bytesToText(scratch.subarray(0, at));
}

/** The number that a key begins with; null if it begins with something else. @param descending Of that part. */
export function leadingNumberOf(key: string, descending: boolean): number | null {
  const bytes = textToBytes(key)?.subarray(0, 9);
  if (bytes?.length !== 9) {
    return null;
  }
  const value = descending ? Buffer.from(bytes.map((byte) => ~byte & 0xff)) : Buffer.from(bytes);
  if (value[0] !== tagNumber) {
    return null;
  }
  const isNegative = (value[1]! & 0x80) === 0;
  for (let at = 1; at < value.length; at += 1) {
    value[at] = isNegative ? ~value[at]! & 0xff : at === 1 ? value[at]! & 0x7f : value[at]!;
  }
  return value.readDoubleBE(1);
}

/** The alphabet of `bytesToText`: ascending in ASCII, and safe in a URL. */
const alphabet = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const codes = Buffer.from(alphabet, 'latin1');
const toBase64 = translation(alphabet, base64);

/** Bytes as text of six bits a character; the order of texts is the order of the bytes. */
export function bytesToText(bytes: Buffer): string {
  const { length } = bytes;
  const needed = Math.ceil((length * 4) / 3);
  if (characters.length < needed) {
    characters = Buffer.allocUnsafe(2 * needed);
  }
  let to = 0;
  let at = 0;
  for (; at + 2 < length; at += 3) {
    const three = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    characters[to] = codes[three >> 18]!;
    characters[to + 1] = codes[(three >> 12) & 0x3f]!;
    characters[to + 2] = codes[(three >> 6) & 0x3f]!;
    characters[to + 3] = codes[three & 0x3f]!;
    to += 4;
  }
  if (at < length) {
    const rest = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8);
    characters[to] = codes[rest >> 18]!;
    characters[to + 1] = codes[(rest >> 12) & 0x3f]!;
    characters[to + 2] = codes[(rest >> 6) & 0x3f]!;
  }
  return characters.toString('latin1', 0, needed);
}

/** The bytes of such a text, or null if it is not one that `bytesToText` writes. */
export function textToBytes(text: string): Buffer | null {
  for (let at = 0; at < text.length; at += 1) {
    if ((toBase64[text.charCodeAt(at)] ?? 0) === 0) {
      return null;
    }
  }
  const bytes = Buffer.from(translate(text, toBase64), 'base64url');
  return bytesToText(bytes) === text ? bytes : null;
}

/** Where keys are put together; nothing is kept here. */
let scratch = Buffer.allocUnsafe(1024);
/** The same for their text. */
let characters = Buffer.allocUnsafe(1024);

/** Makes sure that so many bytes can be written from a place on. */
function reserve(at: number, bytes: number): void {
  if (at + bytes > scratch.length) {
    const larger = Buffer.allocUnsafe(2 * (at + bytes));
    scratch.copy(larger, 0, 0, at);
    scratch = larger;
  }
}

/** Writes a value at a place, and gives where it ends. */
function writeValue(value: KeyValue, at: number): number {
  reserve(at, 9);
  if (value === null) {
    scratch[at] = tagNull;
    return at + 1;
  }
  if (typeof value === 'number') {
    writeNumber(value, at);
    return at + 9;
  }
  scratch[at] = tagText;
  return writeText(value, at + 1);
}

/** IEEE 754 big-endian; positive numbers get their sign bit set, negative ones all bits turned. */
function writeNumber(value: number, start: number): void {
  scratch[start] = tagNumber;
  scratch.writeDoubleBE(value === 0 ? 0 : value, start + 1);
  const isNegative = (scratch[start + 1]! & 0x80) !== 0;
  for (let at = start + 1; at < start + 9; at += 1) {
    scratch[at] = isNegative ? ~scratch[at]! & 0xff : at === start + 1 ? scratch[at]! | 0x80 : scratch[at]!;
  }
}

/** UTF-8, zero bytes as 00 FF, closed by 00 01, so that no text's bytes begin another's. */
function writeText(value: string, start: number): number {
  // At most three bytes for a unit, each of which may have to be escaped.
  reserve(start, 6 * value.length + 2);
  const plainEnd = writePlain(value, start);
  if (plainEnd !== null) {
    return close(plainEnd);
  }
  const hasZero = value.includes('\0');
  let at = value.isWellFormed()
    ? start + scratch.write(value, start)
    : start + encodeIllFormed(value).copy(scratch, start);
  if (hasZero) {
    const utf8 = Buffer.from(scratch.subarray(start, at));
    at = start;
    for (const byte of utf8) {
      scratch[at] = byte;
      at += 1;
      if (byte === 0) {
        scratch[at] = 0xff;
        at += 1;
      }
    }
  }
  return close(at);
}

function close(at: number): number {
  scratch[at] = 0;
  scratch[at + 1] = 1;
  return at + 2;
}

/** Writes what is ASCII without a zero, as nearly everything is, and gives where it ends; null for anything else. */
function writePlain(value: string, start: number): number | null {
  for (let at = 0; at < value.length; at += 1) {
    const unit = value.charCodeAt(at);
    if (unit === 0 || unit > 0x7f) {
      return null;
    }
    scratch[start + at] = unit;
  }
  return start + value.length;
}

/** UTF-8 in which a lone surrogate, which real UTF-8 cannot hold, is written by the same rule (WTF-8). */
function encodeIllFormed(value: string): Buffer {
  const chunks: Buffer[] = [];
  for (const character of value) {
    const point = character.codePointAt(0)!;
    const lone = point >= 0xd800 && point <= 0xdfff;
    chunks.push(
      lone
        ? Buffer.from([0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)])
        : Buffer.from(character, 'utf8'),
    );
  }
  return Buffer.concat(chunks);
}

/** For each ASCII code of one alphabet that of the other; 0 for what is not in it. */
function translation(from: string, to: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let at = 0; at < from.length; at += 1) {
    table[from.charCodeAt(at)] = to.charCodeAt(at);
  }
  return table;
}

/** Bytes and not string concatenation, which takes ten times as long for a key and leaves a rope behind. */
function translate(text: string, table: Uint8Array): string {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = table[bytes[at]!]!;
  }
  return bytes.toString('latin1');
}
