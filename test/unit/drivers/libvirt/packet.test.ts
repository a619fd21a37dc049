import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { createPacketSplitter, encodePacket } from '../../../../src/drivers/libvirt/packet.ts';

const header = { program: 1, version: 1, procedure: 2, type: 1, serial: 3, status: 0 };

describe('a packet splitter', () => {
  test('finds the same packets however the stream is cut', () => {
    const sizes = fc.array(fc.nat(50), { minLength: 1 });
    fc.assert(
      fc.property(sizes, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (payloadWords, cuts) => {
        const packets = payloadWords.map((words, serial) =>
          encodePacket({ ...header, serial }, Buffer.alloc(words * 4, serial)),
        );
        const stream = Buffer.concat(packets);
        const splitter = createPacketSplitter((problem) => new Error(problem));
        const found = [];
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const length = cuts[turn % cuts.length]!;
          found.push(...splitter.push(stream.subarray(at, at + length)));
          at += length;
        }
        expect(found.map(({ serial, payload }) => [serial, payload.remaining])).toEqual(
          payloadWords.map((words, serial) => [serial, words * 4]),
        );
      }),
    );
  });

  test.each([0, 27, 33_554_437, 0xffff_ffff])('refuses a packet of %d bytes as soon as it is announced', (length) => {
    const splitter = createPacketSplitter((problem) => new Error(problem));
    const word = Buffer.alloc(4);
    word.writeUInt32BE(length);
    expect(() => splitter.push(word)).toThrow(`a packet of ${length} bytes was announced`);
  });
});
