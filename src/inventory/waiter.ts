// One who waits for the same thing again and again, with one listener on its signal for all waits, so that a thousand of them
// cost little when they are woken and nothing while they wait.

/** One who waits again and again. Dispose it at the end. */
export interface Waiter extends Disposable {
  /** Resolves when it is woken, or its signal aborts; never rejects. One wait at a time. */
  wait(): Promise<void>;
  wake(): void;
}

/** Somebody who waits until woken or until the signal aborts. */
export function createWaiter(signal: AbortSignal): Waiter {
  let resolve: (() => void) | null = null;
  const wake = (): void => {
    resolve?.();
    resolve = null;
  };
  signal.addEventListener('abort', wake);
  return {
    wait: () =>
      new Promise((woken) => {
        resolve = woken;
        if (signal.aborted) wake();
      }),
    wake,
    [Symbol.dispose]: () => signal.removeEventListener('abort', wake),
  };
}
