import type { Clock } from '../core/clock.ts';

// Waits for something, and is reminded of something else meanwhile. Thousands of readers wait like this: one timer each at
// most, none for a reader who has nothing to be reminded of, and nothing that grows while they wait.

/** A timer beside a wait. */
export interface Reminder extends Disposable {
  /** Reminds once after so long, unless that is set already. */
  remind(milliseconds: number): void;
  cancel(): void;
  /** The promise's result, or `reminded` if that comes first; the promise can then be waited for again. */
  orReminded<T>(promise: Promise<T>): Promise<T | 'reminded'>;
}

/** A reminder that is not set. */
export function createReminder(clock: Clock): Reminder {
  let timer: AbortController | null = null;
  let isDue = false;
  let wake: (() => void) | null = null;
  const cancel = (): void => {
    timer?.abort(new Error('The reminder was cancelled.'));
    timer = null;
    isDue = false;
  };
  return {
    remind(milliseconds) {
      if (timer !== null) return;
      timer = new AbortController();
      const ring = (): void => {
        isDue = true;
        wake?.();
      };
      clock.sleep(milliseconds, timer.signal).then(ring, () => undefined);
    },
    cancel,
    async orReminded<T>(promise: Promise<T>) {
      const winner = await new Promise<T | 'reminded'>((resolve, reject) => {
        wake = () => resolve('reminded');
        promise.then(resolve, reject);
        if (isDue) wake();
      });
      wake = null;
      if (winner === 'reminded') cancel();
      return winner;
    },
    [Symbol.dispose]: cancel,
  };
}
