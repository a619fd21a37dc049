import type { Clock } from '../core/clock.ts';
import { type Breaker, type BreakerState, createBreaker } from './breaker.ts';
import { createLatency, type Latency } from './latency.ts';

// An endpoint is a broker's address with what is known of it from the traffic that went there.

/** What is known of an endpoint's health: UNKNOWN before the first answer, PROBING while one request tries a lost one. */
export type EndpointState = 'UP' | 'DOWN' | 'PROBING' | 'UNKNOWN';

/** A broker's address and its live statistics. Times are milliseconds; instants are milliseconds since 1970. */
export interface Endpoint {
  /** The configured id of the broker. */
  readonly id: string;
  readonly url: string;
  readonly state: EndpointState;
  /** When `state` became what it is; null while UNKNOWN. */
  readonly since: number | null;
  /** Null since the last success. */
  readonly lastError: string | null;
  readonly latency: Latency;
  /** Requests sent and not yet settled. */
  readonly inFlight: number;
  /** True if a request may be sent now: the breaker is closed, or open long enough that one may try. */
  readonly admits: boolean;
  /** True from when its breaker opens until it answers again. */
  readonly isLost: boolean;
  /** How long ago it was last asked anything, in milliseconds; Infinity before the first time. */
  readonly quietMs: number;
  /** True if it answered lately, so that a connection is open. */
  readonly isWarm: boolean;
  /** From near 0 to 1: how much of its share it should get; one that returns, or had no room, starts slowly. */
  readonly weight: number;
  /** When it was last asked anything; null before the first time. */
  readonly askedAt: number | null;
  /** Notes that a request leaves, and gives the means to tell its end; the first end counts. */
  begin(): Flight;
}

/** A request that is under way. */
export interface Flight {
  succeed(): void;
  /** A probe was answered: it lives, but how long real answers take was not learned. */
  proveAlive(): void;
  /** For a reason that speaks against the endpoint. */
  fail(message: string): void;
  /** It lives, but has no room now: it gets less for a moment, and that does not open its breaker. */
  turnAway(message: string): void;
  /** For a reason that says nothing about the endpoint. */
  abandon(): void;
}

interface EndpointOptions {
  readonly id: string;
  readonly url: string;
  readonly clock: Clock;
  /** From 0 to below 1, for the jitter of the breaker. */
  readonly random: () => number;
  readonly onBreaker?: (state: BreakerState) => void;
}

/** A server closes a connection that nobody used for half a minute. */
const warmMs = 25_000;
/** A returning endpoint gets its full share after this time. */
const slowStartMs = 3_000;
/** It begins with this share, so that it gets something at all. */
const firstWeight = 0.1;

/** An endpoint of which nothing is known yet. */
export function createEndpoint({ id, url, clock, random, onBreaker }: EndpointOptions): Endpoint {
  const latency = createLatency();
  let state: EndpointState = 'UNKNOWN';
  let since: number | null = null;
  let lastError: string | null = null;
  let inFlight = 0;
  let askedAt: number | null = null;
  let answeredAt: number | null = null;
  /** When it came back, or last had no room: from then on its share grows again. */
  let returnedAt: number | null = null;
  const become = (next: EndpointState): void => {
    if (state !== next) {
      returnedAt = state === 'PROBING' && next === 'UP' ? clock.now() : returnedAt;
      state = next;
      since = clock.now();
    }
  };
  const breaker: Breaker = createBreaker({
    clock,
    random,
    onChange(now) {
      become(now.kind === 'CLOSED' ? 'UP' : now.kind === 'OPEN' ? 'DOWN' : 'PROBING');
      onBreaker?.(now);
    },
  });
  const live = (): void => {
    answeredAt = clock.now();
    lastError = null;
    breaker.succeed();
    become('UP');
  };
  const landing: Landing = {
    land: () => (inFlight -= 1),
    succeed(startedAt) {
      latency.record(clock.now() - startedAt);
      live();
    },
    proveAlive: live,
    fail(message) {
      lastError = message;
      breaker.fail();
    },
    turnAway(message) {
      live();
      lastError = message;
      returnedAt = clock.now();
    },
    abandon: () => breaker.abandon(),
  };
  return {
    id,
    url,
    latency,
    get state() {
      return state;
    },
    get since() {
      return since;
    },
    get lastError() {
      return lastError;
    },
    get inFlight() {
      return inFlight;
    },
    get askedAt() {
      return askedAt;
    },
    get admits() {
      return breaker.admits;
    },
    get isLost() {
      return breaker.state.kind !== 'CLOSED';
    },
    get quietMs() {
      return askedAt === null ? Number.POSITIVE_INFINITY : clock.now() - askedAt;
    },
    get isWarm() {
      return answeredAt !== null && clock.now() - answeredAt < warmMs;
    },
    get weight() {
      const elapsed = returnedAt === null ? slowStartMs : clock.now() - returnedAt;
      return Math.min(1, firstWeight + (1 - firstWeight) * (elapsed / slowStartMs));
    },
    begin() {
      const startedAt = clock.now();
      askedAt = startedAt;
      inFlight += 1;
      breaker.enter();
      return new LandingFlight(landing, startedAt);
    },
  };
}

/** What the ends of flights do to an endpoint. */
interface Landing extends Omit<Flight, 'succeed'> {
  /** First of all. */
  land(): void;
  succeed(startedAt: number): void;
}

/** A flight, of which the first end counts. */
class LandingFlight implements Flight {
  readonly #landing: Landing;
  readonly #startedAt: number;
  #isOver = false;

  constructor(landing: Landing, startedAt: number) {
    this.#landing = landing;
    this.#startedAt = startedAt;
  }

  succeed(): void {
    if (this.#land()) this.#landing.succeed(this.#startedAt);
  }

  proveAlive(): void {
    if (this.#land()) this.#landing.proveAlive();
  }

  fail(message: string): void {
    if (this.#land()) this.#landing.fail(message);
  }

  turnAway(message: string): void {
    if (this.#land()) this.#landing.turnAway(message);
  }

  abandon(): void {
    if (this.#land()) this.#landing.abandon();
  }

  #land(): boolean {
    if (this.#isOver) {
      return false;
    }
    this.#isOver = true;
    this.#landing.land();
    return true;
  }
}
