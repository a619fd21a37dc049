import type { Clock } from '../core/clock.ts';

// An endpoint is a broker's address with what is known of it from the traffic that went there.

/** What is known of an endpoint's health. */
export type EndpointState = 'UP' | 'DOWN' | 'UNKNOWN';

/** A broker's address and its live statistics. */
export interface Endpoint {
  /** The configured id of the broker. */
  readonly id: string;
  readonly url: string;
  readonly state: EndpointState;
  /** Null since the last success. */
  readonly lastError: string | null;
  /** Of the last answer, in milliseconds. */
  readonly latencyMs: number | null;
  /** When `state` became what it is, in milliseconds since 1970; null while UNKNOWN. */
  readonly since: number | null;
  /** Requests sent and not yet settled. */
  readonly inFlight: number;
  /** Notes that a request leaves for this endpoint. */
  begin(): void;
  /** Notes that a request was answered. */
  succeed(latencyMs: number): void;
  /** Notes that a request failed for a reason that speaks against the endpoint. */
  fail(message: string): void;
  /** Notes that a request was given up for a reason that says nothing about the endpoint. */
  abandon(): void;
}

interface EndpointOptions {
  readonly id: string;
  readonly url: string;
  readonly clock: Clock;
}

/** An endpoint of which nothing is known yet. */
export function createEndpoint({ id, url, clock }: EndpointOptions): Endpoint {
  let state: EndpointState = 'UNKNOWN';
  let since: number | null = null;
  let lastError: string | null = null;
  let latencyMs: number | null = null;
  let inFlight = 0;
  const become = (next: EndpointState): void => {
    if (state !== next) {
      state = next;
      since = clock.now();
    }
  };
  return {
    id,
    url,
    get state() {
      return state;
    },
    get lastError() {
      return lastError;
    },
    get latencyMs() {
      return latencyMs;
    },
    get since() {
      return since;
    },
    get inFlight() {
      return inFlight;
    },
    begin() {
      inFlight += 1;
    },
    succeed(milliseconds) {
      inFlight -= 1;
      latencyMs = milliseconds;
      lastError = null;
      become('UP');
    },
    fail(message) {
      inFlight -= 1;
      lastError = message;
      become('DOWN');
    },
    abandon() {
      inFlight -= 1;
    },
  };
}
