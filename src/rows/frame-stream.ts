import {
  FramesError,
  type FramesHead,
  type FramesTail,
  readHead,
  readRows,
  readTail,
  writeHead,
  writeTail,
} from './frames.ts';
import { blockOfTexts, type RowBlock, type RowTexts } from './row-block.ts';

// Rows of a list of any length, in the same framing, block by block as they come: whoever reads holds a few blocks at a time.

/** The rows of a list as they come; in the end what is to be said of it. */
export type RowBlocks = AsyncGenerator<RowBlock, FramesTail, undefined>;

/** Longer than any row, in bytes; more without an end of a line is no such answer. */
const longestLine = 16_777_216;

/**
 * Reads an answer as it comes. The head is read when the first block is asked for.
 * @throws FramesError if it is none, or ends too early.
 */
export async function* readFrames(chunks: AsyncIterable<Uint8Array>, onHead: (head: FramesHead) => void): RowBlocks {
  let rest: Buffer = Buffer.alloc(0);
  let isBegun = false;
  let count = 0;
  let lastKey = '';
  for await (const chunk of chunks) {
    const bytes =
      rest.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(lineEnd) + 1;
    rest = Buffer.from(bytes.subarray(end));
    if (rest.length > longestLine) {
      throw new FramesError('a row of its answer has no end');
    }
    const lines = bytes.subarray(0, end);
    let from = 0;
    if (!isBegun && lines.length > 0) {
      from = lines.indexOf(lineEnd) + 1;
      onHead(readHead(lines.subarray(0, from)));
      isBegun = true;
    }
    const { block, end: rowsEnd } = readRows(lines, from, lastKey);
    if (block.length > 0) {
      count += block.length;
      lastKey = block.key(block.length - 1);
      yield block;
    }
    if (rowsEnd < lines.length) {
      return readTail(lines.subarray(rowsEnd), count);
    }
  }
  throw new FramesError(`its answer was cut after ${count} rows`);
}

const lineEnd = 0x0a;

/** How many rows are written at a time: some hundred kilobytes, a few milliseconds. */
const rowsAtATime = 256;

/** Rows that are written as they are wanted. */
export async function* blocksOfTexts({ length, key, text }: RowTexts, tail: FramesTail): RowBlocks {
  for (let from = 0; from < length; from += rowsAtATime) {
    const start = from;
    yield blockOfTexts({
      length: Math.min(rowsAtATime, length - start),
      key: (at) => key(start + at),
      text: (at) => text(start + at),
    });
    // Others have their turn.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return tail;
}

/** A whole answer as text, part by part. */
export async function* writeFrames(
  head: FramesHead,
  { length, key, text }: RowTexts,
  tail: FramesTail,
): AsyncGenerator<string> {
  yield writeHead(head);
  for (let from = 0; from < length; from += rowsAtATime) {
    let part = '';
    for (let at = from; at < Math.min(length, from + rowsAtATime); at += 1) {
      part += `${key(at)} ${text(at)}\n`;
    }
    yield part;
  }
  yield writeTail(tail, length);
}
