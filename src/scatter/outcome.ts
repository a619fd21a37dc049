import { messageOf, SitewideError } from '../core/errors.ts';

// What can come of asking: an answer, or one of the ways of getting none.

/** Why a source gave no answer. */
export type FailureStatus = 'TIMEOUT' | 'UNREACHABLE' | 'ERROR' | 'FORBIDDEN' | 'UNSUPPORTED' | 'CANCELLED';

/** Thrown by a sender to say what kind of failure it was; anything else that it throws counts as UNREACHABLE. */
export class AttemptFailure extends Error {
  override readonly name = 'AttemptFailure';
  readonly status: FailureStatus;
  /** True if an equivalent endpoint may do better. */
  readonly retryable: boolean;
  /** True if the endpoint is well and has no room: it should get less for a moment, not be taken for dead. */
  readonly overloaded: boolean;

  constructor(
    status: FailureStatus,
    message: string,
    options: { retryable: boolean; overloaded?: boolean; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.status = status;
    this.retryable = options.retryable;
    this.overloaded = options.overloaded ?? false;
  }
}

/** One request to one endpoint. Times are milliseconds since the asking began. */
export interface AttemptRecord {
  /** The configured id of the broker. */
  readonly broker: string;
  readonly endpoint: string;
  /** Why it was sent: first of all, after another failed, or beside a slow one. */
  readonly reason: 'FIRST' | 'RETRY' | 'HEDGE';
  readonly startedMs: number;
  readonly endedMs: number;
  /** SUPERSEDED: another endpoint answered first. SECOND_BEST: it answered, but with old data. */
  readonly status: 'OK' | FailureStatus | 'SUPERSEDED' | 'SECOND_BEST';
  readonly message: string | null;
  /** Why this endpoint; null unless it was asked for. */
  readonly choice: string | null;
  /** The bodies, as far as they were seen. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** How the asking went. */
export interface OutcomeReport {
  /** The endpoint that answered, or the last one tried; null for none. */
  readonly endpoint: string | null;
  /** In the order in which they ended; empty for the own installation. */
  readonly attempts: readonly AttemptRecord[];
  readonly latencyMs: number;
}

/** An answer, or why there is none. */
export type Verdict<Answer> =
  { readonly status: 'OK'; readonly answer: Answer } | { readonly status: FailureStatus; readonly message: string };

/** What came of asking a target. */
export type Outcome<Answer> = OutcomeReport & Verdict<Answer>;

/** What kind of failure something thrown is. An aborted signal explains everything that was thrown after it. */
export function failureOf(thrown: unknown, signal: AbortSignal): AttemptFailure {
  if (signal.aborted) {
    const reason: unknown = signal.reason;
    if (reason instanceof AttemptFailure) {
      return reason;
    }
    const timedOut = reason instanceof SitewideError && reason.code === 'DEADLINE_EXCEEDED';
    return new AttemptFailure(timedOut ? 'TIMEOUT' : 'CANCELLED', messageOf(reason), { retryable: false });
  }
  if (thrown instanceof AttemptFailure) {
    return thrown;
  }
  return new AttemptFailure('UNREACHABLE', messageOf(thrown), { retryable: true, cause: thrown });
}
