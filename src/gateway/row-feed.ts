import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { encodeCursor } from '../core/cursor.ts';
import { messageOf } from '../core/errors.ts';
import type { Coverage } from '../model/coverage.ts';
import type { RowBlock } from '../rows/row-block.ts';
import type { RowBatch } from '../rows/row-batch.ts';
import { AttemptFailure, type Outcome } from '../scatter/outcome.ts';
import type { OpenRows } from './open-rows.ts';
import type { Source } from './source.ts';

// The rows of one source of a stream. Where a broker is lost in the middle, another one of the source goes on behind the last
// row that came: rows are found by their keys, so that none is left out and none comes twice.

/** The rows of one source, of which a few are here. */
export interface RowFeed extends AsyncDisposable {
  readonly source: Source;
  /** How it was opened. */
  readonly opening: Outcome<unknown>;
  /** The rows that are here; empty once there are no more. */
  readonly block: RowBlock;
  /** Which of them is next. */
  at: number;
  /** How many have come. */
  readonly rows: number;
  /** What the source said in the end, or said when it was opened; null if nothing. */
  readonly coverage: Coverage | null;
  /** Why rows are missing; null if none are. */
  readonly loss: AttemptFailure | null;
  /** Takes more rows in place of those that are here. @throws the reason of `gone`. */
  fill(): Promise<void>;
}

interface FeedOptions {
  readonly source: Source;
  /** Opens the stream of its rows; null for all of them, or else those behind a cursor. */
  readonly open: (batch: RowBatch) => Promise<Outcome<OpenRows>>;
  readonly listHash: Buffer;
  readonly clock: Clock;
  readonly gone: AbortSignal;
}

const none: RowBlock = {
  length: 0,
  key: () => '',
  size: () => 0,
  copy: (_at, _target, offset) => offset,
  release: () => undefined,
};

/** How long a source may send nothing while it is waited for, in milliseconds. */
const stallMs = 5_000;
/** How often in a row a source is opened again without getting further. */
const mostTries = 3;

/** Opens the rows of a source. */
export async function openFeed(options: FeedOptions): Promise<RowFeed> {
  const { source, open, listHash, clock, gone } = options;
  const opening = await open({ limit: Infinity, beyond: null });
  let opened = opening.status === 'OK' ? opening.answer : null;
  let lastKey: string | null = null;
  let tries = 0;
  const feed = { block: none, at: 0, rows: 0, coverage: null as Coverage | null, loss: null as AttemptFailure | null };
  if (opening.status !== 'OK') {
    feed.loss = new AttemptFailure(opening.status, opening.message, { retryable: false });
  }
  const take = async (): Promise<void> => {
    const result = await abortable(within(stallMs, clock, opened!.blocks.next()), gone);
    if (result.done === true) {
      feed.coverage = result.value.coverage ?? feed.coverage;
      opened = null;
      return;
    }
    feed.block = result.value;
    feed.rows += feed.block.length;
    lastKey = feed.block.key(feed.block.length - 1);
    tries = 0;
  };
  /** Goes on elsewhere, unless it has been tried often enough. */
  const reopen = async (thrown: unknown): Promise<void> => {
    opened?.close();
    opened = null;
    tries += 1;
    const beyond = lastKey === null ? null : encodeCursor(lastKey, listHash);
    const again = tries > mostTries ? null : await open({ limit: Infinity, beyond });
    if (again?.status === 'OK') {
      opened = again.answer;
      return;
    }
    const { status, message } = again ?? lossOf(thrown);
    feed.loss = new AttemptFailure(status, `it was lost after ${feed.rows} rows: ${message}`, { retryable: false });
  };
  return Object.assign(feed, {
    source,
    opening,
    async fill() {
      feed.block = none;
      feed.at = 0;
      while (opened !== null && feed.block.length === 0) {
        try {
          await take();
        } catch (thrown) {
          gone.throwIfAborted();
          await reopen(thrown);
        }
      }
    },
    async [Symbol.asyncDispose]() {
      opened?.close();
      opened = null;
    },
  });
}

function lossOf(thrown: unknown): Pick<AttemptFailure, 'status' | 'message'> {
  return thrown instanceof AttemptFailure ? thrown : { status: 'UNREACHABLE', message: messageOf(thrown) };
}

/** The result, if it comes in time. */
function within<T>(milliseconds: number, clock: Clock, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const callOff = clock.after(milliseconds, () => {
      reject(new AttemptFailure('TIMEOUT', `it has sent nothing for ${milliseconds} ms`, { retryable: true }));
    });
    promise.then(resolve, reject).finally(callOff);
  });
}
