import type { Clock } from '../core/clock.ts';
import type { Deadline } from '../core/deadline.ts';
import { type Attempt, type AttemptEnd, type Send, startAttempt } from './attempt.ts';
import type { Endpoint } from './endpoint.ts';
import { AttemptFailure, type AttemptRecord, type Outcome, type Verdict } from './outcome.ts';
import { attemptTimeoutMs, hedgeDelayMs } from './patience.ts';
import { candidatesOf, chooseEndpoint, type Target } from './target.ts';

// Asking a target: one of its endpoints is tried; one that fails, or takes too long, is replaced by another; beside a slow
// one a second is asked, and the first good answer wins. Knows neither what is asked nor over which wire. The result is
// data, never an exception: a source that fails is part of the answer.

/** How a target is asked. */
export interface AskOptions<Answer> {
  readonly target: Target;
  readonly send: Send<Answer>;
  readonly deadline: Deadline;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** False for what must not be asked twice at the same time. */
  readonly hedging: boolean;
  /** True for an answer that counts only if no other endpoint has a better one, such as old data. */
  readonly isSecondBest: (answer: Answer) => boolean;
  /** Told of each request as it ends. */
  readonly onAttempt?: ((record: AttemptRecord) => void) | undefined;
  /** True if the records shall say why each endpoint was chosen. */
  readonly explain?: boolean;
}

/**
 * Asks a target. Never rejects. What happens on the way is reacted to as it happens: each of many sources is asked for each request,
 * so that it matters how little is made for one that just answers.
 */
export function ask<Answer>(options: AskOptions<Answer>): Promise<Outcome<Answer>> {
  const { target, clock } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Outcome<Answer>>();
  const asking: Asking<Answer> = {
    options,
    startedAt: clock.now(),
    tried: new Set(),
    running: [],
    records: [],
    timers: [],
    best: null,
    isOver: false,
    resolve,
    reject,
  };
  target.hedges.deposit();
  target.retries.deposit();
  happen(asking, { kind: 'start' });
  return promise;
}

type Event<Answer> =
  | { readonly kind: 'start' }
  | AttemptEnd<Answer>
  | { readonly kind: 'impatience'; readonly attempt: Attempt }
  | { readonly kind: 'hedge' };

/** A verdict and who gave it. */
interface Given<Answer> {
  readonly verdict: Verdict<Answer>;
  readonly endpoint: Endpoint;
}

interface Asking<Answer> {
  readonly options: AskOptions<Answer>;
  readonly startedAt: number;
  readonly tried: Set<Endpoint>;
  readonly running: Attempt[];
  readonly records: AttemptRecord[];
  /** Each calls one off. */
  readonly timers: (() => void)[];
  /** What there is if nothing better comes: an old answer rather than a failure. */
  best: Given<Answer> | null;
  isOver: boolean;
  readonly resolve: (outcome: Outcome<Answer>) => void;
  readonly reject: (thrown: unknown) => void;
}

/** Reacts to an event, and ends the asking as soon as there is nothing to wait for. */
function happen<Answer>(asking: Asking<Answer>, event: Event<Answer>): void {
  if (asking.isOver || ('attempt' in event && !asking.running.includes(event.attempt))) {
    // Given up before; whatever it still says comes too late.
    return;
  }
  try {
    const final = react(asking, event);
    if (final !== null || asking.running.length === 0) {
      asking.isOver = true;
      asking.timers.forEach((callOff) => callOff());
      asking.resolve(conclude(asking, final ?? asking.best));
    }
  } catch (thrown) {
    // Nobody else would hear of it.
    asking.isOver = true;
    asking.reject(thrown);
  }
}

/** What an event leads to: the final verdict, or null if the asking goes on. */
function react<Answer>(asking: Asking<Answer>, event: Event<Answer>): Given<Answer> | null {
  switch (event.kind) {
    case 'start':
      launch(asking, 'FIRST');
      return null;
    case 'answer': {
      const { attempt, answer } = event;
      const given: Given<Answer> = { verdict: { status: 'OK', answer }, endpoint: attempt.endpoint };
      if (!asking.options.isSecondBest(answer)) {
        end(asking, attempt, { status: 'OK', message: null });
        return given;
      }
      end(asking, attempt, { status: 'SECOND_BEST', message: null });
      asking.best = given;
      return replace(asking);
    }
    case 'failure': {
      const { attempt, failure } = event;
      const { endpoint } = attempt;
      end(asking, attempt, failure);
      if (!failure.retryable) {
        return asking.best?.verdict.status === 'OK' ? asking.best : { verdict: failure, endpoint };
      }
      asking.best = asking.best?.verdict.status === 'OK' ? asking.best : { verdict: failure, endpoint };
      return replace(asking);
    }
    case 'superseded':
      return null;
    case 'impatience':
      giveUp(asking, event.attempt);
      return null;
    case 'hedge':
      if (asking.running.length === 1 && alternatives(asking) > 0 && asking.options.target.hedges.take()) {
        launch(asking, 'HEDGE');
      }
      return null;
  }
}

