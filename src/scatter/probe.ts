import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { createDeadline } from '../core/deadline.ts';
import { messageOf } from '../core/errors.ts';
import type { Endpoint } from './endpoint.ts';
import type { Target } from './target.ts';

// One look at one endpoint, and what it teaches of it.

/** Asks an endpoint the cheapest thing there is; rejects if it is not well. */
export type Probe = (endpoint: Endpoint, target: Target, signal: AbortSignal) => Promise<void>;

interface ProbeOptions {
  readonly endpoint: Endpoint;
  readonly target: Target;
  readonly probe: Probe;
  readonly clock: Clock;
  /** How long it may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends probing as such, which says nothing about the endpoint. */
  readonly signal: AbortSignal;
}

/** Probes an endpoint. Never rejects. */
export async function probeOne({ endpoint, target, probe, clock, timeoutMs, signal }: ProbeOptions): Promise<void> {
  using deadline = createDeadline({ clock, timeoutMs, parent: signal });
  const flight = endpoint.begin();
  try {
    await abortable(probe(endpoint, target, deadline.signal), deadline.signal);
    flight.proveAlive();
  } catch (thrown) {
    if (signal.aborted) {
      flight.abandon();
    } else {
      flight.fail(messageOf(thrown));
    }
  }
}
