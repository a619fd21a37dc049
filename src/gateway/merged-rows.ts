import type { RowFeed } from './row-feed.ts';

// The rows of several sources as one stream of lines, in order. What is held of it are the blocks that the sources have sent last
// and one of our own; nothing more is taken of a source before its rows have left.

/** The framing of the lines: JSON alone for clients, with the keys before it for brokers. */
export type LineFraming = 'lines' | 'frames';

/** How much leaves at a time, in bytes. */
const chunkBytes = 65_536;

/** The first so many rows of all feeds, in lines; gives how many there were. */
export async function* mergeFeeds(
  feeds: readonly RowFeed[],
  { limit, framing }: { readonly limit: number; readonly framing: LineFraming },
): AsyncGenerator<Buffer, number, undefined> {
  await Promise.all(feeds.map((feed) => feed.fill()));
  const heads = feeds.filter(({ block }) => block.length > 0).map((feed) => ({ feed, key: feed.block.key(0) }));
  const writer = createChunk();
  let count = 0;
  while (heads.length > 0 && count < limit) {
    const least = leastOf(heads);
    const { feed } = heads[least]!;
    const size = feed.block.size(feed.at) + (framing === 'frames' ? heads[least]!.key.length + 1 : 0) + 1;
    if (!writer.hasRoom(size)) {
      yield writer.take(size);
    }
    writer.write(feed, framing === 'frames' ? heads[least]!.key : null);
    count += 1;
    feed.at += 1;
    if (feed.at === feed.block.length) {
      if (!writer.isEmpty()) {
        // It may take a while until there is more.
        yield writer.take(0);
      }
      await feed.fill();
    }
    if (feed.block.length === 0) {
      heads.splice(least, 1);
    } else {
      heads[least]!.key = feed.block.key(feed.at);
    }
  }
  if (!writer.isEmpty()) {
    yield writer.take(0);
  }
  return count;
}

interface Head {
  readonly feed: RowFeed;
  key: string;
}

/** There are few sources, so that looking at all of them is as quick as a heap. Equal keys come in the order of the sources. */
function leastOf(heads: readonly Head[]): number {
  let least = 0;
  for (let at = 1; at < heads.length; at += 1) {
    if (heads[at]!.key < heads[least]!.key) {
      least = at;
    }
  }
  return least;
}

interface Chunk {
  isEmpty(): boolean;
  hasRoom(size: number): boolean;
  write(feed: RowFeed, key: string | null): void;
  /** What was written, with a new place for at least so many bytes. */
  take(size: number): Buffer;
}

function createChunk(): Chunk {
  let bytes = Buffer.allocUnsafe(chunkBytes);
  let length = 0;
  return {
    isEmpty: () => length === 0,
    hasRoom: (size) => length + size <= bytes.length,
    write({ block, at }, key) {
      if (key !== null) {
        length += bytes.write(key, length, 'latin1');
        length = bytes.writeUInt8(space, length);
      }
      length = block.copy(at, bytes, length);
      length = bytes.writeUInt8(lineEnd, length);
    },
    take(size) {
      const taken = bytes.subarray(0, length);
      bytes = Buffer.allocUnsafe(Math.max(chunkBytes, size));
      length = 0;
      return taken;
    },
  };
}

const space = 0x20;
const lineEnd = 0x0a;