function launch<Answer>(asking: Asking<Answer>, reason: AttemptRecord['reason']): void {
  const { tried, running } = asking;
  const { target, send, deadline, clock, random, hedging, explain } = asking.options;
  let choice: string | null = null;
  const onChoice = explain ? (why: string): void => void (choice = why) : undefined;
  const endpoint = chooseEndpoint(target, tried, { random, onChoice });
  if (endpoint === null) {
    return;
  }
  tried.add(endpoint);
  const onEnd = (end: AttemptEnd<Answer>): void => happen(asking, end);
  const attempt = startAttempt({ endpoint, reason, choice, send, signal: deadline.signal, clock, onEnd });
  running.push(attempt);
  const left = alternatives(asking);
  if (left > 0) {
    happenLater(asking, attemptTimeoutMs(target, deadline.remainingMs(), left), { kind: 'impatience', attempt });
  }
  if (left > 0 && reason === 'FIRST' && hedging) {
    happenLater(asking, hedgeDelayMs(target), { kind: 'hedge' });
  }
}

function happenLater<Answer>(asking: Asking<Answer>, milliseconds: number, event: Event<Answer>): void {
  asking.timers.push(asking.options.clock.after(milliseconds, () => happen(asking, event)));
}

/** Asks another endpoint in place of one that failed, if one is left and the budget allows it. */
function replace<Answer>(asking: Asking<Answer>): null {
  if (alternatives(asking) > 0 && asking.options.target.retries.take()) {
    launch(asking, 'RETRY');
  }
  return null;
}

/** Gives a slow endpoint up for another one. Without another, or a budget, waiting on is the best there is. */
function giveUp<Answer>(asking: Asking<Answer>, attempt: Attempt): void {
  const { target, clock } = asking.options;
  if (alternatives(asking) === 0 || !target.retries.take()) {
    return;
  }
  const message = `no answer within ${Math.round(clock.now() - attempt.startedAt)} ms`;
  const failure = new AttemptFailure('TIMEOUT', message, { retryable: true });
  end(asking, attempt, failure);
  attempt.fail(failure);
  asking.best ??= { verdict: failure, endpoint: attempt.endpoint };
  launch(asking, 'RETRY');
}

/** Notes the end of a request that is running. */
function end<Answer>(
  { running, records, startedAt, options: { clock, onAttempt } }: Asking<Answer>,
  attempt: Attempt,
  { status, message }: Pick<AttemptRecord, 'status' | 'message'>,
): void {
  running.splice(running.indexOf(attempt), 1);
  const record: AttemptRecord = {
    broker: attempt.endpoint.id,
    endpoint: attempt.endpoint.url,
    reason: attempt.reason,
    startedMs: attempt.startedAt - startedAt,
    endedMs: clock.now() - startedAt,
    status,
    message,
    choice: attempt.choice,
    sentBytes: attempt.traffic.sentBytes,
    receivedBytes: attempt.traffic.receivedBytes,
  };
  records.push(record);
  onAttempt?.(record);
}

function conclude<Answer>(asking: Asking<Answer>, given: Given<Answer> | null): Outcome<Answer> {
  const { records, startedAt } = asking;
  const { target, clock } = asking.options;
  for (const attempt of [...asking.running]) {
    attempt.supersede();
    end(asking, attempt, { status: 'SUPERSEDED', message: null });
  }
  const latencyMs = clock.now() - startedAt;
  const endpoint = given?.endpoint.url ?? null;
  if (given === null) {
    return { status: 'UNREACHABLE', message: nobodyMessage(target), endpoint, attempts: records, latencyMs };
  }
  const { verdict } = given;
  if (verdict.status === 'OK') {
    target.latency.record(latencyMs);
    return { status: 'OK', answer: verdict.answer, endpoint, attempts: records, latencyMs };
  }
  return { status: verdict.status, message: verdict.message, endpoint, attempts: records, latencyMs };
}

/** Why nobody could be asked: there is nobody, or every breaker is open. */
function nobodyMessage({ endpoints }: Target): string {
  const errors = new Set(endpoints.map(({ lastError }) => lastError).filter((error) => error !== null));
  return endpoints.length === 0 ? 'it has no endpoint' : `no broker admits requests: ${[...errors].join('; ')}`;
}

function alternatives<Answer>({ options, tried }: Asking<Answer>): number {
  return candidatesOf(options.target, tried).length;
}
