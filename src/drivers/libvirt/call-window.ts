// A limit on how many calls are under way at once. Those that have no place wait in line.

/** Places for calls. */
export interface CallWindow {
  /** Takes a place, waiting for one if need be. Rejects with the signal's reason, or with what `close` was given. */
  acquire(signal: AbortSignal): Promise<void>;
  /** Gives a place back. */
  release(): void;
  /** Rejects all that wait and all that come. */
  close(error: Error): void;
}

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (error: unknown) => void;
}

/** A window with so many places. */
export function createCallWindow(places: number): CallWindow {
  const line = new Set<Waiter>();
  let free = places;
  let closed: Error | null = null;

  function wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { admit: resolve, refuse: reject };
    const leave = (): void => {
      line.delete(waiter);
      reject(signal.reason);
    };
    line.add(waiter);
    signal.addEventListener('abort', leave, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', leave));
  }

  return {
    async acquire(signal) {
      signal.throwIfAborted();
      if (closed !== null) {
        throw closed;
      }
      if (free === 0) {
        return wait(signal);
      }
      free -= 1;
    },
    release() {
      const [next] = line;
      if (next === undefined) {
        free += 1;
      } else {
        line.delete(next);
        next.admit();
      }
    },
    close(error) {
      closed = error;
      line.forEach(({ refuse }) => refuse(error));
      line.clear();
    },
  };
}
