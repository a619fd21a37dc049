// Time is passed in, so that tests advance it instead of waiting. Browsers have what this needs as well.

/** A source of time. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Resolves after so many milliseconds; rejects with the signal's reason when it aborts first. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Calls back after so many milliseconds, unless the function given back is called before. */
  after(milliseconds: number, wake: () => void): () => void;
}

/** The time of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const wake = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      const giveUp = (): void => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', giveUp, { once: true });
    }),
  after(milliseconds, wake) {
    const timer = setTimeout(wake, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** What timers can wait for at once is less than a month, in milliseconds. */
const longestSleepMs = 86_400_000;

/** Resolves at an instant, however far away it is; rejects with the signal's reason when it aborts first. */
export async function sleepUntil(clock: Clock, at: number, signal: AbortSignal): Promise<void> {
  for (let left = at - clock.now(); left > 0; left = at - clock.now()) {
    await clock.sleep(Math.min(left, longestSleepMs), signal);
  }
}
