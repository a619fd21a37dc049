import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { createXdrReader, createXdrWriter } from '../../../../src/drivers/libvirt/xdr.ts';
import type { XdrReader, XdrWriter } from '../../../../src/drivers/libvirt/xdr.ts';

class Malformed extends Error {}

function reader(bytes: Buffer): XdrReader {
  return createXdrReader(bytes, (problem) => new Malformed(problem));
}

type Value =
  | { readonly type: 'u32' | 'i32' | 'double'; readonly value: number }
  | { readonly type: 'u64'; readonly value: bigint }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'optional'; readonly value: string | null }
  | { readonly type: 'array'; readonly value: readonly number[] };

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.record({ type: fc.constant('u32' as const), value: fc.nat(0xffff_ffff) }),
  fc.record({ type: fc.constant('i32' as const), value: fc.integer() }),
  fc.record({ type: fc.constant('double' as const), value: fc.double({ noNaN: true }) }),
  fc.record({ type: fc.constant('u64' as const), value: fc.bigInt({ min: 0n, max: 2n ** 53n }) }),
  fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('string' as const), value: fc.string({ unit: 'grapheme' }) }),
  fc.record({ type: fc.constant('optional' as const), value: fc.option(fc.string()) }),
  fc.record({ type: fc.constant('array' as const), value: fc.array(fc.integer()) }),
);

function write(to: XdrWriter, item: Value): void {
  switch (item.type) {
    case 'u32':
    case 'i32':
    case 'double':
      to[item.type](item.value);
      break;
    case 'u64':
      to.u64(item.value);
      break;
    case 'bool':
      to.bool(item.value);
      break;
    case 'string':
      to.string(item.value);
      break;
    case 'optional':
      to.optional(item.value, (writer, text) => writer.string(text));
      break;
    case 'array':
      to.array(item.value, (writer, number) => writer.i32(number));
      break;
  }
}

function read(from: XdrReader, { type }: Value): unknown {
  switch (type) {
    case 'optional':
      return from.optional((at) => at.string());
    case 'array':
      return from.array(4, (at) => at.i32());
    case 'u64':
      return BigInt(from.u64());
    default:
      return from[type]();
  }
}

describe('XDR', () => {
  test('what is written is read again, and nothing is left over', () => {
    fc.assert(
      fc.property(fc.array(value), (items) => {
        const writer = createXdrWriter();
        items.forEach((item) => write(writer, item));
        const bytes = writer.toBuffer();
        const from = reader(bytes);
        expect(bytes.length % 4).toBe(0);
        expect(items.map((item) => read(from, item))).toEqual(items.map((item) => item.value));
        expect(from.remaining).toBe(0);
      }),
    );
  });

  test('any bytes are read or refused, and never read past their end', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.array(value), (bytes, items) => {
        const from = reader(Buffer.from(bytes));
        try {
          items.forEach((item) => read(from, item));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Malformed);
        }
        expect(from.remaining).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('a count that the bytes cannot hold is refused before anything is reserved', () => {
    const bytes = createXdrWriter().u32(0xffff_ffff).u32(1).toBuffer();
    expect(() => reader(bytes).array(4, (from) => from.u32())).toThrow(Malformed);
    expect(() => reader(bytes).string()).toThrow(Malformed);
  });

  test('a boolean is 0 or 1', () => {
    expect(() => reader(createXdrWriter().u32(2).toBuffer()).bool()).toThrow('a boolean is 2');
  });
});
