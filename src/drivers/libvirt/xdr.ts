// XDR (RFC 4506), as far as libvirt's protocol uses it: everything is big-endian and padded to four bytes. The reader
// trusts nothing: it never reads past the end and never reserves memory for a count that the bytes at hand cannot hold.

/** What a typed parameter may hold. */
export type ParameterValue = number | boolean | string;

/** Reads values one after the other. Every method throws what `malformed` makes when the bytes are not so. */
export interface XdrReader {
  readonly remaining: number;
  u32(): number;
  i32(): number;
  /** As the nearest number: beyond 2^53 the last digits are lost, which no reader of ours minds. */
  u64(): number;
  i64(): number;
  double(): number;
  bool(): boolean;
  /** So many bytes, without a length before them. */
  bytes(length: number): Buffer;
  string(): string;
  optional<T>(item: (reader: XdrReader) => T): T | null;
  /** @param itemMinBytes The least an item takes, at least 4; a count that cannot fit is refused before anything is read. */
  array<T>(itemMinBytes: number, item: (reader: XdrReader) => T): T[];
}

/** Reads from these bytes. */
export function createXdrReader(bytes: Buffer, malformed: (problem: string) => Error): XdrReader {
  let at = 0;

  function take(length: number): number {
    if (length > bytes.length - at) {
      throw malformed(`${length} bytes are wanted at offset ${at}, where only ${bytes.length - at} are left`);
    }
    const from = at;
    at += length;
    return from;
  }

  function opaque(length: number): Buffer {
    const padded = length + padding(length);
    const from = take(padded);
    return bytes.subarray(from, from + length);
  }

  const reader: XdrReader = {
    get remaining() {
      return bytes.length - at;
    },
    u32: () => bytes.readUInt32BE(take(4)),
    i32: () => bytes.readInt32BE(take(4)),
    u64: () => Number(bytes.readBigUInt64BE(take(8))),
    i64: () => Number(bytes.readBigInt64BE(take(8))),
    double: () => bytes.readDoubleBE(take(8)),
    bool() {
      const value = reader.u32();
      if (value > 1) {
        throw malformed(`a boolean is ${value}`);
      }
      return value === 1;
    },
    bytes: opaque,
    string: () => opaque(reader.u32()).toString('utf8'),
    optional: (item) => (reader.bool() ? item(reader) : null),
    array(itemMinBytes, item) {
      const count = reader.u32();
      if (count * itemMinBytes > reader.remaining) {
        throw malformed(`a list says that it has ${count} items, but only ${reader.remaining} bytes follow`);
      }
      return Array.from({ length: count }, () => item(reader));
    },
  };
  return reader;
}

/** Writes values one after the other; each method gives the writer back. */
export interface XdrWriter {
  u32(value: number): XdrWriter;
  i32(value: number): XdrWriter;
  u64(value: bigint): XdrWriter;
  double(value: number): XdrWriter;
  bool(value: boolean): XdrWriter;
  /** So many bytes, without a length before them. */
  bytes(value: Buffer): XdrWriter;
  string(value: string): XdrWriter;
  optional<T>(value: T | null, item: (writer: XdrWriter, value: T) => void): XdrWriter;
  array<T>(values: readonly T[], item: (writer: XdrWriter, value: T) => void): XdrWriter;
  /** All that was written so far. */
  toBuffer(): Buffer;
}

/** Starts with nothing written. */
export function createXdrWriter(): XdrWriter {
  const chunks: Buffer[] = [];

  function add(length: number, write: (chunk: Buffer) => void): XdrWriter {
    const chunk = Buffer.alloc(length);
    write(chunk);
    chunks.push(chunk);
    return writer;
  }

  const writer: XdrWriter = {
    u32: (value) => add(4, (chunk) => chunk.writeUInt32BE(value)),
    i32: (value) => add(4, (chunk) => chunk.writeInt32BE(value)),
    u64: (value) => add(8, (chunk) => chunk.writeBigUInt64BE(value)),
    double: (value) => add(8, (chunk) => chunk.writeDoubleBE(value)),
    bool: (value) => writer.u32(value ? 1 : 0),
    bytes: (value) => add(value.length + padding(value.length), (chunk) => value.copy(chunk)),
    string(value) {
      const utf8 = Buffer.from(value, 'utf8');
      return writer.u32(utf8.length).bytes(utf8);
    },
    optional(value, item) {
      writer.bool(value !== null);
      if (value !== null) {
        item(writer, value);
      }
      return writer;
    },
    array(values, item) {
      writer.u32(values.length);
      values.forEach((value) => item(writer, value));
      return writer;
    },
    toBuffer: () => Buffer.concat(chunks),
  };
  return writer;
}

function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}
