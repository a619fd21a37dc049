import type { Clock } from '../core/clock.ts';
import type { Endpoint } from './endpoint.ts';
import { type AttemptFailure, type AttemptRecord, failureOf } from './outcome.ts';

// One request to one endpoint, and what it teaches of that endpoint.

/** Sends a request to one endpoint. Must settle soon after its signal aborts. */
export type Send<Answer> = (endpoint: Endpoint, signal: AbortSignal, traffic: Traffic) => Promise<Answer>;

/** The size of the bodies, noted by the sender as it sees them. */
export interface Traffic {
  sentBytes: number;
  receivedBytes: number;
}

/** A request that is under way. */
export interface Attempt<Answer> {
  readonly endpoint: Endpoint;
  readonly reason: AttemptRecord['reason'];
  /** Why this endpoint was chosen; null unless it was asked for. */
  readonly choice: string | null;
  readonly traffic: Traffic;
  /** When it left, in milliseconds since 1970. */
  readonly startedAt: number;
  /** Never rejects. */
  readonly end: Promise<AttemptEnd<Answer>>;
  /** Ends it because the endpoint is at fault, for example too slow. */
  fail(failure: AttemptFailure): void;
  /** Ends it because another endpoint answered first. What it took so far counts against the endpoint. */
  supersede(): void;
}

/** How a request ended. */
export type AttemptEnd<Answer> =
  | { readonly kind: 'answer'; readonly attempt: Attempt<Answer>; readonly answer: Answer }
  | { readonly kind: 'failure'; readonly attempt: Attempt<Answer>; readonly failure: AttemptFailure }
  | { readonly kind: 'superseded'; readonly attempt: Attempt<Answer> };

interface AttemptOptions<Answer> {
  readonly endpoint: Endpoint;
  readonly reason: AttemptRecord['reason'];
  readonly choice: string | null;
  readonly send: Send<Answer>;
  /** Ends everything: the deadline, or a caller who went away. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** Sends one request. */
export function startAttempt<Answer>(options: AttemptOptions<Answer>): Attempt<Answer> {
  const { endpoint, reason, choice, send, clock } = options;
  const traffic: Traffic = { sentBytes: 0, receivedBytes: 0 };
  const own = new AbortController();
  const { signal } = own;
  const flight = endpoint.begin();
  const startedAt = clock.now();
  let superseded = false;
  let isOver = false;
  const failed = (thrown: unknown): AttemptEnd<Answer> => {
    if (superseded) {
      endpoint.latency.record(clock.now() - startedAt);
      flight.abandon();
      return { kind: 'superseded', attempt };
    }
    const failure = failureOf(thrown, signal);
    settle(flight, failure);
    return { kind: 'failure', attempt, failure };
  };
  const { promise, resolve } = Promise.withResolvers<AttemptEnd<Answer>>();
  const finish = (end: () => AttemptEnd<Answer>): void => {
    if (!isOver) {
      isOver = true;
      options.signal.removeEventListener('abort', abortWithParent);
      resolve(end());
    }
  };
  // Whoever sends may take its time to notice that it was aborted; that is not waited for.
  const abort = (reason: unknown): void => {
    own.abort(reason);
    finish(() => failed(reason));
  };
  const abortWithParent = (): void => abort(options.signal.reason);
  const answered = (answer: Answer): void =>
    finish(() => {
      flight.succeed();
      return { kind: 'answer', attempt, answer };
    });
  const thrown = (error: unknown): void => finish(() => failed(error));
  const run = (): void => {
    if (options.signal.aborted) {
      abortWithParent();
    }
    if (isOver) {
      return;
    }
    options.signal.addEventListener('abort', abortWithParent, { once: true });
    send(endpoint, signal, traffic).then(answered, thrown);
  };
  queueMicrotask(run);
  const attempt: Attempt<Answer> = {
    endpoint,
    reason,
    choice,
    traffic,
    startedAt,
    end: promise,
    fail: abort,
    supersede() {
      superseded = true;
      abort(outdone);
    },
  };
  return attempt;
}

/** One for all: making an error notes a call stack each time. */
const outdone = new Error('Another endpoint answered first.');

/** A refusal is an answer as far as the endpoint's health is concerned. */
function settle(flight: ReturnType<Endpoint['begin']>, { status, message, overloaded }: AttemptFailure): void {
  if (overloaded) {
    flight.turnAway(message);
    return;
  }
  switch (status) {
    case 'CANCELLED':
      flight.abandon();
      break;
    case 'FORBIDDEN':
    case 'UNSUPPORTED':
      flight.succeed();
      break;
    case 'TIMEOUT':
    case 'UNREACHABLE':
    case 'ERROR':
      flight.fail(message);
  }
}
