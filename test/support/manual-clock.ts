import type { Clock } from '../../src/core/clock.ts';

// A clock that stands still until a test moves it.

/** A clock for tests. */
export interface ManualClock extends Clock {
  /** How many sleeps are waiting. */
  readonly sleepers: number;
  /** Moves the time on and wakes whoever is due, in the order of their times, letting each run on. */
  advance(milliseconds: number): Promise<void>;
}

/** @param startMs Milliseconds since 1970. */
export function createManualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let now = startMs;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    get sleepers() {
      return sleepers.size;
    },
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const sleeper = { at: now + milliseconds, wake: resolve };
        sleepers.add(sleeper);
        signal.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason as Error);
        });
      }),
    after(milliseconds, wake) {
      const sleeper = { at: now + milliseconds, wake };
      sleepers.add(sleeper);
      return () => void sleepers.delete(sleeper);
    },
    async advance(milliseconds) {
      const until = now + milliseconds;
      for (;;) {
        await settle();
        const due = [...sleepers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        now = Math.max(now, due.at);
        sleepers.delete(due);
        due.wake();
      }
      now = until;
      await settle();
    },
  };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
