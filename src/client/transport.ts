import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { createDeadline, type Deadline } from '../core/deadline.ts';
import { messageOf, SitewideError } from '../core/errors.ts';
import type { Answer } from './answer.ts';
import { type ClientEndpoint, createEndpointList, type EndpointOrder, type Spreading } from './endpoint-list.ts';
import { createPatience, type Patience } from './patience.ts';
import { neverSent, NoAnswer, post } from './post.ts';
import { bearer, type GetToken } from './token.ts';

// GraphQL over HTTP to a list of equivalent endpoints: a query that one of them does not answer, or not soon, goes to
// another, and the first answer wins. A mutation is sent twice only if its input has an idempotency key, by which brokers
// know it again. It needs fetch and AbortSignal only, so that it runs in a browser as well.

interface RequestOptions {
  readonly signal: AbortSignal;
  /** How long the whole request may take, in milliseconds; the brokers are told, so that they answer in time. */
  readonly timeoutMs?: number | undefined;
  /** What the brokers' logs call this request; by default a new one. */
  readonly requestId?: string | undefined;
  /** True to have the broker say how the answer came about, in `extensions.explain`. */
  readonly explain?: boolean | undefined;
}

/** Asks a list of endpoints. */
export interface Transport {
  /**
   * Sends an operation. If every endpoint turns it away, what the last one said is the answer.
   * @throws SitewideError `ENDPOINT_UNREACHABLE` if no endpoint gave a GraphQL answer, `DEADLINE_EXCEEDED`, or the
   * signal's reason.
   */
  request(query: string, variables: Readonly<Record<string, unknown>>, options: RequestOptions): Promise<Answer>;
}

/** One request to one endpoint that gave no answer that counts. */
export interface EndpointProblem {
  readonly requestId: string;
  readonly endpoint: string;
  readonly message: string;
}

interface TransportOptions {
  /** Full addresses of equivalent brokers. */
  readonly endpoints: readonly string[];
  readonly clock: Clock;
  /** How requests are divided among the endpoints; by default the first gets them as long as it is well. */
  readonly spreading?: Spreading;
  readonly fetch?: typeof globalThis.fetch;
  readonly newId?: () => string;
  /** Asked for each request; what it throws, the request throws. */
  readonly token?: GetToken | undefined;
  /** Told of each endpoint that failed or was slow, although another one may have answered. */
  readonly onProblem?: (problem: EndpointProblem) => void;
}

/** Longer than any broker may take (60 s), so that theirs is the answer and not ours. */
const defaultTimeoutMs = 65_000;

/** A transport over these endpoints, which remembers how they fared. It holds nothing that needs closing. */
export function createTransport(options: TransportOptions): Transport {
  const { endpoints: urls, clock, spreading = 'IN_ORDER', newId = randomId } = options;
  const endpoints = createEndpointList({ urls, clock, spreading });
  const patience = createPatience(clock);
  return {
    async request(query, variables, { signal, timeoutMs, requestId = newId(), explain = false }) {
      using deadline = createDeadline({ clock, timeoutMs: timeoutMs ?? defaultTimeoutMs, parent: signal });
      const token = options.token ? await abortable(options.token(deadline.signal), deadline.signal) : null;
      patience.begin();
      return await askInTurn({
        ...options,
        patience,
        requestId,
        deadline,
        authorization: token === null ? null : bearer(token),
        body: JSON.stringify({ query, variables }),
        sendsDeadline: timeoutMs !== undefined,
        explain,
        once: isMutation(query) && !hasKey(variables),
        order: endpoints.begin(),
        running: new Set(),
        problems: [],
        refusal: null,
      });
    },
  };
}

interface Asking extends TransportOptions {
  readonly patience: Patience;
  readonly requestId: string;
  readonly deadline: Deadline;
  readonly authorization: string | null;
  readonly body: string;
  readonly sendsDeadline: boolean;
  readonly explain: boolean;
  /** True for what must not be sent again once it may have been sent. */
  readonly once: boolean;
  readonly order: EndpointOrder;
  readonly running: Set<Attempt>;
  readonly problems: string[];
  /** What an endpoint said that turned the request away: better than nothing. */
  refusal: Answer | null;
}

interface Attempt {
  readonly endpoint: ClientEndpoint;
  /** Never rejects. */
  readonly end: Promise<End>;
  readonly cancel: () => void;
}

type End =
  | { readonly kind: 'answer'; readonly attempt: Attempt; readonly answer: Answer }
  | { readonly kind: 'failure'; readonly attempt: Attempt; readonly thrown: unknown };

