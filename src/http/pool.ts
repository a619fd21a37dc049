import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';

// So many at a time, few of them beginning in each turn of the event loop, and a queue in front. Work that computes is thus not
// begun faster than it is done, and what waits, waits here where it can still be refused, instead of half done in the
// event loop (ADR 0011). A queue helps against bursts only: once it has not been empty for a while it is kept short.

/**
 * Thrown to all who are turned away: noting a call stack for each of thousands a second would cost more than the rest of
 * the refusal.
 */
export const overloaded = new SitewideError('OVERLOADED', {});

/** Places for work, and a queue in front of them. */
export interface Pool {
  readonly running: number;
  readonly waiting: number;
  /** True if the next one to come would be turned away. */
  readonly isFull: boolean;
  /**
   * Takes a place, perhaps after waiting for one. Dispose it to give it back.
   * @throws SitewideError `OVERLOADED`, or the signal's reason.
   */
  enter(signal: AbortSignal): Promise<Disposable>;
}

/** How large a pool is. */
export interface PoolLimits {
  readonly concurrent: number;
  readonly queue: {
    readonly length: number;
    /** How long one waits at most, in milliseconds. */
    readonly waitMs: number;
    /**
     * Once the queue has not been empty for `waitMs`, so many more are let into it as will probably wait no longer than
     * this, in milliseconds.
     */
    readonly lastingWaitMs: number;
  };
}

interface Waiter {
  readonly since: number;
  readonly grant: (place: Disposable) => void;
  readonly refuse: (reason: unknown) => void;
}

/**
 * So many begin in one turn of the event loop. Between them node serves every connection that has something to say and
 * accepts one new one: with more of them refusals are late, with fewer too little gets done beside them (measured).
 */
const perTurn = 4;

/** An empty pool. */
export function createPool({ concurrent, queue }: PoolLimits, clock: Clock): Pool {
  let running = 0;
  /** How many have begun since the event loop last went round. */
  let begun = 0;
  const waiters = createQueue(queue, clock);
  const mayBegin = (): boolean => running < concurrent && begun < perTurn;
  const takePlace = (): Disposable => {
    running += 1;
    begun += 1;
    if (begun === 1) {
      setImmediate(() => {
        begun = 0;
        for (let next = 0; next < perTurn; next += 1) {
          admitNext();
        }
      });
    }
    let over = false;
    return {
      [Symbol.dispose]() {
        if (!over) {
          over = true;
          running -= 1;
          admitNext();
        }
      },
    };
  };
  const admitNext = (): void => {
    if (mayBegin()) {
      waiters.take()?.grant(takePlace());
    }
  };
  return {
    get running() {
      return running;
    },
    get waiting() {
      return waiters.length;
    },
    get isFull() {
      return waiters.isFull && !(waiters.length === 0 && mayBegin());
    },
    async enter(signal) {
      signal.throwIfAborted();
      if (waiters.length === 0 && mayBegin()) {
        return takePlace();
      }
      if (waiters.isFull) {
        throw overloaded;
      }
      const { promise, resolve, reject } = Promise.withResolvers<Disposable>();
      const waiter: Waiter = { since: clock.now(), grant: resolve, refuse: reject };
      const onAbort = (): void => waiters.drop(waiter, signal.reason);
      waiters.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        return await promise;
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}

interface Queue {
  readonly length: number;
  readonly isFull: boolean;
  add(waiter: Waiter): void;
  /** The one to serve next: first come, first served. */
  take(): Waiter | undefined;
  drop(waiter: Waiter, reason: unknown): void;
}

/** So many may wait however slowly it goes: a pause of this machine must not turn away a handful of steady callers. */
const fewest = 16;
/** How much the newest gap counts in the average. */
const newestShare = 0.1;

function createQueue({ length, waitMs, lastingWaitMs }: PoolLimits['queue'], clock: Clock): Queue {
  const waiters: Waiter[] = [];
  /** Since when somebody waits all the time. */
  let busySince = 0;
  let takenAt = 0;
  /** The usual time from one that is served to the next, in milliseconds. */
  let gapMs = 0;
  let watching = false;
  const expire = (): void => {
    const now = clock.now();
    const inTime = waiters.findIndex(({ since }) => now - since < waitMs);
    for (const waiter of waiters.splice(0, inTime < 0 ? waiters.length : inTime)) {
      waiter.refuse(overloaded);
    }
  };
  /** One timer for all, and only while somebody waits. */
  const watch = async (): Promise<void> => {
    watching = true;
    const { signal } = new AbortController();
    while (waiters.length > 0) {
      await clock.sleep(Math.max(1, waitMs - (clock.now() - waiters[0]!.since)), signal);
      expire();
    }
    watching = false;
  };
  return {
    get length() {
      return waiters.length;
    },
    get isFull() {
      const lasts = waiters.length > 0 && clock.now() - busySince > waitMs;
      const most = lasts ? Math.max(fewest, lastingWaitMs / gapMs) : length;
      return waiters.length >= Math.min(most, length);
    },
    add(waiter) {
      if (waiters.push(waiter) === 1) {
        busySince = waiter.since;
        takenAt = waiter.since;
      }
      if (!watching) {
        void watch();
      }
    },
    take() {
      expire();
      const waiter = waiters.shift();
      if (waiter !== undefined) {
        const now = clock.now();
        gapMs += (now - takenAt - gapMs) * newestShare;
        takenAt = now;
      }
      return waiter;
    },
    drop(waiter, reason) {
      const at = waiters.indexOf(waiter);
      if (at >= 0) {
        waiters.splice(at, 1);
        waiter.refuse(reason);
      }
    },
  };
}
