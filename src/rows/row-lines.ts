import { release } from '../core/release.ts';
import type { RowBlock } from './row-block.ts';

// Rows as lines of bytes: where each of them, and its key, begins and ends. They stay where they are until they are copied.

/** An answer in this form cannot be read. */
export class FramesError extends Error {
  override readonly name = 'FramesError';
}

/** The lines of rows, as they are found. */
export class Lines {
  readonly #bytes: Buffer;
  /** Where each line begins, and where the one after the last does. */
  readonly #starts: number[] = [];
  /** Where the key of each ends. */
  readonly #spaces: number[] = [];
  readonly #keys: string[] = [];
  #last: string;

  /** @param after The key of the row before the first; empty if there is none. */
  constructor(bytes: Buffer, after: string) {
    this.#bytes = bytes;
    this.#last = after;
  }

  get length(): number {
    return this.#keys.length;
  }

  /**
   * Adds a line, and gives where the next one begins.
   * @param space Where its key ends; not before its end if it has none.
   * @param end Where it ends; negative if it does not.
   */
  add(start: number, space: number, end: number, key: string): number {
    if (space < 0 || space >= end) {
      throw new FramesError('a row of its answer was cut');
    }
    if (key < this.#last) {
      throw new FramesError('its rows are out of order');
    }
    this.#last = key;
    this.#keys.push(key);
    this.#starts.push(start);
    this.#spaces.push(space);
    return end + 1;
  }

  /** All of them; the last ends here. */
  end(at: number): RowBlock {
    this.#starts.push(at);
    return new LineBlock(this.#bytes, this.#starts, this.#spaces, this.#keys);
  }
}

class LineBlock implements RowBlock {
  readonly #bytes: Buffer;
  readonly #starts: readonly number[];
  readonly #spaces: readonly number[];
  readonly #keys: readonly string[];

  constructor(bytes: Buffer, starts: readonly number[], spaces: readonly number[], keys: readonly string[]) {
    this.#bytes = bytes;
    this.#starts = starts;
    this.#spaces = spaces;
    this.#keys = keys;
  }

  get length(): number {
    return this.#keys.length;
  }

  key(at: number): string {
    return this.#keys[at]!;
  }

  size(at: number): number {
    return this.#starts[at + 1]! - this.#spaces[at]! - 2;
  }

  copy(at: number, target: Buffer, offset: number): number {
    const bytes = this.#bytes;
    if (bytes.length === 0) {
      throw new Error('The rows were given back.');
    }
    return offset + bytes.copy(target, offset, this.#spaces[at]! + 1, this.#starts[at + 1]! - 1);
  }

  release(): void {
    release(this.#bytes);
  }
}
