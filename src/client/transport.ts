import type { Clock } from '../core/clock.ts';
import { createDeadline } from '../core/deadline.ts';
import { messageOf, SitewideError } from '../core/errors.ts';

// GraphQL over HTTP to a list of equivalent endpoints: a query that reaches no broker at one address goes to the next.
// It knows fetch and JSON only, so that it runs in a browser as well.

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

interface RequestOptions {
  readonly signal: AbortSignal;
  /** How long the whole request may take, in milliseconds; the brokers are told, so that they answer in time. */
  readonly timeoutMs?: number | undefined;
}

/** Asks a list of endpoints. */
export interface Transport {
  /**
   * Sends an operation.
   * @throws SitewideError `ENDPOINT_UNREACHABLE` if no endpoint gave a GraphQL answer, `DEADLINE_EXCEEDED`, or the
   * signal's reason.
   */
  request(query: string, variables: Readonly<Record<string, unknown>>, options: RequestOptions): Promise<Answer>;
}

interface TransportOptions {
  /** Full addresses, in the order in which they are tried. */
  readonly endpoints: readonly string[];
  readonly clock: Clock;
  readonly fetch?: typeof globalThis.fetch;
}

/** Longer than any broker may take (60 s), so that theirs is the answer and not ours. */
const defaultTimeoutMs = 65_000;

/** A transport over these endpoints. It holds nothing that needs closing. */
export function createTransport({ endpoints, clock, fetch = globalThis.fetch }: TransportOptions): Transport {
  return {
    async request(query, variables, { signal, timeoutMs }) {
      using deadline = createDeadline({ clock, timeoutMs: timeoutMs ?? defaultTimeoutMs, parent: signal });
      const problems: string[] = [];
      // A mutation that was sent may have been executed, whatever came back.
      const candidates = isMutation(query) ? endpoints.slice(0, 1) : endpoints;
      for (const endpoint of candidates) {
        try {
          const headers = timeoutMs === undefined ? {} : deadlineHeader(deadline.remainingMs());
          const body = JSON.stringify({ query, variables });
          return await post({ endpoint, body, headers, signal: deadline.signal, fetch });
        } catch (thrown) {
          deadline.signal.throwIfAborted();
          problems.push(`${endpoint}: ${problemOf(thrown)}`);
        }
      }
      throw new SitewideError('ENDPOINT_UNREACHABLE', { problem: problems.join('; ') });
    },
  };
}

/** The broker gets less than we have, so that its partial answer reaches us. */
function deadlineHeader(remainingMs: number): Record<string, string> {
  return { 'sitewide-deadline-ms': String(Math.max(1, Math.floor(remainingMs * 0.9))) };
}

interface PostOptions {
  readonly endpoint: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly fetch: typeof globalThis.fetch;
}

async function post({ endpoint, body, headers, signal, fetch }: PostOptions): Promise<Answer> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...headers,
    },
    body,
    signal,
  });
  const text = await response.text();
  const parsed = parseAnswer(text);
  const overloaded = response.status >= 502 && response.status <= 504 && !parsed?.data;
  if (!parsed || overloaded) {
    throw new Error(`HTTP ${response.status}, ${parsed?.errors?.[0]?.message ?? 'not a GraphQL answer'}`);
  }
  return {
    data: parsed.data ?? null,
    errors: parsed.errors ?? [],
    extensions: parsed.extensions ?? {},
    endpoint,
    status: response.status,
  };
}

type RawAnswer = Partial<Pick<Answer, 'data' | 'errors' | 'extensions'>>;

/** The GraphQL answer in a text; null if it is something else. */
function parseAnswer(text: string): RawAnswer | null {
  try {
    const value: unknown = JSON.parse(text);
    const isAnswer = typeof value === 'object' && value !== null && ('data' in value || 'errors' in value);
    return isAnswer ? (value as RawAnswer) : null;
  } catch {
    // Pages of proxies and other servers are not JSON; the caller says so with the status.
    return null;
  }
}

/** Errs on the side of mutation: then only the failover to a second endpoint is lost. */
function isMutation(query: string): boolean {
  return /(^|[^\w$])mutation\b/.test(query.replace(/#.*/g, ''));
}

/** fetch says "fetch failed" and keeps what happened as the cause. */
function problemOf(thrown: unknown): string {
  const cause = (thrown as { readonly cause?: unknown }).cause;
  return cause === undefined ? messageOf(thrown) : messageOf(cause) || String((cause as { code?: unknown }).code);
}
