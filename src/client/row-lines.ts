import { messageOf, SitewideError } from '../core/errors.ts';
import { type Answer, parseAnswer } from './answer.ts';
import { bearer, type GetToken } from './token.ts';

// A list of any length as lines of JSON, a row each, taken from a broker as fast as they are used. The last line says how
// many there were and what they rest on; without it the list was cut.

/** What is to be said after the last row. */
export interface RowLinesEnd {
  readonly rows: number;
  /** As in the answer to any other query. */
  readonly coverage: unknown;
}

/** The rows, some at a time; each a line of JSON with its end. In the end what is to be said of all. */
export type RowLines = AsyncGenerator<string, RowLinesEnd, undefined>;

/** Opens lists of rows. */
export interface RowLists {
  /**
   * Asks the first broker that answers.
   * @returns The rows, or the answer with its errors if there are none.
   * @throws SitewideError `ENDPOINT_UNREACHABLE`, or the signal's reason.
   */
  open(query: string, variables: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<RowLines | Answer>;
}

interface RowListsOptions {
  /** Full addresses of equivalent brokers. */
  readonly endpoints: readonly string[];
  readonly fetch?: typeof globalThis.fetch;
  readonly token?: GetToken | undefined;
}

/** Lists of rows at these brokers. */
export function createRowLists({ endpoints, fetch = globalThis.fetch, token }: RowListsOptions): RowLists {
  return {
    async open(query, variables, signal) {
      const shown = (await token?.(signal)) ?? null;
      const problems: string[] = [];
      for (const endpoint of endpoints) {
        try {
          const response = await fetch(endpoint, {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              accept: 'application/jsonl',
              ...(shown !== null && { authorization: bearer(shown) }),
            },
            body: JSON.stringify({ query, variables }),
            signal,
          });
          return await read(response, endpoint);
        } catch (thrown) {
          signal.throwIfAborted();
          problems.push(`${endpoint}: ${messageOf(thrown)}`);
        }
      }
      throw new SitewideError('ENDPOINT_UNREACHABLE', { problem: problems.join('; ') || 'no endpoint is given' });
    },
  };
}

async function read(response: Response, endpoint: string): Promise<RowLines | Answer> {
  const { status, headers, body } = response;
  if (headers.get('content-type')?.startsWith('application/jsonl') === true && body) {
    return readLines(body);
  }
  const answer = parseAnswer(await response.text());
  if (answer === null) {
    throw new Error(`HTTP ${status}, not a GraphQL answer`);
  }
  return { ...answer, endpoint, status };
}

/** @throws SitewideError `ENDPOINT_UNREACHABLE` if the last line is missing. */
async function* readLines(body: ReadableStream<Uint8Array>): RowLines {
  const decoder = new TextDecoder();
  // The last line is known as such only once nothing follows it.
  let last = '';
  let rest = '';
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    const text = rest + decoder.decode(chunk, { stream: true });
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    const start = text.lastIndexOf('\n', end - 2) + 1;
    if (end > 0) {
      const rows = last + text.slice(0, start);
      last = text.slice(start, end);
      if (rows !== '') {
        yield rows;
      }
    }
  }
  return readEnd(rest === '' ? last : '');
}

function readEnd(line: string): RowLinesEnd {
  try {
    const { rows, coverage } = JSON.parse(line) as Partial<RowLinesEnd>;
    if (typeof rows === 'number' && coverage !== undefined) {
      return { rows, coverage };
    }
  } catch {
    // No line, or half of one.
  }
  throw new SitewideError('ENDPOINT_UNREACHABLE', { problem: 'the list was cut: its last line is missing' });
}
