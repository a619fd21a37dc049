import { decompress } from '../core/compression.ts';
import { messageOf } from '../core/errors.ts';
import { isObject } from '../core/is-object.ts';
import { release } from '../core/release.ts';
import type { SourceBody, SourceError } from '../merge/combine.ts';
import type { Coverage } from '../model/coverage.ts';
import { withTimings } from '../model/revalidation.ts';
import { readSourceName } from '../model/source-name.ts';
import { rowsMediaType } from '../rows/frames.ts';
import type { Traffic } from '../scatter/attempt.ts';
import { AttemptFailure } from '../scatter/outcome.ts';
import type { Exchanged } from './exchange.ts';

// What comes back from another broker: GraphQL as it should be, from the source that was meant, or a failure of
// that endpoint with its reason.

interface ReadOptions {
  /** The source that has to answer, for example `installation:lyon-a` or `site:lyon`. */
  readonly source: string;
  /** Told how large the body is. */
  readonly traffic?: Traffic | undefined;
}

/**
 * Reads the answer of a broker, and gives the memory of its bytes back.
 * @throws AttemptFailure, or whatever the network throws.
 */
export async function readBody(response: Exchanged, options: ReadOptions): Promise<SourceBody> {
  const text = await answerText(response, options);
  release(response.body);
  return sourceBodyOf(text, response);
}

/** What an answer is without its body. */
type AnswerHead = Pick<Exchanged, 'statusCode' | 'headers'>;

/** The text of an answer, which must come from the source that was meant. Throws the same. */
export async function answerText(response: Exchanged, options: ReadOptions): Promise<string> {
  const bytes = answerBytes(response, options);
  return response.headers['content-encoding'] === 'zstd' ? unpack(bytes) : bytes.toString('utf8');
}

/** The bytes of an answer as they came, which must be from the source that was meant. Throws the same. */
export function answerBytes(response: Exchanged, { source, traffic }: ReadOptions): Buffer {
  if (traffic) {
    traffic.receivedBytes += response.body.length;
  }
  requireSource(response, source);
  return response.body;
}

/** True if an answer is in rows. */
export function isInRows({ headers }: AnswerHead): boolean {
  return headers['content-type'] === rowsMediaType;
}

/** What the text of an answer says. Throws the same. */
export function sourceBodyOf(text: string, response: AnswerHead): SourceBody {
  const { data, errors = [], extensions } = parseBody(text, response.statusCode);
  const schema = schemaOf(response);
  if (data === undefined || (data === null && errors.some(isNotUnderstood))) {
    throw requestFailure(response.statusCode, errors, schema);
  }
  return { data, errors, coverage: extensions?.coverage ?? {}, schema };
}

/** The version of the base schema that a broker says it speaks. */
function schemaOf({ headers }: AnswerHead): string | undefined {
  const hash = headers['sitewide-schema'];
  return typeof hash === 'string' ? hash : undefined;
}

/** The code of the first error in a text; null if there is none to be found. */
export function codeOfError(text: string): unknown {
  try {
    return (JSON.parse(text) as WireBody | null)?.errors?.[0]?.extensions?.['code'] ?? null;
  } catch {
    return null;
  }
}

/**
 * An earlier answer that is still right, with the timings of the later one. Throws the same.
 * @param had The text of the earlier answer; null if there is none.
 */
export function unchangedBody(had: string | null, timings: string, response: AnswerHead): SourceBody {
  const body = had === null ? null : sourceBodyOf(had, response);
  const coverage = body && withTimings(body.coverage, parseTimings(timings));
  if (!body || !coverage) {
    throw new AttemptFailure('ERROR', 'it said that its answer has not changed, but not from which one', {
      retryable: true,
    });
  }
  return { ...body, coverage };
}

function parseTimings(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** So large may an answer be, in bytes: a hundred times a page of 1000 machines. */
const largestAnswer = 268_435_456;

async function unpack(bytes: Buffer): Promise<string> {
  try {
    return (await decompress(bytes, 'zstd', largestAnswer)).toString('utf8');
  } catch (cause) {
    throw new AttemptFailure('ERROR', `its answer cannot be unpacked: ${messageOf(cause)}`, { retryable: true, cause });
  }
}

/** @throws AttemptFailure unless this source has answered. */
export function requireSource({ headers }: Pick<AnswerHead, 'headers'>, source: string): void {
  const { kind, id } = readSourceName(source);
  const answeredAs = kind === 'site' ? headers['sitewide-site'] : headers['sitewide-installation'];
  if (answeredAs !== id) {
    const found = answeredAs === undefined ? `no ${kind}` : `${kind} "${String(answeredAs)}"`;
    throw new AttemptFailure('ERROR', `it answered as ${found}, not as "${id}"`, { retryable: true });
  }
}

interface WireBody {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly SourceError[];
  readonly extensions?: { readonly coverage?: Readonly<Record<string, Coverage>> };
}

function parseBody(text: string, statusCode: number): WireBody {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new AttemptFailure('ERROR', `it answered with status ${statusCode} and no JSON: ${messageOf(cause)}`, {
      retryable: true,
      cause,
    });
  }
  if (!isWireBody(body)) {
    throw new AttemptFailure('ERROR', `it answered with status ${statusCode} and JSON that is no GraphQL response`, {
      retryable: true,
    });
  }
  return body;
}

function isWireBody(body: unknown): body is WireBody {
  if (!isObject(body)) {
    return false;
  }
  const { data, errors, extensions } = body;
  return (
    (data === undefined || data === null || isObject(data)) &&
    (errors === undefined || (Array.isArray(errors) && errors.every(isSourceError))) &&
    (extensions === undefined || isObject(extensions))
  );
}

function isSourceError(error: unknown): boolean {
  return isObject(error) && typeof error['message'] === 'string';
}

/** The codes by which a server says that it does not understand an operation that is valid here. */
const notUnderstood = new Set<unknown>(['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED', 'BAD_USER_INPUT']);

/** A broker does not understand a request, and has done nothing. */
export class NotUnderstood extends AttemptFailure {
  /** The version of the base schema that it speaks; undefined if it does not say. */
  readonly schema: string | undefined;

  constructor(message: string, schema: string | undefined) {
    super('UNSUPPORTED', message, { retryable: false });
    this.schema = schema;
  }
}

/** True for an error that is about the whole operation, not about what it found. */
export function isNotUnderstood({ path, extensions }: SourceError): boolean {
  return path === undefined && notUnderstood.has(extensions?.['code']);
}

/** Why a broker refused the whole request. */
function requestFailure(
  statusCode: number,
  errors: readonly SourceError[],
  schema: string | undefined,
): AttemptFailure {
  const [first] = errors;
  const message = first?.message ?? `it answered with status ${statusCode}`;
  const code = first?.extensions?.['code'];
  if (first && isNotUnderstood(first)) {
    return new NotUnderstood(message, schema);
  }
  if (code === 'FORBIDDEN' || code === 'UNAUTHENTICATED' || code === 'ASSERTION_NOT_ALLOWED') {
    return new AttemptFailure('FORBIDDEN', message, { retryable: false });
  }
  if (code === 'OVERLOADED') {
    return new AttemptFailure('UNREACHABLE', message, { retryable: true, overloaded: true });
  }
  return new AttemptFailure('ERROR', message, {
    retryable: statusCode >= 500 || first?.extensions?.['retryable'] === true,
  });
}
