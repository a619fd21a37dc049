import type { Clock } from '../core/clock.ts';
import { withReserve } from '../core/deadline.ts';
import { SitewideError } from '../core/errors.ts';
import type { Tier } from '../model/coverage.ts';
import { createPool, overloaded, type Pool, type PoolLimits } from './pool.ts';

// Who is let in: each tier has places of its own, so that two brokers that ask each other can never wait for each other's
// places in a circle. What does not fit is refused at once, before its body is read if that can be known by then: an
// equivalent broker may have room. Decides by numbers only; it never looks at what is asked.

/** Lets requests in. */
export interface Admission {
  /**
   * Registers a request whose headers are here and whose body may not be.
   * @param timeoutMs How long its caller waits, in milliseconds.
   * @throws SitewideError `OVERLOADED`, or `DEADLINE_EXCEEDED` if there is no time for an answer.
   */
  arrive(tier: Tier, timeoutMs: number): Visit;
  /** How busy the tiers are now. */
  readonly load: InFlight;
}

/** One request from its headers to the last byte of its answer. Dispose it when that is out, or when it failed. */
export interface Visit extends Disposable {
  /**
   * Waits for a place to be worked on. To be called when the body is here: slow senders take no places.
   * @throws SitewideError `OVERLOADED`, or the signal's reason.
   */
  begin(signal: AbortSignal): Promise<void>;
  /** The answer is ready: its place is free for the next one, and its bytes are held until it is sent. */
  finish(answerBytes: number): void;
}

/** What a broker is busy with, for metrics. */
export interface InFlight {
  readonly tiers: readonly TierLoad[];
  /** Bytes of answers that their callers have not taken yet. */
  readonly unsentBytes: number;
}

/** What one tier is busy with at this moment. */
export interface TierLoad {
  readonly tier: Tier;
  /** Requests whose body is not complete. */
  readonly arriving: number;
  /** Requests that wait for a place. */
  readonly waiting: number;
  /** Requests that have a place. */
  readonly running: number;
  /** Requests whose answer is being sent. */
  readonly sending: number;
}

/** What a broker takes on at most. */
export interface AdmissionLimits {
  /** Requests that are worked on at a time. */
  readonly concurrent: { readonly federation: number; readonly site: number; readonly installation: number };
  readonly queue: PoolLimits['queue'];
  /** Bytes of answers that their callers have not taken yet, of all tiers together. */
  readonly unsentBytes: number;
}

/** For each place so many requests may be sending their bodies; small bodies come with their headers. */
const arrivingPerPlace = 4;

/** An admission that has let nobody in yet. */
export function createAdmission(limits: AdmissionLimits, clock: Clock): Admission {
  const tiers = new Map<Tier, TierState>();
  const answers = { unsentBytes: 0 };
  return {
    load: {
      get tiers() {
        return [...tiers.values()].map(loadOf);
      },
      get unsentBytes() {
        return answers.unsentBytes;
      },
    },
    arrive(tier, timeoutMs) {
      const state = tiers.get(tier) ?? createTier(tier, limits, clock);
      tiers.set(tier, state);
      refuseHopeless(tier, timeoutMs);
      const tooManyArrive = state.counts.arriving >= state.mostArriving;
      if (state.pool.isFull || tooManyArrive || answers.unsentBytes >= limits.unsentBytes) {
        throw overloaded;
      }
      return createVisit(state, answers);
    },
  };
}

interface TierState {
  readonly tier: Tier;
  readonly pool: Pool;
  readonly mostArriving: number;
  readonly counts: { arriving: number; sending: number };
}

function createTier(tier: Tier, { concurrent, queue }: AdmissionLimits, clock: Clock): TierState {
  const places = concurrent[placesOf[tier]];
  return {
    tier,
    pool: createPool({ concurrent: places, queue }, clock),
    mostArriving: places * arrivingPerPlace,
    counts: { arriving: 0, sending: 0 },
  };
}

const placesOf = { INSTALLATION: 'installation', SITE: 'site', FEDERATION: 'federation' } as const;

function loadOf({ tier, pool, counts }: TierState): TierLoad {
  return { tier, waiting: pool.waiting, running: pool.running, ...counts };
}

/** A tier that asks others keeps a reserve of the time, and an answer that nobody waits for is not worth beginning. */
function refuseHopeless(tier: Tier, timeoutMs: number): void {
  const usableMs = tier === 'INSTALLATION' ? timeoutMs : withReserve(timeoutMs);
  if (usableMs <= 1) {
    throw new SitewideError('DEADLINE_EXCEEDED', { timeoutMs });
  }
}

function createVisit({ pool, counts }: TierState, answers: { unsentBytes: number }): Visit {
  let phase: 'arriving' | 'inside' | 'sending' | 'gone' = 'arriving';
  let place: Disposable | null = null;
  let held = 0;
  counts.arriving += 1;
  return {
    async begin(signal) {
      phase = 'inside';
      counts.arriving -= 1;
      place = await pool.enter(signal);
    },
    finish(answerBytes) {
      phase = 'sending';
      counts.sending += 1;
      held = answerBytes;
      answers.unsentBytes += held;
      place?.[Symbol.dispose]();
    },
    [Symbol.dispose]() {
      counts.arriving -= phase === 'arriving' ? 1 : 0;
      counts.sending -= phase === 'sending' ? 1 : 0;
      phase = 'gone';
      answers.unsentBytes -= held;
      held = 0;
      place?.[Symbol.dispose]();
    },
  };
}
