import { type Clock, sleepUntil } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import type { SocketOperation } from './socket-options.ts';

// Nobody goes on seeing what happens for longer than it is known who they are.

/** Ends a stream with `TOKEN_EXPIRED` when who asks for it is known no longer. Dispose it when the stream has ended. */
export function endAtExpiry({ principal, ends }: SocketOperation, clock: Clock): Disposable {
  const over = new AbortController();
  if (principal.expiresAt !== null) {
    sleepUntil(clock, principal.expiresAt, over.signal).then(
      () => ends.abort(new SitewideError('TOKEN_EXPIRED', {})),
      () => undefined,
    );
  }
  return { [Symbol.dispose]: () => over.abort() };
}
