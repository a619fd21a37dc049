import type { Clock } from './clock.ts';
import { SitewideError } from './errors.ts';

// A deadline: an instant and the AbortSignal that fires at it. It is bound to a parent signal, so that a caller who goes
// away ends the wait as well.

/** How long a request may take when its caller does not say, in milliseconds. */
export const defaultTimeoutMs = 5_000;
/** How long a request may take at most, in milliseconds. */
export const maximumTimeoutMs = 60_000;

/** An instant by which something must be done. Dispose it, or its timer stays until it fires. */
export interface Deadline extends Disposable {
  /** Aborts at the instant with DEADLINE_EXCEEDED, or when the parent does, with the parent's reason. */
  readonly signal: AbortSignal;
  /** How long it was when it was made, in milliseconds. */
  readonly timeoutMs: number;
  /** Milliseconds left, never below 0. */
  remainingMs(): number;
}

interface DeadlineOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly parent?: AbortSignal | undefined;
}

/** Starts a deadline. */
export function createDeadline({ clock, timeoutMs, parent }: DeadlineOptions): Deadline {
  const at = clock.now() + timeoutMs;
  const controller = new AbortController();
  let callOff = (): void => undefined;
  const abortWithParent = (): void => controller.abort(parent?.reason);
  if (parent?.aborted) {
    abortWithParent();
  } else {
    parent?.addEventListener('abort', abortWithParent, { once: true });
    callOff = clock.after(timeoutMs, () => controller.abort(new SitewideError('DEADLINE_EXCEEDED', { timeoutMs })));
  }
  return {
    signal: controller.signal,
    timeoutMs,
    remainingMs: () => Math.max(0, at - clock.now()),
    [Symbol.dispose]() {
      parent?.removeEventListener('abort', abortWithParent);
      callOff();
    },
  };
}

/**
 * What is left for the tiers below: the rest, less a reserve of 10 % and at least 50 ms, so that a partial answer leaves
 * before its caller gives up.
 * @param remainingMs Milliseconds left here.
 */
export function withReserve(remainingMs: number): number {
  return Math.max(1, Math.floor(remainingMs - Math.max(50, remainingMs * 0.1)));
}
