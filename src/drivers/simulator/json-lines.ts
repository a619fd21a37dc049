import type { Readable } from 'node:stream';

import type { Clock } from '../../core/clock.ts';

// Reads a stream of JSON lines and notices when it falls silent. What the lines say is not its business.

interface JsonLinesOptions {
  readonly clock: Clock;
  /** How long the stream may be silent while we wait for it, in milliseconds. */
  readonly silenceMs: number;
}

/** As long as a line may be, in UTF-16 units: a tick of usage of 50,000 machines is a tenth of it. */
const maximumLineLength = 16 * 2 ** 20;

/** A stream that said nothing for too long. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

/** A stream whose text is not JSON lines. */
export class NotJsonLinesError extends Error {
  override readonly name = 'NotJsonLinesError';
}

/**
 * The values of the lines, together those that arrive together. Text behind the last line end is dropped: a stream of a
 * known end has to be checked for it by the reader. The stream is destroyed when the reader stops.
 * @throws SilenceError, NotJsonLinesError, or the stream's own error.
 */
export async function* readJsonLines(stream: Readable, options: JsonLinesOptions): AsyncGenerator<unknown[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of heard(stream, options)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maximumLineLength) {
      throw new NotJsonLinesError(`a line is longer than ${maximumLineLength} characters`);
    }
    yield lines.map(parse);
  }
}

async function* heard(stream: Readable, { clock, silenceMs }: JsonLinesOptions): AsyncGenerator<Uint8Array> {
  // An error also comes out of the iteration; without a listener one that comes after it would end the process.
  stream.on('error', () => undefined);
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  try {
    for (;;) {
      const settled = new AbortController();
      const silence = clock.sleep(silenceMs, settled.signal).then(() => {
        throw new SilenceError(`nothing was heard for ${silenceMs} ms`);
      });
      const next = await Promise.race([chunks.next(), silence]).finally(() => settled.abort());
      if (next.done === true) {
        return;
      }
      yield next.value;
    }
  } finally {
    stream.destroy();
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (thrown) {
    throw new NotJsonLinesError(`"${line.slice(0, 80)}" is not JSON`, { cause: thrown });
  }
}
