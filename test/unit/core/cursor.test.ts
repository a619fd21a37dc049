import { crc32 } from 'node:zlib';

import { describe, expect, test } from '@jest/globals';

import { decodeCursor, encodeCursor, hashList, withTrail } from '../../../src/core/cursor.ts';
import { SitewideError } from '../../../src/core/errors.ts';
import { bytesToText, encodeKey } from '../../../src/core/key.ts';

const list = hashList('virtualMachines', { filter: { name: { eq: 'é' } } });
const key = encodeKey([{ value: 'web', descending: true }], 'id');
const trail = { seen: { 'installation:a': 7 }, missed: ['installation:b'] };

describe('a cursor', () => {
  test('gives back its key, and its trail if it has one', () => {
    expect(decodeCursor(encodeCursor(key, list), list)).toEqual({ key, trail: null });
    expect(decodeCursor(withTrail(encodeCursor(key, list), trail), list)).toEqual({ key, trail });
  });

  test('is refused by another list', () => {
    const other = hashList('virtualMachines', {});
    expect(() => decodeCursor(encodeCursor(key, list), other)).toThrow(
      expect.objectContaining({ code: 'CURSOR_MISMATCH' }),
    );
  });

  test.each(['', '.', 'x', 'a.b', 'a.b.c.d', encodeCursor(key, list).slice(0, -1), `${encodeCursor(key, list)}.`])(
    'refuses %p',
    (text) => {
      expect(() => decodeCursor(text, list)).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
    },
  );

  test.each(['null', '[]', '[1,2]', '{"seen":', '[{"a":"x"},[]]', '[{},[1]]'])(
    'whose trail was forged as %s is refused, not a crash',
    (body) => {
      const forged = forgeTrail(encodeCursor(key, list), body);
      expect(() => decodeCursor(forged, list)).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
    },
  );
});

describe('the hash of a list', () => {
  test('does not depend on the order of keys, nor on nulls', () => {
    expect(hashList('f', { a: 1, b: { c: [1, 2], d: null } })).toEqual(
      hashList('f', { b: { c: [1, 2] }, a: 1, e: null }),
    );
  });

  test('depends on the field, the values and the order of lists', () => {
    const hashes = [hashList('f', { a: [1, 2] }), hashList('f', { a: [2, 1] }), hashList('g', { a: [1, 2] })];
    expect(new Set(hashes.map((hash) => hash.toString('hex'))).size).toBe(3);
  });
});

/** The trail of a real cursor with another text in it, and the checksum to match, as a client could write it. */
function forgeTrail(rowCursor: string, body: string): string {
  const bytes = Buffer.from(body, 'utf8');
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes, crc32(rowCursor)));
  return `${rowCursor}.${bytesToText(Buffer.concat([bytes, sum]))}`;
}

test('errors of cursors are SitewideErrors', () => {
  expect(() => decodeCursor('x', list)).toThrow(SitewideError);
});
