// Rows in the order of their list, as bytes: whoever merges compares keys and copies rows, and reads none of them.

/** Rows of one source, in the order of the list. */
export interface RowBlock {
  readonly length: number;
  /** The sort key of a row as order-preserving text (core/key.ts). */
  key(at: number): string;
  /** How many bytes a row has. */
  size(at: number): number;
  /** Writes a row, JSON in UTF-8 as the client gets it, and gives where it ends. */
  copy(at: number, target: Buffer, offset: number): number;
  /** Gives the memory of the rows back: they cannot be copied any more. */
  release(): void;
}

/** Rows as text. */
export interface RowTexts {
  readonly length: number;
  key(at: number): string;
  /** A row as JSON. */
  text(at: number): string;
}

/** Rows whose JSON is at hand, or is made when it is wanted. */
export function blockOfTexts({ length, key, text }: RowTexts): RowBlock {
  const texts: (string | undefined)[] = [];
  const textAt = (at: number): string => (texts[at] ??= text(at));
  return {
    length,
    key,
    size: (at) => Buffer.byteLength(textAt(at)),
    copy: (at, target, offset) => offset + target.write(textAt(at), offset),
    release: () => undefined,
  };
}

/** One block after the other. */
export function joinBlocks(first: RowBlock, second: RowBlock): RowBlock {
  const place = (at: number): readonly [RowBlock, number] =>
    at < first.length ? [first, at] : [second, at - first.length];
  return {
    length: first.length + second.length,
    key(at) {
      const [block, row] = place(at);
      return block.key(row);
    },
    size(at) {
      const [block, row] = place(at);
      return block.size(row);
    },
    copy(at, target, offset) {
      const [block, row] = place(at);
      return block.copy(row, target, offset);
    },
    release() {
      first.release();
      second.release();
    },
  };
}
