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
  const chunks = parts.map(encodePart);
  chunks.push(encodeText(id));
  return bytesToText(Buffer.concat(chunks));
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
const toOurs = translation(base64, alphabet);
const toBase64 = translation(alphabet, base64);

/** Bytes as text of six bits a character; the order of texts is the order of the bytes. */
export function bytesToText(bytes: Buffer): string {
  return translate(bytes.toString('base64url'), toOurs);
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

function encodePart({ value, descending }: KeyPart): Buffer {
  const bytes = encodeValue(value);
  if (descending) {
    for (let at = 0; at < bytes.length; at += 1) {
      bytes[at] = ~bytes[at]! & 0xff;
    }
  }
  return bytes;
}

function encodeValue(value: KeyValue): Buffer {
  if (value === null) {
    return Buffer.from([tagNull]);
  }
  return typeof value === 'number' ? encodeNumber(value) : Buffer.concat([Buffer.from([tagText]), encodeText(value)]);
}

/** IEEE 754 big-endian; positive numbers get their sign bit set, negative ones all bits turned. */
function encodeNumber(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = tagNumber;
  bytes.writeDoubleBE(value === 0 ? 0 : value, 1);
  const negative = (bytes[1]! & 0x80) !== 0;
  for (let at = 1; at < bytes.length; at += 1) {
    bytes[at] = negative ? ~bytes[at]! & 0xff : at === 1 ? bytes[at]! | 0x80 : bytes[at]!;
  }
  return bytes;
}

/** UTF-8, zero bytes as 00 FF, closed by 00 01, so that no text's bytes begin another's. */
function encodeText(value: string): Buffer {
  const utf8 = value.isWellFormed() ? Buffer.from(value, 'utf8') : encodeIllFormed(value);
  if (!utf8.includes(0)) {
    return Buffer.concat([utf8, textEnd]);
  }
  const escaped: number[] = [];
  for (const byte of utf8) {
    escaped.push(byte);
    if (byte === 0) {
      escaped.push(0xff);
    }
  }
  return Buffer.concat([Buffer.from(escaped), textEnd]);
}

const textEnd = Buffer.from([0x00, 0x01]);

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
