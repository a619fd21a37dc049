import { LRUCache } from 'lru-cache';

import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import { createTokenBucket, type TokenBucket } from '../core/token-bucket.ts';
import { anonymous, type Principal } from '../model/principal.ts';
import type { Logger } from '../telemetry/logger.ts';
import { callerAt } from './caller.ts';

// How often one principal may ask, and how much at a time, so that one of them does not take the broker from all others.
// Whoever does not say who they are is told apart by the address. Each broker counts for itself.

/** What one principal may do at most. */
export interface PrincipalLimits {
  readonly requestsPerSecond: number;
  /** Requests at once after a pause. */
  readonly burst: number;
  /** Requests under way. */
  readonly concurrent: number;
}

/** Who asks, and on whose behalf. */
export interface Asking {
  readonly principal: Principal;
  /** The address at the other end; null if it is gone. */
  readonly address: string | null;
  /** True for another broker: the one that was asked first has counted the request. */
  readonly isPart?: boolean;
}

/** Counts what principals ask. */
export interface Rates {
  /**
   * Counts a request; dispose what it gives when it is answered.
   * @throws SitewideError `RATE_LIMITED`.
   */
  enter(asking: Asking): Disposable;
}

/** Those that have not asked for the longest are forgotten first, and may ask again as if they never had. */
const mostPrincipals = 10_000;
/** How long nothing more is logged of a principal that goes on asking too much, in milliseconds. */
const quietMs = 60_000;
/** When to ask again while as many requests as may be are under way: nobody knows when one ends. In milliseconds. */
const pauseMs = 1_000;

const free: Disposable = { [Symbol.dispose]: () => undefined };

/** Counts nothing. */
export const noRates: Rates = { enter: () => free };

interface RatesOptions {
  readonly limits: PrincipalLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Known {
  readonly bucket: TokenBucket;
  running: number;
  /** Refused since it was logged. */
  refused: number;
  loggedAt: number;
}

/** Has counted nothing yet. */
export function createRates(options: RatesOptions): Rates {
  const principals = new LRUCache<string, Known>({ max: mostPrincipals });
  return {
    enter(asking) {
      const name = asking.isPart ? null : nameOf(asking);
      return name === null ? free : enter(knownAs(name, principals, options), name, options);
    },
  };
}

/** Null for whoever cannot be told from others. */
function nameOf({ principal, address }: Asking): string | null {
  if (principal.subject !== anonymous.subject || principal.site !== null) {
    return JSON.stringify([principal.site, principal.subject]);
  }
  return callerAt(address);
}

function knownAs(name: string, principals: LRUCache<string, Known>, { limits, clock }: RatesOptions): Known {
  const known = principals.get(name);
  if (known) {
    return known;
  }
  const { requestsPerSecond: perSecond, burst } = limits;
  const created = {
    bucket: createTokenBucket({ perSecond, burst }, clock),
    running: 0,
    refused: 0,
    loggedAt: -Infinity,
  };
  principals.set(name, created);
  return created;
}

function enter(known: Known, name: string, options: RatesOptions): Disposable {
  const { requestsPerSecond, concurrent } = options.limits;
  if (known.running >= concurrent) {
    throw refuse(known, { name, what: `have ${concurrent} requests under way`, retryMs: pauseMs }, options);
  }
  const retryMs = known.bucket.take();
  if (retryMs > 0) {
    throw refuse(known, { name, what: `ask ${requestsPerSecond} times a second`, retryMs }, options);
  }
  known.running += 1;
  let isOver = false;
  return {
    [Symbol.dispose]() {
      known.running -= isOver ? 0 : 1;
      isOver = true;
    },
  };
}

interface Refusal {
  readonly name: string;
  readonly what: string;
  readonly retryMs: number;
}

/** The error. The log hears of it, but not of each one: whoever asks too much would make the broker write too much. */
function refuse(known: Known, { name, what, retryMs }: Refusal, { clock, logger }: RatesOptions): SitewideError {
  known.refused += 1;
  if (clock.now() - known.loggedAt >= quietMs) {
    const { refused } = known;
    logger.warn({ code: 'RATE_LIMITED', principal: name, refused }, 'A principal asks more than it may.');
    Object.assign(known, { loggedAt: clock.now(), refused: 0 });
  }
  return new SitewideError('RATE_LIMITED', { what, retryMs }, { details: { retryAfterMs: retryMs } });
}
