import { isDeepStrictEqual } from 'node:util';

import type { Clock } from '../core/clock.ts';
import { messageOf, SitewideError } from '../core/errors.ts';
import type { Tier } from '../model/coverage.ts';
import { anonymous, type Principal } from '../model/principal.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Arriving, Reception } from './reception.ts';

// Whoever opens a socket has it for as long as their token is good: until it expires, is revoked, or the keys of its issuer
// are withdrawn. That of another broker is for many users, each of whom is known by what comes with their operations.

interface HolderOptions {
  readonly reception: Reception;
  /** The socket, with what `connection_init` says. May throw if it must not be open. */
  readonly arriving: () => Arriving;
  /** For the log. */
  readonly tier: Tier;
  readonly caller: string | null;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborts when the socket is closed. */
  readonly signal: AbortSignal;
  /** The socket may be used. */
  readonly onReceived: () => void;
  /** Something about who has it is different, so that they are to open another one. */
  readonly onChanged: () => void;
  /** They may not have it, or not any more. */
  readonly onRefused: (error: SitewideError) => void;
}

/** How often it is looked whether a token is still good, in milliseconds: what is revoked is out within 5 s. */
const lookEveryMs = 2_000;

/** Receives who has opened a socket, and looks after them until it is closed. Never rejects. */
export async function serveHolder(options: HolderOptions): Promise<void> {
  const { signal, onReceived, onChanged, onRefused } = options;
  try {
    const found = greet(options);
    // Most are known at once; then they need not wait for their turn either.
    const holder = found instanceof Promise ? await found : found;
    onReceived();
    // Nobody ceases to be anonymous.
    if (holder !== null && holder !== anonymous) {
      await untilChanged(holder, options);
      onChanged();
    }
  } catch (thrown) {
    if (!signal.aborted) {
      onRefused(refusalOf(thrown, options));
    }
  }
}

function greet({ reception, arriving, signal }: HolderOptions): Promise<Principal> | Principal | null {
  return reception.greet(arriving(), signal);
}

/** @throws SitewideError why they may not have it any more; or the signal's reason. */
async function untilChanged(holder: Principal, options: HolderOptions): Promise<void> {
  const { clock, signal } = options;
  const { expiresAt } = holder;
  for (;;) {
    const leftMs = Math.max(0, (expiresAt ?? Infinity) - clock.now());
    await clock.sleep(Math.min(lookEveryMs, leftMs), signal);
    if (expiresAt !== null && expiresAt <= clock.now()) {
      throw new SitewideError('TOKEN_EXPIRED', {});
    }
    try {
      if (!isDeepStrictEqual(await greet(options), holder)) {
        return;
      }
    } catch (thrown) {
      // An issuer that is away fails nobody who is known.
      if (!(thrown instanceof SitewideError && thrown.retryable)) {
        throw thrown;
      }
    }
  }
}

/** What the client is told, after the log was. */
function refusalOf(thrown: unknown, { tier, caller, logger }: HolderOptions): SitewideError {
  if (!(thrown instanceof SitewideError)) {
    logger.error({ err: thrown, tier, caller }, 'A WebSocket met an error that nobody expected.');
    return new SitewideError('INTERNAL', {}, { cause: thrown });
  }
  const { code, cause } = thrown as SitewideError;
  const reason = cause === undefined ? undefined : messageOf(cause);
  logger.info({ tier, caller, code, reason }, 'A WebSocket was refused to who opened it.');
  return thrown as SitewideError;
}
