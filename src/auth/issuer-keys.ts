import { isDeepStrictEqual } from 'node:util';

import type { LocalJWKSet } from 'jose';

import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { createDeadline } from '../core/deadline.ts';
import { messageOf, SitewideError } from '../core/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { fetchKeys, type KeySource } from './fetch-keys.ts';

// The keys of one issuer, kept: a token costs no request, and an issuer that is away fails nobody whose key is known. They
// are got again from time to time, so that a key that was withdrawn is not believed for long, and at once for a token whose
// key is not among them, but not as often as anybody likes to make up such a token.

/** The keys of an issuer. */
export interface IssuerKeys {
  /** Those that may be believed as they are; null if they have to be got first. The same object as long as they are the same. */
  readonly inForce: LocalJWKSet | null;
  /**
   * The keys, as young as they have to be.
   * @throws SitewideError `ISSUER_UNAVAILABLE` if there are none, or only ones that are too old; or the signal's reason.
   */
  current(signal: AbortSignal): Promise<LocalJWKSet>;
  /**
   * Keys younger than those that a token was `tried` with, among which its own is not; null if they were got too often lately.
   * @throws The same as `current`.
   */
  renewed(tried: LocalJWKSet, signal: AbortSignal): Promise<LocalJWKSet | null>;
  /** Gets them again in the background if they are no longer young. */
  refresh(): void;
  /** Gets them again in the background, since they are said to have changed. */
  change(): void;
}

interface KeysOptions extends KeySource {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How old keys may be until they are got again in the background, in milliseconds. */
const youngMs = 300_000;
/** How old they may be until a token waits for younger ones, in milliseconds, if the issuer answers. */
const oldMs = 900_000;
/** How old they may be if the issuer does not answer, in milliseconds: a day, within which somebody notices. */
const oldestMs = 86_400_000;
/** How long an issuer may take, in milliseconds: less than a request waits by default. */
const fetchTimeoutMs = 3_000;
/** After a failure nobody asks again for so long, in milliseconds. */
const pauseMs = 1_000;
/** For tokens with an unknown key the issuer is asked so often at once, and then once every so many milliseconds. */
const renewals = { burst: 5, everyMs: 10_000 };

interface State extends KeysOptions {
  keys: LocalJWKSet | null;
  fetchedAt: number;
  failedAt: number;
  fetching: Promise<LocalJWKSet> | null;
}

/** Keys that are got when they are first needed, or by `refresh`. */
export function createIssuerKeys(options: KeysOptions): IssuerKeys {
  const state: State = {
    ...options,
    keys: null,
    fetchedAt: -Infinity,
    failedAt: -Infinity,
    fetching: null,
  };
  const mayRenew = createAllowance(options.clock);
  return {
    get inForce() {
      return believed(state);
    },
    current: (signal) => current(state, signal),
    async renewed(tried, signal) {
      // Of many tokens with a new key, the first one has it fetched for all.
      if (state.keys !== null && state.keys !== tried) {
        return state.keys;
      }
      return state.fetching !== null || mayRenew() ? orUnavailable(abortable(fetchAgain(state), signal), signal) : null;
    },
    refresh: () => refresh(state),
    change: () => void (state.fetching ?? Promise.resolve()).catch(() => undefined).then(() => fetchQuietly(state)),
  };
}

/** An issuer that has not been asked for a while is asked first; one that does not answer has been tried. */
function believed(state: State): LocalJWKSet | null {
  const isAway = state.failedAt > state.fetchedAt;
  return ageOf(state) <= (isAway ? oldestMs : oldMs) ? state.keys : null;
}

async function current(state: State, signal: AbortSignal): Promise<LocalJWKSet> {
  const keys = believed(state);
  if (keys) {
    refresh(state);
    return keys;
  }
  if (!mayTry(state)) {
    throw new SitewideError('ISSUER_UNAVAILABLE', {}, { cause: new Error('it did not answer a moment ago') });
  }
  const fetching = abortable(fetchAgain(state), signal);
  return orUnavailable(fetching, signal).catch((thrown: unknown) => {
    signal.throwIfAborted();
    return believed(state) ?? Promise.reject(thrown);
  });
}

function refresh(state: State): void {
  if (ageOf(state) > youngMs && mayTry(state)) {
    fetchQuietly(state);
  }
}

function fetchQuietly(state: State): void {
  fetchAgain(state).catch(() => undefined);
}

function ageOf({ clock, fetchedAt }: State): number {
  return clock.now() - fetchedAt;
}

function mayTry({ clock, failedAt, fetching }: State): boolean {
  return fetching !== null || clock.now() - failedAt >= pauseMs;
}

async function orUnavailable(fetching: Promise<LocalJWKSet>, signal: AbortSignal): Promise<LocalJWKSet> {
  try {
    return await fetching;
  } catch (cause) {
    signal.throwIfAborted();
    throw new SitewideError('ISSUER_UNAVAILABLE', {}, { cause });
  }
}

/** Asks the issuer, once for all who wait. It goes on when one of them does not wait any longer. */
function fetchAgain(state: State): Promise<LocalJWKSet> {
  state.fetching ??= fetchOnce(state).finally(() => {
    state.fetching = null;
  });
  return state.fetching;
}

async function fetchOnce(state: State): Promise<LocalJWKSet> {
  const { clock, logger, issuer } = state;
  using deadline = createDeadline({ clock, timeoutMs: fetchTimeoutMs });
  try {
    const keys = await abortable(fetchKeys(state, deadline.signal), deadline.signal);
    if (!isDeepStrictEqual(keys.jwks(), state.keys?.jwks())) {
      state.keys = keys;
      logger.info({ issuer: issuer.issuer, keys: keys.jwks().keys.length }, 'The keys of an issuer are in force.');
    }
    state.fetchedAt = clock.now();
    state.failedAt = -Infinity;
    return state.keys ?? keys;
  } catch (thrown) {
    const isNews = state.failedAt === -Infinity;
    state.failedAt = clock.now();
    if (isNews) {
      const facts = { issuer: issuer.issuer, problem: messageOf(thrown), cause: causeOf(thrown) };
      logger.warn(facts, 'The keys of an issuer cannot be had; those that are known stay in force.');
    }
    throw thrown;
  }
}

/** fetch says "fetch failed" and keeps what happened as the cause. */
function causeOf(thrown: unknown): string | undefined {
  const { cause } = thrown as { readonly cause?: unknown };
  return cause === undefined ? undefined : messageOf(cause);
}

function createAllowance(clock: Clock): () => boolean {
  let left = renewals.burst;
  let filledAt = clock.now();
  return () => {
    const now = clock.now();
    left = Math.min(renewals.burst, left + (now - filledAt) / renewals.everyMs);
    filledAt = now;
    if (left < 1) {
      return false;
    }
    left -= 1;
    return true;
  };
}
