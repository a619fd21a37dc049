import { expect, test } from '@jest/globals';
import { encodeId, decodeId } from '../../src/core/ids.ts';
import { decodeCursor, encodeCursor, hashList, withTrail } from '../../src/core/cursor.ts';
import { encodeKey } from '../../src/core/key.ts';
test('ids', () => {
  const id = encodeId({ type: 'VirtualMachine', installation: 'a', localId: 'x|y' });
  expect(decodeId(id).localId).toBe('x|y');
  const h = hashList('f', { a: 1, b: null });
  const c = encodeCursor(encodeKey([{ value: 'é', descending: true }], id), h);
  expect(decodeCursor(withTrail(c, { seen: { a: 1 }, missed: ['b'] }), h).trail).toEqual({ seen: { a: 1 }, missed: ['b'] });
});
