import type { Clock } from '../core/clock.ts';

// A circuit breaker for one endpoint: after a few failures in a row nothing is sent there for a while; then a single
// request tries whether it is back. Outcomes are told to it apart from the request, since a request that was called off
// (the loser of a hedge, a caller who went away) is neither a success nor a failure.

/** Where a breaker stands. */
export type BreakerState =
  | { readonly kind: 'CLOSED'; readonly failures: number }
  | {
      readonly kind: 'OPEN';
      /** When a request may try again, in milliseconds since 1970. */
      readonly until: number;
      /** How often it has opened in a row. */
      readonly openings: number;
    }
  | { readonly kind: 'HALF_OPEN'; readonly openings: number };

/** A circuit breaker. */
export interface Breaker {
  /** Where it stands now; OPEN until a request is let through, even when its time is over. */
  readonly state: BreakerState;
  /** True if a request would be let through now. */
  readonly admits: boolean;
  /** Notes that a request is sent: an open breaker whose time is over becomes half open, for this one request. */
  enter(): void;
  succeed(): void;
  fail(): void;
  /** The request was called off: a half-open breaker lets the next one try. */
  abandon(): void;
}

/** So many failures in a row open it: one may be an accident, and each costs a caller time. */
const failuresToOpen = 3;
/** How long it stays open the first time, in milliseconds; twice as long each further time. */
const firstPauseMs = 400;
/** The longest it stays open, in milliseconds: what returns should be used again within 5 s. */
const longestPauseMs = 3_000;
/** Pauses vary by this share, so that many gateways do not come back in step. */
const jitter = 0.25;

interface BreakerOptions {
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Told of each change of state. */
  readonly onChange: (state: BreakerState) => void;
}

/** A closed breaker. */
export function createBreaker({ clock, random, onChange }: BreakerOptions): Breaker {
  let state: BreakerState = { kind: 'CLOSED', failures: 0 };
  const become = (next: BreakerState): void => {
    const changed = state.kind !== next.kind;
    state = next;
    if (changed) {
      onChange(next);
    }
  };
  const open = (openings: number): void => {
    const pause = Math.min(longestPauseMs / (1 + jitter), firstPauseMs * 2 ** (openings - 1));
    become({ kind: 'OPEN', until: clock.now() + pause * (1 - jitter + 2 * jitter * random()), openings });
  };
  return {
    get state() {
      return state;
    },
    get admits() {
      return state.kind === 'CLOSED' || (state.kind === 'OPEN' && clock.now() >= state.until);
    },
    enter() {
      if (state.kind === 'OPEN' && clock.now() >= state.until) {
        become({ kind: 'HALF_OPEN', openings: state.openings });
      }
    },
    succeed() {
      become({ kind: 'CLOSED', failures: 0 });
    },
    fail() {
      switch (state.kind) {
        case 'CLOSED':
          if (state.failures + 1 >= failuresToOpen) {
            open(1);
          } else {
            become({ kind: 'CLOSED', failures: state.failures + 1 });
          }
          break;
        case 'HALF_OPEN':
          open(state.openings + 1);
          break;
        case 'OPEN':
          // A request from before it opened; it tells nothing new.
          break;
      }
    },
    abandon() {
      if (state.kind === 'HALF_OPEN') {
        become({ kind: 'OPEN', until: clock.now(), openings: state.openings });
      }
    },
  };
}
