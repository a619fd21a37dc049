import { pageAlias } from '../core/reserved.ts';
import type { RowsWanted, SourceBody } from '../merge/combine.ts';
import { decodeFrames, type Frames, FramesError } from '../rows/frames.ts';
import { AttemptFailure } from '../scatter/outcome.ts';

// What a source says of a list in rows, in the form of any other answer, with its rows beside it.

/** The answer that these rows are. */
export function bodyOfRows({ rows: block, tail }: Pick<Frames, 'rows' | 'tail'>, wanted: RowsWanted): SourceBody {
  const { responseName, batch } = wanted;
  const { page, hasNextPage, hasPreviousPage, seen, coverage } = tail;
  const isFull = batch !== null && block.length >= batch.limit;
  return {
    data: { [responseName]: { ...page, [pageAlias]: { hasNextPage, hasPreviousPage } } },
    errors: [],
    coverage: coverage === null ? {} : { [responseName]: coverage },
    rows: { block, isFull, seen },
  };
}

interface Expected extends RowsWanted {
  /** The name of the version of the schema. */
  readonly schema: string;
}

/**
 * Reads what a broker sent.
 * @throws AttemptFailure if it cannot be right.
 */
export function readRowsBody(bytes: Buffer, { schema, ...wanted }: Expected): SourceBody {
  let frames: Frames;
  try {
    frames = decodeFrames(bytes);
  } catch (cause) {
    if (!(cause instanceof FramesError)) {
      throw cause;
    }
    throw new AttemptFailure('ERROR', cause.message, { retryable: true, cause });
  }
  if (frames.head.schema !== schema) {
    throw new AttemptFailure('ERROR', 'its rows are of another version of the schema', { retryable: true });
  }
  return { ...bodyOfRows(frames, wanted), schema };
}
