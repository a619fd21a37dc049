import type { SourceRequest } from '../merge/combine.ts';
import { type RowBlocks, readFrames } from '../rows/frame-stream.ts';
import { acceptRows, FramesError } from '../rows/frames.ts';
import { batchHeader, encodeBatch } from '../rows/row-batch.ts';
import { AttemptFailure } from '../scatter/outcome.ts';
import { isInRows, requireSource, sourceBodyOf } from './peer-answer.ts';
import type { Introduced, SendOptions } from './peer-transport.ts';

// Opens a stream of rows at a broker. It is read as fast as its rows are taken, and no faster: what is not taken stays at the broker.

/** The rows of a list that are being sent. */
export interface OpenRows {
  readonly blocks: RowBlocks;
  /** Ends it, whatever is waited for. */
  close(): void;
}

/**
 * Asks a broker for a stream.
 * @param schema The name of the version of the schema whose rows are understood.
 * @throws AttemptFailure, or whatever the network or the signal throws.
 */
export async function openRows(
  { pool, path, headers }: Introduced,
  { text: query, variables, rows }: SourceRequest,
  { source, signal, schema }: Pick<SendOptions, 'source' | 'signal'> & { readonly schema: string },
): Promise<OpenRows> {
  const closed = new AbortController();
  const response = await pool.request({
    path,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: acceptRows(schema),
      [batchHeader]: encodeBatch(rows?.batch ?? { limit: Infinity, beyond: null }),
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
    // How long it takes is the business of whoever reads it.
    bodyTimeout: 0,
    signal: AbortSignal.any([signal, closed.signal]),
  });
  const close = (): void => closed.abort(new Error('Nobody takes these rows any more.'));
  try {
    requireSource(response, source);
    if (!isInRows(response)) {
      throw refusalOf(await response.body.text(), response);
    }
  } catch (thrown) {
    close();
    throw thrown;
  }
  return { blocks: checked(readFrames(response.body, (head) => requireSchema(head.schema, schema))), close };
}

/** Why a broker sends something else. */
function refusalOf(text: string, response: Parameters<typeof sourceBodyOf>[1]): AttemptFailure {
  const [error] = sourceBodyOf(text, response).errors;
  const code = error?.extensions?.['code'];
  const status =
    error === undefined ? 'UNSUPPORTED' : code === 'FORBIDDEN' || code === 'UNAUTHENTICATED' ? 'FORBIDDEN' : 'ERROR';
  const retryable = error?.extensions?.['retryable'] === true;
  return new AttemptFailure(status, error?.message ?? 'it sends no streams of rows', { retryable });
}

function requireSchema(found: string, schema: string): void {
  if (found !== schema) {
    throw new FramesError('its rows are of another version of the schema');
  }
}

/** What is wrong with the framing is wrong with the broker. */
async function* checked(blocks: RowBlocks): RowBlocks {
  try {
    return yield* blocks;
  } catch (thrown) {
    throw thrown instanceof FramesError
      ? new AttemptFailure('ERROR', thrown.message, { retryable: true, cause: thrown })
      : thrown;
  }
}
