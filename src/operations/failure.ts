import { messageOf, SitewideError, type ErrorCode } from '../core/errors.ts';

// What the driver's errors mean for an operation.

/** Why an attempt failed. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  /** True if trying again is of no use. */
  readonly isFinal: boolean;
  /** False if it proves that nothing was done, and nothing will be. */
  readonly mayBeDone: boolean;
}

/** What an error means. */
export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof SitewideError)) {
    return { code: 'INTERNAL', message: messageOf(thrown), isFinal: true, mayBeDone: true };
  }
  const { code, message, retryable } = thrown as SitewideError;
  const isRefusal = code === 'ACTION_IMPOSSIBLE' || code === 'ACTION_UNSUPPORTED';
  return { code, message, isFinal: !retryable, mayBeDone: !isRefusal && !wasNeverSent(thrown) };
}

/** Nobody listened, so nothing was asked for. */
function wasNeverSent(thrown: unknown): boolean {
  for (let cause: unknown = thrown; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { readonly code?: unknown };
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return true;
  }
  return false;
}
