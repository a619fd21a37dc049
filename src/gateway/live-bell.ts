import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';

// Wakes the one who tells a live page. However often it rings meanwhile, it wakes once: what is told is how things are.

/** A bell. */
export interface Bell {
  ring(): void;
  /** Resolves as soon as it has rung since the last wait, or after so many milliseconds; rejects when the signal aborts. */
  wait(withinMs: number | null, signal: AbortSignal): Promise<void>;
}

/** A bell that has not rung. */
export function createBell(clock: Clock): Bell {
  let hasRung = false;
  let wake: (() => void) | null = null;
  return {
    ring() {
      hasRung = true;
      wake?.();
    },
    async wait(withinMs, signal) {
      if (!hasRung) {
        const woken = Promise.withResolvers<void>();
        wake = woken.resolve;
        const timer = new AbortController();
        const due = withinMs === null ? null : clock.sleep(withinMs, timer.signal).catch(() => undefined);
        try {
          await abortable(due === null ? woken.promise : Promise.race([woken.promise, due]), signal);
        } finally {
          wake = null;
          timer.abort(new Error('Nobody waits any more.'));
        }
      }
      hasRung = false;
    },
  };
}
