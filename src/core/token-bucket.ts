import type { Clock } from './clock.ts';

// So much a second, and so much at once after a pause.

/** How fast it may go. */
export interface Pace {
  readonly perSecond: number;
  /** How many at once after a pause that was long enough. */
  readonly burst: number;
}

/** Counts what was taken against what has come since. */
export interface TokenBucket {
  /** Takes one. Gives 0 if there was one, else the milliseconds until there is; then none was taken. */
  take(): number;
  /** How many may be taken at this moment. */
  readonly left: number;
}

/** A full one. It holds two numbers and needs no timer. */
export function createTokenBucket({ perSecond, burst }: Pace, clock: Clock): TokenBucket {
  let tokens = burst;
  let filledAt = clock.now();
  const fill = (): void => {
    const now = clock.now();
    // A clock that was set back must not take away what is there.
    tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) * perSecond) / 1_000);
    filledAt = now;
  };
  return {
    take() {
      fill();
      if (tokens < 1) {
        return Math.ceil(((1 - tokens) * 1_000) / perSecond);
      }
      tokens -= 1;
      return 0;
    },
    get left() {
      fill();
      return Math.floor(tokens);
    },
  };
}
