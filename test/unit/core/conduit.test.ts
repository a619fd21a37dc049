import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  decodeAnswerHead,
  decodeHeaders,
  decodeMessage,
  encodeMessage,
  type MessageKind,
  messageKind,
} from '../../../src/core/conduit.ts';

const kinds = fc.constantFrom<MessageKind>(...Object.values(messageKind));
const ids = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('a message is read as it was written, in whatever language its head is', () => {
  fc.assert(
    fc.property(
      kinds,
      ids,
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array({ maxLength: 300 }),
      (kind, id, head, body) => {
        const read = decodeMessage(encodeMessage(kind, id, head, Buffer.from(body)))!;
        expect({ ...read, head: read.head.toString(), body: [...read.body] }).toEqual({
          kind,
          id,
          head,
          body: [...body],
        });
      },
    ),
  );
});

test('what is cut short, or says that it is longer than it is, is no message', () => {
  const whole = encodeMessage(messageKind.request, 7, '{"accept":"x"}', Buffer.from('body'));
  expect(decodeMessage(Buffer.alloc(0))).toBeNull();
  expect(decodeMessage(whole.subarray(0, 8))).toBeNull();
  expect(decodeMessage(whole.subarray(0, 12))).toBeNull();
});

test('any bytes are a message or none, without an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const read = decodeMessage(Buffer.from(bytes));
      expect(read === null || Object.values(messageKind).includes(read.kind)).toBe(true);
    }),
  );
});

test.each(['', 'null', '[]', '{"accept":1}', '{"accept":["x"]}', '"x"', '{'])('%j is no headers', (text) => {
  expect(decodeHeaders(Buffer.from(text))).toBeNull();
});

test.each([
  '',
  '{}',
  '{"statusCode":"200","headers":{}}',
  '{"statusCode":200}',
  '{"statusCode":200,"headers":{"a":1}}',
])('%j is no head of an answer', (text) => {
  expect(decodeAnswerHead(Buffer.from(text))).toBeNull();
});

test('a head is read', () => {
  expect(decodeHeaders(Buffer.from('{"accept":"ü"}'))).toEqual({ accept: 'ü' });
  expect(decodeAnswerHead(Buffer.from('{"statusCode":200,"headers":{"a":"b"}}'))).toEqual({
    statusCode: 200,
    headers: { a: 'b' },
  });
});
