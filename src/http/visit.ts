import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import type { Roll } from '../core/roll.ts';
import type { Tier } from '../model/coverage.ts';
import type { Admission, Visit } from './admission.ts';
import type { Rates } from './rates.ts';
import type { Arriving, Reception } from './reception.ts';
import { type Arrival, createArrival, type HttpRequestContext, timeoutOf } from './request-context.ts';
import type { Arrived } from './request-report.ts';

// A request from its headers to the end of its answer, whatever it came over: whether there is room for it, who asks, and what ends
// it early.

/** A request that has come. */
export interface Visitor {
  readonly tier: Tier;
  readonly headers: IncomingHttpHeaders;
  /** Who asks, as far as can be seen. @throws SitewideError if it must not be let in. */
  readonly arriving: () => Arriving;
  readonly arrived: Arrived;
  /** The answer over HTTP; null for one that goes elsewhere. */
  readonly response: ServerResponse | null;
  /** Has somebody told when nobody waits for the answer any more. */
  readonly whenGone: (tell: () => void) => void;
}

/** A request under way, with its answer over HTTP. */
export interface UnderWay {
  readonly arrival: Arrival;
  readonly response: ServerResponse | null;
}

/** What lets requests in. */
export interface VisitOptions {
  readonly admission: Admission;
  readonly reception: Reception;
  readonly rates: Rates;
  readonly timeouts: { readonly defaultMs: number; readonly maximumMs: number };
  readonly clock: Clock;
  readonly newId: () => string;
  /** From 0 to below 1, for the ids of traces. */
  readonly random: () => number;
}

/** A request that is let in. */
export interface Inside {
  readonly context: HttpRequestContext;
  readonly visit: Visit;
}

/**
 * Does the work of a request, if there is room for it, for as long as its caller waits.
 * @throws SitewideError if it is not let in, or whatever the work throws.
 */
export async function receiveVisit(
  visitor: Visitor,
  options: VisitOptions,
  underWay: Roll<UnderWay>,
  work: (inside: Inside) => Promise<void>,
): Promise<void> {
  const { tier, headers, response } = visitor;
  const { admission, reception, rates, timeouts, clock, newId, random } = options;
  // First of all: what has to be refused costs as little as possible.
  using visit = admission.arrive(tier, timeoutOf(headers, timeouts));
  using arrival = createArrival({ timeouts, clock, newId, random, headers });
  const { context } = arrival;
  visitor.arrived(context);
  const leave = underWay.enter({ arrival, response });
  visitor.whenGone(() => arrival.abort(new SitewideError('CANCELLED', {})));
  try {
    const arriving = visitor.arriving();
    const received = reception.receive(arriving, context.deadline.signal);
    context.principal = received instanceof Promise ? await received : received;
    context.origin = reception.originOf(arriving);
    const { principal, isPart = false } = context;
    using _counted = rates.enter({ principal, address: arriving.address, isPart });
    await work({ context, visit });
  } finally {
    leave();
  }
}
