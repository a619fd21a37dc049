import { SitewideError } from '../core/errors.ts';
import { callerAt } from './caller.ts';

// How many WebSockets each caller has open, so that one of them does not take the places of all others.

/** The callers of a path. */
export interface SocketCallers {
  /**
   * Counts one more socket of an address; dispose what it gives when that is closed.
   * @throws SitewideError `RATE_LIMITED`.
   */
  enter(address: string | null): Disposable;
}

/** When to ask again: nobody knows when a socket is closed. In milliseconds. */
const pauseMs = 1_000;

/** None yet. @param most How many each may have. */
export function createSocketCallers(most: number): SocketCallers {
  const counts = new Map<string, number>();
  const add = (caller: string, change: number): void => {
    const count = (counts.get(caller) ?? 0) + change;
    if (count > 0) {
      counts.set(caller, count);
    } else {
      counts.delete(caller);
    }
  };
  return {
    enter(address) {
      const caller = callerAt(address);
      if (caller === null) {
        return { [Symbol.dispose]: () => undefined };
      }
      if ((counts.get(caller) ?? 0) >= most) {
        const what = `have ${most} WebSockets open`;
        throw new SitewideError('RATE_LIMITED', { what, retryMs: pauseMs }, { details: { retryAfterMs: pauseMs } });
      }
      add(caller, 1);
      return { [Symbol.dispose]: () => add(caller, -1) };
    },
  };
}
