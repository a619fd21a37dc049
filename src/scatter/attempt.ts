import type { Clock } from '../core/clock.ts';
import type { Endpoint, Flight } from './endpoint.ts';
import { type AttemptFailure, type AttemptRecord, failureOf } from './outcome.ts';

// One request to one endpoint, and what it teaches of that endpoint.

/** Sends a request to one endpoint. Must settle soon after its signal aborts. */
export type Send<Answer> = (endpoint: Endpoint, signal: AbortSignal, traffic: Traffic) => Promise<Answer>;

/** The size of the bodies, noted by the sender as it sees them. */
export interface Traffic {
  sentBytes: number;
  receivedBytes: number;
}

/** A request that is under way. */
export interface Attempt {
  readonly endpoint: Endpoint;
  readonly reason: AttemptRecord['reason'];
  /** Why this endpoint was chosen; null unless it was asked for. */
  readonly choice: string | null;
  readonly traffic: Traffic;
  /** When it left, in milliseconds since 1970. */
  readonly startedAt: number;
  /** Ends it because the endpoint is at fault, for example too slow. */
  fail(failure: AttemptFailure): void;
  /** Ends it because another endpoint answered first. What it took so far counts against the endpoint. */
  supersede(): void;
}

/** How a request ended. */
export type AttemptEnd<Answer> =
  | { readonly kind: 'answer'; readonly attempt: Attempt; readonly answer: Answer }
  | { readonly kind: 'failure'; readonly attempt: Attempt; readonly failure: AttemptFailure }
  | { readonly kind: 'superseded'; readonly attempt: Attempt };

interface AttemptOptions<Answer> {
  readonly endpoint: Endpoint;
  readonly reason: AttemptRecord['reason'];
  readonly choice: string | null;
  readonly send: Send<Answer>;
  /** Ends everything: the deadline, or a caller who went away. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Told once how it ended. */
  readonly onEnd: (end: AttemptEnd<Answer>) => void;
}

/** Sends one request. */
export function startAttempt<Answer>(options: AttemptOptions<Answer>): Attempt {
  return new RunningAttempt(options);
}

class RunningAttempt<Answer> implements Attempt {
  readonly endpoint: Endpoint;
  readonly reason: AttemptRecord['reason'];
  readonly choice: string | null;
  readonly traffic: Traffic = { sentBytes: 0, receivedBytes: 0 };
  readonly startedAt: number;
  readonly #options: AttemptOptions<Answer>;
  readonly #own = new AbortController();
  readonly #flight: Flight;
  readonly #abortWithParent = (): void => this.#abort(this.#options.signal.reason);
  #isSuperseded = false;
  #isOver = false;

  constructor(options: AttemptOptions<Answer>) {
    this.endpoint = options.endpoint;
    this.reason = options.reason;
    this.choice = options.choice;
    this.startedAt = options.clock.now();
    this.#options = options;
    this.#flight = options.endpoint.begin();
    queueMicrotask(() => this.#run());
  }

  fail(failure: AttemptFailure): void {
    this.#abort(failure);
  }

  supersede(): void {
    this.#isSuperseded = true;
    this.#abort(outdone);
  }

  #run(): void {
    const { signal, send } = this.#options;
    if (signal.aborted) {
      this.#abortWithParent();
    }
    if (this.#isOver) {
      return;
    }
    signal.addEventListener('abort', this.#abortWithParent, { once: true });
    try {
      send(this.endpoint, this.#own.signal, this.traffic).then(
        (answer) => this.#succeed(answer),
        (thrown: unknown) => this.#fail(thrown),
      );
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** Whoever sends may take its time to notice that it was aborted; that is not waited for. */
  #abort(reason: unknown): void {
    this.#own.abort(reason);
    this.#fail(reason);
  }

  #succeed(answer: Answer): void {
    if (this.#finish()) {
      this.#flight.succeed();
      this.#options.onEnd({ kind: 'answer', attempt: this, answer });
    }
  }

  #fail(thrown: unknown): void {
    if (!this.#finish()) {
      return;
    }
    if (this.#isSuperseded) {
      this.endpoint.latency.record(this.#options.clock.now() - this.startedAt);
      this.#flight.abandon();
      this.#options.onEnd({ kind: 'superseded', attempt: this });
      return;
    }
    const failure = failureOf(thrown, this.#own.signal);
    settle(this.#flight, failure);
    this.#options.onEnd({ kind: 'failure', attempt: this, failure });
  }

  /** True the first time. */
  #finish(): boolean {
    if (this.#isOver) {
      return false;
    }
    this.#isOver = true;
    this.#options.signal.removeEventListener('abort', this.#abortWithParent);
    return true;
  }
}

/** One for all: making an error notes a call stack each time. */
const outdone = new Error('Another endpoint answered first.');

/** A refusal is an answer as far as the endpoint's health is concerned. */
function settle(flight: Flight, { status, message, overloaded }: AttemptFailure): void {
  if (overloaded) {
    flight.turnAway(message);
    return;
  }
  switch (status) {
    case 'CANCELLED':
      flight.abandon();
      break;
    case 'FORBIDDEN':
    case 'UNSUPPORTED':
      flight.succeed();
      break;
    case 'TIMEOUT':
    case 'UNREACHABLE':
    case 'ERROR':
      flight.fail(message);
  }
}
