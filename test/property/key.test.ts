import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { decodeCursor, encodeCursor, hashList, withTrail } from '../../src/core/cursor.ts';
import { bytesToText, encodeKey, textToBytes, type KeyValue } from '../../src/core/key.ts';
import { compareText } from '../../src/model/code-point.ts';
import { compareValues } from '../../src/model/order.ts';
import { nastyNumber, nastyText } from './arbitraries.ts';

const value: fc.Arbitrary<KeyValue> = fc.oneof(nastyText, nastyNumber, fc.constant(null));
const direction = fc.constantFrom('ASC', 'DESC');

/** The order as one would say it: code points one by one, numbers by size, null last; descending the other way round. */
function naive(a: KeyValue, b: KeyValue): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a !== 'string' || typeof b !== 'string') return typeof a === 'number' ? -1 : 1;
  const [x, y] = [a, b].map((text) => Array.from(text, (character) => character.codePointAt(0)!));
  const at = x!.findIndex((point, index) => point !== y![index]);
  return at === -1 ? Math.sign(x!.length - y!.length) : at >= y!.length ? 1 : Math.sign(x![at]! - y![at]!);
}

const sign = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

test('keys stand in the order of their values, then of their ids', () => {
  fc.assert(
    fc.property(value, value, direction, fc.tuple(nastyText, nastyText), (a, b, way, [idA, idB]) => {
      const descending = way === 'DESC';
      const expected = (descending ? naive(b, a) : naive(a, b)) || naive(idA, idB);
      const keys = [encodeKey([{ value: a, descending }], idA), encodeKey([{ value: b, descending }], idB)] as const;
      expect(sign(...keys)).toBe(expected);
    }),
    { numRuns: 3000 },
  );
});

test('rows compared by value stand in the order of their keys', () => {
  fc.assert(
    fc.property(value, value, direction, (a, b, way) => {
      const keyOf = (one: KeyValue): string => encodeKey([{ value: one, descending: way === 'DESC' }], '');
      expect(Math.sign(compareValues(a, b, way))).toBe(sign(keyOf(a), keyOf(b)));
    }),
    { numRuns: 3000 },
  );
});

test('equal numbers are told apart neither by the sign of zero nor by being infinite', () => {
  expect(compareValues(-0, 0, 'ASC')).toBe(0);
  expect(compareValues(Infinity, Infinity, 'DESC')).toBe(0);
});

test('texts of any Unicode are compared by code point', () => {
  const units = fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 5 })
    .map((all) => String.fromCharCode(...all));
  fc.assert(
    fc.property(fc.oneof(nastyText, units), fc.oneof(nastyText, units), (a, b) => {
      expect(Math.sign(compareText(a, b))).toBe(naive(a, b));
    }),
    { numRuns: 3000 },
  );
});

test('bytes as text keep their order and come back', () => {
  const bytes = fc.uint8Array({ maxLength: 8 }).map((all) => Buffer.from(all));
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect(sign(bytesToText(a), bytesToText(b))).toBe(Buffer.compare(a, b));
      expect(textToBytes(bytesToText(a))).toEqual(a);
    }),
  );
});

test('a cursor with any one character changed is refused', () => {
  const list = hashList('f', {});
  const characters = fc.constantFrom(...Array.from('-.019AZ_az=é '));
  fc.assert(
    fc.property(value, nastyText, fc.boolean(), fc.nat(), characters, (one, id, trailed, where, character) => {
      const key = encodeKey([{ value: one, descending: false }], id);
      const rowCursor = encodeCursor(key, list);
      const cursor = trailed ? withTrail(rowCursor, { seen: { a: 1 }, missed: ['b'] }) : rowCursor;
      expect(decodeCursor(cursor, list).key).toBe(key);
      const at = where % cursor.length;
      fc.pre(cursor[at] !== character);
      const altered = cursor.slice(0, at) + character + cursor.slice(at + 1);
      expect(() => decodeCursor(altered, list)).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
    }),
    { numRuns: 2000 },
  );
});
