import type { Clock } from '../core/clock.ts';
import { livePauseMs } from '../model/live.ts';

// How fast live pages are told: four in any second at most. The first that is whole need not wait for its turn, as long as that
// holds.

const secondMs = 1_000;
const mostPerSecond = secondMs / livePauseMs;

/** The pace of one reader. */
export interface LivePace {
  /** How long until the next page may be told, in milliseconds. */
  dueInMs(isUrgent: boolean): number;
  /** A page was told. */
  told(): void;
}

/** The pace of a reader who has been told nothing. */
export function createLivePace(clock: Clock): LivePace {
  const told: number[] = [];
  return {
    dueInMs(isUrgent) {
      const oldest = told.length < mostPerSecond ? -Infinity : told[0]! + secondMs;
      const next = isUrgent ? -Infinity : (told.at(-1) ?? -Infinity) + livePauseMs;
      return Math.max(0, Math.max(oldest, next) - clock.now());
    },
    told() {
      told.push(clock.now());
      if (told.length > mostPerSecond) {
        told.shift();
      }
    },
  };
}
