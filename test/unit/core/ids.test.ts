import { describe, expect, test } from '@jest/globals';

import { decodeId, encodeId } from '../../../src/core/ids.ts';

describe('a global id', () => {
  test.each(['x', 'x|y', 'ä/ö', '😀', '|'])('gives back the local id %p', (localId) => {
    const parts = { type: 'VirtualMachine', installation: 'lyon-a', localId };
    expect(decodeId(encodeId(parts))).toEqual(parts);
  });

  test.each([
    '',
    'nonsense',
    '!!!!',
    `${encodeId({ type: 'Host', installation: 'a', localId: 'h' })}=`,
    base64('1|Host|a|'),
    base64('1|Host||h'),
  ])('that is malformed like %p is refused', (id) => {
    expect(() => decodeId(id)).toThrow(expect.objectContaining({ code: 'INVALID_ID' }));
  });

  test('of another version is refused with both versions', () => {
    expect(() => decodeId(base64('2|Host|a|h'))).toThrow(/its version is "2", this broker reads "1"/);
  });
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64url');
}
