import type { IncomingHttpHeaders } from 'node:http';

import { SitewideError } from '../core/errors.ts';
import type { RowStream, RowStreaming } from '../gateway/row-stream.ts';
import { writeFrames } from '../rows/frame-stream.ts';
import { acceptsRows, encodeFrames, type FramesHead, rowsMediaType, writeHead, writeTail } from '../rows/frames.ts';
import { batchHeader, decodeBatch, type RowBatch } from '../rows/row-batch.ts';
import type { ReadyAnswer } from './ready-answer.ts';
import type { AnsweredRows } from './rows-plugin.ts';

// Answers that are rows: to brokers in frames, whole or as a stream, and to clients that take JSON lines as a stream.

/** The media type of JSON lines (https://jsonlines.org). */
const linesMediaType = 'application/jsonl';
/** What else it is called. */
const otherLineTypes = ['application/x-ndjson', 'application/x-jsonlines'];

/** What a caller takes beside GraphQL's own JSON; null for nothing. */
export interface RowsTaken {
  /** Of a broker: which rows it wants; null for all of the page. */
  readonly batch: RowBatch | null;
  readonly framing: RowStreaming['framing'];
  /** True if it takes a stream. */
  readonly isStream: boolean;
}

/**
 * Reads what a caller takes.
 * @param schema The name of the version of the schema here.
 * @throws SitewideError `BAD_REQUEST` if its batch is none.
 */
export function rowsTakenBy(headers: IncomingHttpHeaders, schema: string): RowsTaken | null {
  const { accept = '' } = headers;
  if (acceptsRows(accept, schema)) {
    const batch = decodeBatch(headers[batchHeader] as string | undefined);
    return { batch, framing: 'frames', isStream: batch?.limit === Infinity };
  }
  const types = accept.split(',').map((type) => type.split(';', 1)[0]!.trim().toLowerCase());
  return types.some((type) => type === linesMediaType || otherLineTypes.includes(type))
    ? { batch: null, framing: 'lines', isStream: true }
    : null;
}

/** What a broker of the site need not be told beside the first line. Each header costs whoever reads it as much as a row. */
const unneeded = [
  'sitewide-request-id',
  'sitewide-site',
  'sitewide-broker',
  'sitewide-schema',
  'cache-control',
  'x-content-type-options',
];

/** The rows of an installation. */
export function answerOfRows(head: FramesHead, { rows, tail }: AnsweredRows, isStream: boolean): ReadyAnswer {
  const body = isStream ? writeFrames(head, rows, tail) : encodeFrames({ head, rows, tail });
  return { status: 200, headers: { 'content-type': rowsMediaType }, unneeded, body };
}

/** The rows of a tier that merges. */
export function answerOfStream(
  head: FramesHead,
  { chunks }: RowStream,
  framing: RowStreaming['framing'],
  onEnd: () => void,
): ReadyAnswer {
  const contentType = framing === 'frames' ? rowsMediaType : `${linesMediaType}; charset=utf-8`;
  return { status: 200, headers: { 'content-type': contentType }, body: write(head, { chunks, framing, onEnd }) };
}

interface Writing extends RowStream {
  readonly framing: RowStreaming['framing'];
  readonly onEnd: () => void;
}

async function* write(head: FramesHead, { chunks, framing, onEnd }: Writing): AsyncGenerator<Buffer | string> {
  try {
    if (framing === 'frames') {
      yield writeHead(head);
    }
    const { rows, coverage } = yield* chunks;
    yield framing === 'frames'
      ? writeTail({ hasNextPage: false, hasPreviousPage: false, seen: {}, page: {}, coverage }, rows)
      : `${JSON.stringify({ rows, coverage })}\n`;
  } finally {
    await chunks.return(undefined as never).catch(() => undefined);
    onEnd();
  }
}

/** So many streams are sent at one time: each keeps a broker busy as long as its reader is quick. */
const mostStreams = 8;

/** Places for streams. */
export interface StreamPlaces {
  /** Takes one; the function gives it back. @throws SitewideError `OVERLOADED`. */
  take(): () => void;
}

/** Free places. */
export function createStreamPlaces(): StreamPlaces {
  let taken = 0;
  return {
    take() {
      if (taken >= mostStreams) {
        throw new SitewideError('OVERLOADED', {});
      }
      taken += 1;
      let isOver = false;
      return () => {
        taken -= isOver ? 0 : 1;
        isOver = true;
      };
    },
  };
}
