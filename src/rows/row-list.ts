import type { JsonBytes } from '../core/json-splicer.ts';
import type { RowBlock } from './row-block.ts';

// Rows of several blocks as one JSON list.

/** The place of a row in the blocks. */
interface RowPlace {
  /** Which block. */
  readonly list: number;
  /** Which row of it. */
  readonly row: number;
}

/** The list of these rows. */
export function rowList(blocks: readonly RowBlock[], places: readonly RowPlace[]): JsonBytes {
  // Two brackets, and a comma between two rows.
  const frame = 2 + Math.max(0, places.length - 1);
  return {
    size: places.reduce((sum, { list, row }) => sum + blocks[list]!.size(row), frame),
    copy(target, start) {
      let offset = target.writeUInt8(openBracket, start);
      places.forEach(({ list, row }, at) => {
        if (at > 0) {
          offset = target.writeUInt8(comma, offset);
        }
        offset = blocks[list]!.copy(row, target, offset);
      });
      return target.writeUInt8(closeBracket, offset);
    },
    release: () => blocks.forEach((block) => block.release()),
  };
}

const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
