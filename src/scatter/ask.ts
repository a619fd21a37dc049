import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf, SitewideError } from '../core/errors.ts';
import type { Endpoint } from './endpoint.ts';
import { rankEndpoints, type Target } from './target.ts';

// Asking a target: one of its endpoints is tried, and the next one when the first cannot be reached. Knows neither what
// is asked nor over which wire. The result is data, never an exception: a source that fails is part of the answer.

/** Why a source gave no answer. */
export type FailureStatus = 'TIMEOUT' | 'UNREACHABLE' | 'ERROR' | 'FORBIDDEN' | 'UNSUPPORTED' | 'CANCELLED';

/** Thrown by a sender to say what kind of failure it was; anything else that it throws counts as UNREACHABLE. */
export class AttemptFailure extends Error {
  override readonly name = 'AttemptFailure';
  readonly status: FailureStatus;
  /** True if an equivalent endpoint may do better. */
  readonly retryable: boolean;

  constructor(status: FailureStatus, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.status = status;
    this.retryable = options.retryable;
  }
}

/** What came of asking a target. */
export type Outcome<Answer> = OutcomeReport &
  ({ readonly status: 'OK'; readonly answer: Answer } | { readonly status: FailureStatus; readonly message: string });

/** How the asking went. */
export interface OutcomeReport {
  /** The endpoint that answered, or the last one tried; null for none. */
  readonly endpoint: string | null;
  readonly attempts: number;
  readonly latencyMs: number;
}

interface AskOptions<Answer> {
  readonly target: Target;
  /** Sends the request to one endpoint. Must settle soon after its signal aborts. */
  readonly send: (endpoint: Endpoint, signal: AbortSignal) => Promise<Answer>;
  /** Ends the asking: its reason tells a missed deadline from a caller who went away. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Asks a target. Never rejects. */
export async function ask<Answer>({
  target,
  send,
  signal,
  clock,
  random,
}: AskOptions<Answer>): Promise<Outcome<Answer>> {
  const startedAt = clock.now();
  let attempts = 0;
  let last: { endpoint: Endpoint; failure: AttemptFailure } | null = null;
  const report = (endpoint: Endpoint | undefined): OutcomeReport => ({
    endpoint: endpoint?.url ?? null,
    attempts,
    latencyMs: clock.now() - startedAt,
  });
  for (const endpoint of rankEndpoints(target, random)) {
    attempts += 1;
    try {
      const answer = await attempt(endpoint, send, { signal, clock });
      return { status: 'OK', answer, ...report(endpoint) };
    } catch (thrown) {
      const failure = failureOf(thrown, signal);
      last = { endpoint, failure };
      if (!failure.retryable || signal.aborted) {
        break;
      }
    }
  }
  return {
    status: last?.failure.status ?? 'UNREACHABLE',
    message: last?.failure.message ?? 'it has no endpoint',
    ...report(last?.endpoint),
  };
}

async function attempt<Answer>(
  endpoint: Endpoint,
  send: AskOptions<Answer>['send'],
  { signal, clock }: Pick<AskOptions<Answer>, 'signal' | 'clock'>,
): Promise<Answer> {
  const startedAt = clock.now();
  endpoint.begin();
  try {
    signal.throwIfAborted();
    const answer = await abortable(send(endpoint, signal), signal);
    endpoint.succeed(clock.now() - startedAt);
    return answer;
  } catch (thrown) {
    const failure = failureOf(thrown, signal);
    settle(endpoint, failure, clock.now() - startedAt);
    throw failure;
  }
}

/** A refusal is an answer as far as the endpoint's health is concerned. */
function settle(endpoint: Endpoint, { status, message }: AttemptFailure, latencyMs: number): void {
  switch (status) {
    case 'CANCELLED':
      endpoint.abandon();
      break;
    case 'FORBIDDEN':
    case 'UNSUPPORTED':
      endpoint.succeed(latencyMs);
      break;
    case 'TIMEOUT':
    case 'UNREACHABLE':
    case 'ERROR':
      endpoint.fail(message);
  }
}

function failureOf(thrown: unknown, signal: AbortSignal): AttemptFailure {
  if (thrown instanceof AttemptFailure) {
    return thrown;
  }
  if (signal.aborted) {
    const reason: unknown = signal.reason;
    const timedOut = reason instanceof SitewideError && reason.code === 'DEADLINE_EXCEEDED';
    return new AttemptFailure(timedOut ? 'TIMEOUT' : 'CANCELLED', messageOf(reason), { retryable: false });
  }
  return new AttemptFailure('UNREACHABLE', messageOf(thrown), { retryable: true, cause: thrown });
}