async function askInTurn(asking: Asking): Promise<Answer> {
  const { running, deadline, patience, problems } = asking;
  try {
    let latest = launch(asking);
    while (running.size > 0) {
      const end = await nextEnd(asking);
      if (end?.kind === 'answer') {
        end.attempt.endpoint.succeed();
        return end.answer;
      }
      deadline.signal.throwIfAborted();
      if (end === null) {
        if (patience.mayHedge()) {
          report(asking, latest, 'slow, so that another one was asked');
          latest = launch(asking);
        }
        continue;
      }
      running.delete(end.attempt);
      fail(asking, end.attempt, end.thrown);
      const mayGoOn = !asking.once || neverSent(end.thrown);
      if (mayGoOn && asking.order.left > 0 && (await allowed(asking))) {
        latest = launch(asking);
      }
    }
  } finally {
    for (const { cancel } of running) {
      cancel();
    }
  }
  if (asking.refusal) {
    return asking.refusal;
  }
  throw new SitewideError('ENDPOINT_UNREACHABLE', { problem: problems.join('; ') || 'no endpoint is given' });
}

/** How often it is asked whether a retry is affordable by now, in milliseconds. */
const retryPauseMs = 50;

/** Waits until a retry is allowed; false if another endpoint is being asked anyway. */
async function allowed({ patience, running, clock, deadline }: Asking): Promise<boolean> {
  while (!patience.mayRetry()) {
    if (running.size > 0) {
      return false;
    }
    await clock.sleep(retryPauseMs, deadline.signal);
  }
  return true;
}

function launch(asking: Asking): Attempt | null {
  const { order, deadline, body, clock, patience, running, fetch = globalThis.fetch } = asking;
  const endpoint = order.take();
  if (endpoint === null) {
    return null;
  }
  const own = new AbortController();
  const signal = AbortSignal.any([deadline.signal, own.signal]);
  const startedAt = clock.now();
  const send = async (): Promise<End> => {
    try {
      const sending = post({ endpoint: endpoint.url, body, headers: headersOf(asking), signal, fetch });
      const answer = await abortable(sending, signal);
      patience.record(clock.now() - startedAt);
      return { kind: 'answer', attempt, answer };
    } catch (thrown) {
      return { kind: 'failure', attempt, thrown };
    }
  };
  const attempt: Attempt = {
    endpoint,
    end: Promise.resolve().then(send),
    cancel: () => own.abort(new Error('Another endpoint answered first.')),
  };
  running.add(attempt);
  return attempt;
}

/** The end of any attempt; null if all of them take too long while there is another endpoint to ask. */
async function nextEnd({ running, order, once, clock, patience, deadline }: Asking): Promise<End | null> {
  const ends = [...running].map(({ end }) => end);
  if (once || order.left === 0) {
    return Promise.race(ends);
  }
  const over = new AbortController();
  try {
    const impatience = clock.sleep(patience.waitMs(deadline.remainingMs()), over.signal).then(
      () => null,
      () => null,
    );
    return await Promise.race([...ends, impatience]);
  } finally {
    over.abort();
  }
}

function fail(asking: Asking, attempt: Attempt, thrown: unknown): void {
  asking.refusal = thrown instanceof NoAnswer ? (thrown.answer ?? asking.refusal) : asking.refusal;
  report(asking, attempt, problemOf(thrown));
}

function report({ problems, requestId, onProblem }: Asking, attempt: Attempt | null, message: string): void {
  if (attempt === null) {
    return;
  }
  const { endpoint } = attempt;
  endpoint.fail();
  problems.push(`${endpoint.url}: ${message}`);
  onProblem?.({ requestId, endpoint: endpoint.url, message });
}

/** The broker gets less time than we have, so that its partial answer reaches us. */
function headersOf(asking: Asking): Record<string, string> {
  const { requestId, authorization, sendsDeadline, explain, deadline } = asking;
  const remainingMs = Math.max(1, Math.floor(deadline.remainingMs() * 0.9));
  return {
    'sitewide-request-id': requestId,
    ...(authorization !== null ? { authorization } : {}),
    ...(sendsDeadline ? { 'sitewide-deadline-ms': String(remainingMs) } : {}),
    ...(explain ? { 'sitewide-explain': '1' } : {}),
  };
}

/** Not `randomUUID`, which browsers have on secure pages only. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Errs on the side of mutation: then only the failover to a second endpoint is lost. */
function isMutation(query: string): boolean {
  return /(^|[^\w$])mutation\b/.test(query.replace(/#.*/g, ''));
}

/** True if the input of the mutation has a key by which a second request is known to be the same. */
function hasKey({ input }: Readonly<Record<string, unknown>>): boolean {
  const key =
    typeof input === 'object' && input !== null ? (input as { idempotencyKey?: unknown }).idempotencyKey : null;
  return typeof key === 'string';
}

/** fetch says "fetch failed" and keeps what happened as the cause. */
function problemOf(thrown: unknown): string {
  const { cause } = thrown as { readonly cause?: unknown };
  return cause === undefined ? messageOf(thrown) : messageOf(cause) || String((cause as { code?: unknown }).code);
}
