import type { Clock } from '../core/clock.ts';

// The time for which an operation is this broker's. It is measured by a timer of this process, from before the database was
// asked, so that the lease ends here before it ends there.

/** A lease that is held. Dispose it, or its timer stays until it fires. */
export interface HeldLease extends Disposable {
  /** Aborts when the operation is no longer this broker's. */
  readonly signal: AbortSignal;
  /** It was renewed by a statement that was sent at this time. */
  renewed(sentAt: number): void;
  /** It is lost. */
  lose(reason: Error): void;
}

interface HeldLeaseOptions {
  readonly clock: Clock;
  readonly leaseMs: number;
  /** When the statement was sent that gave it, by `clock`. */
  readonly sentAt: number;
  readonly onExpired: () => Error;
}

/** Work needs a moment to end. */
const marginMs = 500;

/** Holds a lease. */
export function holdLease({ clock, leaseMs, sentAt, onExpired }: HeldLeaseOptions): HeldLease {
  const controller = new AbortController();
  let timer = new AbortController();
  const renewed = (at: number): void => {
    timer.abort();
    timer = new AbortController();
    clock.sleep(Math.max(0, leaseMs - marginMs - (clock.now() - at)), timer.signal).then(
      () => controller.abort(onExpired()),
      () => undefined,
    );
  };
  renewed(sentAt);
  return {
    signal: controller.signal,
    renewed,
    lose: (reason) => controller.abort(reason),
    [Symbol.dispose]: () => timer.abort(),
  };
}
