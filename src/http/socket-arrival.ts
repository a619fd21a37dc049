import type { SitewideError } from '../core/errors.ts';
import type { RequestContext } from '../model/request.ts';
import { type CoverageDirective, overHeaders } from './coverage-directive.ts';
import { createArrival } from './request-context.ts';
import type { Arrival } from './request-context.ts';
import type { SocketOperation, SocketOptions } from './socket-options.ts';

// The contexts of an operation that came over a socket: the same as over HTTP, and they end with the operation.

/**
 * Opens an operation, or an event of it.
 * @throws SitewideError `BAD_REQUEST` if `sitewide-deadline-ms` is not a number of milliseconds.
 */
export function openArrival(
  { headers, principal, ends: { signal } }: SocketOperation,
  options: SocketOptions,
): Arrival {
  const arrival = createArrival({ ...options, headers });
  arrival.context.principal = principal;
  const abort = (): void => arrival.abort(signal.reason as SitewideError);
  if (signal.aborted) {
    abort();
  }
  signal.addEventListener('abort', abort, { once: true });
  return {
    ...arrival,
    [Symbol.dispose]() {
      signal.removeEventListener('abort', abort);
      arrival[Symbol.dispose]();
    },
  };
}

/** The context of one event of a subscription. */
export function openEvent(
  operation: SocketOperation,
  { wanted, timeoutMs }: CoverageDirective,
  options: SocketOptions,
): RequestContext & Disposable {
  const arrival = openArrival(operation, options);
  const { context } = arrival;
  context.wanted = overHeaders(wanted, context.wanted);
  if (timeoutMs !== null) {
    context.deadline = context.deadlineOf(timeoutMs);
  }
  return Object.assign(context, { [Symbol.dispose]: () => arrival[Symbol.dispose]() });
}
