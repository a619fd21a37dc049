import { isObject } from '../core/is-object.ts';
// What comes back from an endpoint: read without trust, since anything may stand between a client and a broker.

/** An error of an answer. */
export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** What an endpoint answered. */
export interface Answer {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly AnswerError[];
  readonly extensions: Readonly<Record<string, unknown>>;
  /** The address that answered. */
  readonly endpoint: string;
  /** The HTTP status. */
  readonly status: number;
}

type RawAnswer = Partial<Pick<Answer, 'data' | 'errors' | 'extensions'>>;

/** The GraphQL answer in a text; null if it is something else. */
export function parseAnswer(text: string): Pick<Answer, 'data' | 'errors' | 'extensions'> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Pages of proxies and bodies cut short are not JSON; the caller says so with the status.
    return null;
  }
  if (!isRawAnswer(value)) {
    return null;
  }
  return { data: value.data ?? null, errors: value.errors ?? [], extensions: value.extensions ?? {} };
}

/** The codes by which a broker turns a whole request away before it has done anything for it. */
const turnedAwayCodes = new Set<unknown>(['OVERLOADED', 'SHUTTING_DOWN']);

/** True if an equivalent broker may answer what this one did not: it is too busy, or leaving, or its gateway is. */
export function isTurnedAway({ data, errors, status }: Pick<Answer, 'data' | 'errors' | 'status'>): boolean {
  const ofTheWhole = data === null && errors.every(({ path }) => path === undefined);
  return (
    ofTheWhole &&
    ((status >= 502 && status <= 504) || errors.some(({ extensions }) => turnedAwayCodes.has(extensions?.['code'])))
  );
}

function isRawAnswer(value: unknown): value is RawAnswer {
  if (!isObject(value) || !('data' in value || 'errors' in value)) {
    return false;
  }
  const { data, errors, extensions } = value;
  return (
    (data === undefined || data === null || isObject(data)) &&
    (errors === undefined || (Array.isArray(errors) && errors.every(isAnswerError))) &&
    (extensions === undefined || isObject(extensions))
  );
}

function isAnswerError(error: unknown): boolean {
  return isObject(error) && typeof error['message'] === 'string';
}
