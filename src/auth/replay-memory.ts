import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';

// Which statements have been taken. Each is good for so short a time that all of them can be remembered until then.

/** More than a broker answers within the time for which a statement is good. */
const mostRemembered = 200_000;
/** How many are looked at for each that comes, so that they are forgotten sooner than new ones come. */
const forgottenAtOnce = 4;

/** Remembers what was taken. */
export interface ReplayMemory {
  /**
   * Takes a statement; false if it was taken before.
   * @param until When it is good no longer, in milliseconds since 1970.
   * @throws SitewideError `OVERLOADED` if no more can be remembered.
   */
  take(id: string, until: number): boolean;
}

/** Nothing has been taken yet. */
export function createReplayMemory(clock: Clock, most = mostRemembered): ReplayMemory {
  const taken = new Map<string, number>();
  const forget = (): void => {
    const now = clock.now();
    let looked = 0;
    // In the order in which they came, which is nearly that in which they end.
    for (const [id, until] of taken) {
      if (until > now || looked === forgottenAtOnce) {
        return;
      }
      taken.delete(id);
      looked += 1;
    }
  };
  return {
    take(id, until) {
      forget();
      if (taken.has(id)) {
        return false;
      }
      if (taken.size >= most) {
        // To forget one that is still good would be to take it twice.
        throw new SitewideError('OVERLOADED', {});
      }
      taken.set(id, until);
      return true;
    },
  };
}
