import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { readFrames } from '../../src/rows/frame-stream.ts';
import { decodeFrames, encodeFrames, type Frames, FramesError, type FramesTail } from '../../src/rows/frames.ts';
import type { RowBlock } from '../../src/rows/row-block.ts';

const head = { installation: 'lyon-a', broker: 'lyon-a-1', schema: 'abcdefgh' };
const tail: FramesTail = { hasNextPage: true, hasPreviousPage: false, seen: { a: 1 }, page: { n: 2 }, coverage: null };

/** Keys and rows as they can be: what JSON makes of any text has no end of a line in it. */
const rows = fc
  .array(fc.tuple(fc.stringMatching(/^[-0-9A-Z_a-z]{1,6}$/), fc.string({ unit: 'binary' })), { maxLength: 20 })
  .map((list) =>
    list.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, name]) => [key, JSON.stringify({ name })] as const),
  );

type Rows = readonly (readonly [key: string, text: string])[];

function encode(list: Rows): Buffer {
  const texts = { length: list.length, key: (at: number) => list[at]![0], text: (at: number) => list[at]![1] };
  return encodeFrames({ head, rows: texts, tail });
}

function contentOf(block: RowBlock): Rows {
  return Array.from({ length: block.length }, (_, at) => {
    const bytes = Buffer.alloc(block.size(at));
    expect(block.copy(at, bytes, 0)).toBe(bytes.length);
    return [block.key(at), bytes.toString('utf8')] as const;
  });
}

/** In pieces that end anywhere. */
async function* pieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let from = 0;
  for (let at = 0; from < bytes.length; at += 1) {
    const size = sizes[at % sizes.length]!;
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

async function readAll(chunks: AsyncIterable<Buffer>): Promise<Pick<Frames, 'head' | 'tail'> & { rows: Rows }> {
  let found = head;
  const blocks = readFrames(chunks, (read) => (found = read as typeof head));
  const all: (readonly [string, string])[] = [];
  for (;;) {
    const { done, value } = await blocks.next();
    if (done) return { head: found, tail: value, rows: all };
    all.push(...contentOf(value));
  }
}

describe('frames of rows', () => {
  test('give the rows that were put in, to the byte', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const decoded = decodeFrames(encode(list));
        expect({ ...decoded, rows: contentOf(decoded.rows) }).toEqual({ head: { v: 1, ...head }, rows: list, tail });
      }),
    );
  });

  test('give the same when they come in pieces', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(rows, sizes, async (list, cuts) => {
        const read = await readAll(pieces(encode(list), cuts));
        expect(read).toEqual({ head: { v: 1, ...head }, rows: list, tail });
      }),
    );
  });

  test('are never a shorter list when they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (list, share) => {
        const whole = encode(list);
        const cut = whole.subarray(0, Math.floor(whole.length * share));
        expect(() => decodeFrames(cut)).toThrow(FramesError);
        await expect(readAll(pieces(cut, [64]))).rejects.toThrow(FramesError);
      }),
    );
  });

  test.each([
    ['whose rows are out of order', '{"v":1}\nb {}\na {}\n{"count":2}\n', 'its rows are out of order'],
    ['that miscount', '{"v":1}\na {}\n{"count":2}\n', 'its answer has 1 rows and says that it has 2'],
    ['of another version', '{"v":2}\n{"count":0}\n', 'its rows are in version 2, which is not known here'],
    ['with a row without a key', '{"v":1}\na\n{"count":1}\n', 'a row of its answer was cut'],
    ['that are something else', '<html>\n', 'its answer was cut, or is not in rows'],
  ])('%s are refused', async (_, text, message) => {
    expect(() => decodeFrames(Buffer.from(text))).toThrow(message);
    await expect(readAll(pieces(Buffer.from(text), [7]))).rejects.toThrow(message);
  });
});
