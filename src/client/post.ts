import { type Answer, isTurnedAway, parseAnswer } from './answer.ts';

// One operation to one endpoint over HTTP.

/** Thrown if an endpoint gave no answer that counts; an equivalent one may. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** What the endpoint said, if it was GraphQL. */
  readonly answer: Answer | null;

  constructor(message: string, answer: Answer | null) {
    super(message);
    this.answer = answer;
  }
}

/** What one request is. */
export interface PostOptions {
  readonly endpoint: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly fetch: typeof globalThis.fetch;
}

/**
 * Sends it.
 * @throws NoAnswer, or whatever fetch or the signal throws.
 */
export async function post({ endpoint, body, headers, signal, fetch }: PostOptions): Promise<Answer> {
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
  const { status } = response;
  const parsed = parseAnswer(await response.text());
  if (parsed === null) {
    throw new NoAnswer(`HTTP ${status}, not a GraphQL answer`, null);
  }
  const answer = { ...parsed, endpoint, status };
  if (isTurnedAway(answer)) {
    throw new NoAnswer(`HTTP ${status}, ${answer.errors[0]?.message ?? 'no data'}`, answer);
  }
  return answer;
}

/** True if it is certain that nothing was sent: nobody listens there, or there is no such host. Known in Node only. */
export function neverSent(thrown: unknown): boolean {
  const { cause } = thrown as { readonly cause?: { readonly code?: unknown } };
  return cause?.code === 'ECONNREFUSED' || cause?.code === 'ENOTFOUND' || cause?.code === 'EAI_AGAIN';
}
