import type { Clock } from '../core/clock.ts';
import type { Deadline } from '../core/deadline.ts';
import { type Attempt, type AttemptEnd, type Send, startAttempt } from './attempt.ts';
import type { Endpoint } from './endpoint.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';
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

/** Asks a target. Never rejects. */
export async function ask<Answer>(options: AskOptions<Answer>): Promise<Outcome<Answer>> {
  const { target, send, deadline, clock, random, hedging, isSecondBest, onAttempt, explain = false } = options;
  const asking: Asking<Answer> = {
    ...{ target, send, deadline, clock, random, hedging, isSecondBest, onAttempt, explain },
    startedAt: options.clock.now(),
    tried: new Set(),
    running: new Set(),
    records: [],
    events: createEventQueue(options.clock),
    best: null,
  };
  options.target.hedges.deposit();
  options.target.retries.deposit();
  launch(asking, 'FIRST');
  try {
    while (asking.running.size > 0) {
      const final = react(asking, await asking.events.take());
      if (final) {
        return conclude(asking, final);
      }
    }
    return conclude(asking, asking.best);
  } finally {
    asking.events.close();
  }
}

type Event<Answer> =
  AttemptEnd<Answer> | { readonly kind: 'impatience'; readonly attempt: Attempt<Answer> } | { readonly kind: 'hedge' };

/** A verdict and who gave it. */
interface Given<Answer> {
  readonly verdict: Verdict<Answer>;
  readonly endpoint: Endpoint;
}

interface Asking<Answer> extends AskOptions<Answer> {
  readonly startedAt: number;
  readonly tried: Set<Endpoint>;
  readonly running: Set<Attempt<Answer>>;
  readonly records: AttemptRecord[];
  readonly events: EventQueue<Event<Answer>>;
  /** What there is if nothing better comes: an old answer rather than a failure. */
  best: Given<Answer> | null;
}

/** What an event leads to: the final verdict, or null if the asking goes on. */
function react<Answer>(asking: Asking<Answer>, event: Event<Answer>): Given<Answer> | null {
  if ('attempt' in event && !asking.running.has(event.attempt)) {
    // Given up before; whatever it still says comes too late.
    return null;
  }
  switch (event.kind) {
    case 'answer': {
      const { attempt, answer } = event;
      const given: Given<Answer> = { verdict: { status: 'OK', answer }, endpoint: attempt.endpoint };
      if (!asking.isSecondBest(answer)) {
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
      if (asking.running.size === 1 && alternatives(asking) > 0 && asking.target.hedges.take()) {
        launch(asking, 'HEDGE');
      }
      return null;
  }
}

function launch<Answer>(asking: Asking<Answer>, reason: AttemptRecord['reason']): void {
  const { target, send, deadline, clock, random, events, tried } = asking;
  let choice: string | null = null;
  const onChoice = asking.explain ? (why: string): void => void (choice = why) : undefined;
  const endpoint = chooseEndpoint(target, tried, { random, onChoice });
  if (endpoint === null) {
    return;
  }
  tried.add(endpoint);
  const attempt = startAttempt({ endpoint, reason, choice, send, signal: deadline.signal, clock });
  asking.running.add(attempt);
  void attempt.end.then(events.push);
  const left = alternatives(asking);
  if (left > 0) {
    events.pushLater(attemptTimeoutMs(target, deadline.remainingMs(), left), { kind: 'impatience', attempt });
  }
  if (left > 0 && reason === 'FIRST' && asking.hedging) {
    events.pushLater(hedgeDelayMs(target), { kind: 'hedge' });
  }
}

/** Asks another endpoint in place of one that failed, if one is left and the budget allows it. */
function replace<Answer>(asking: Asking<Answer>): null {
  if (alternatives(asking) > 0 && asking.target.retries.take()) {
    launch(asking, 'RETRY');
  }
  return null;
}

/** Gives a slow endpoint up for another one. Without another, or a budget, waiting on is the best there is. */
function giveUp<Answer>(asking: Asking<Answer>, attempt: Attempt<Answer>): void {
  const { running, clock } = asking;
  if (!running.has(attempt) || alternatives(asking) === 0 || !asking.target.retries.take()) {
    return;
  }
  const message = `no answer within ${Math.round(clock.now() - attempt.startedAt)} ms`;
  const failure = new AttemptFailure('TIMEOUT', message, { retryable: true });
  end(asking, attempt, failure);
  attempt.fail(failure);
  asking.best ??= { verdict: failure, endpoint: attempt.endpoint };
  launch(asking, 'RETRY');
}

/** Notes the end of a request, once. */
function end<Answer>(
  { running, records, clock, startedAt, onAttempt }: Asking<Answer>,
  attempt: Attempt<Answer>,
  { status, message }: Pick<AttemptRecord, 'status' | 'message'>,
): void {
  if (!running.delete(attempt)) {
    return;
  }
  const record: AttemptRecord = {
    broker: attempt.endpoint.id,
    endpoint: attempt.endpoint.url,
    reason: attempt.reason,
    startedMs: attempt.startedAt - startedAt,
    endedMs: clock.now() - startedAt,
    status,
    message,
    choice: attempt.choice,
    ...attempt.traffic,
  };
  records.push(record);
  onAttempt?.(record);
}

function conclude<Answer>(asking: Asking<Answer>, given: Given<Answer> | null): Outcome<Answer> {
  const { target, records, clock, startedAt } = asking;
  for (const attempt of [...asking.running]) {
    attempt.supersede();
    end(asking, attempt, { status: 'SUPERSEDED', message: null });
  }
  const latencyMs = clock.now() - startedAt;
  const report = { endpoint: given?.endpoint.url ?? null, attempts: records, latencyMs };
  if (given === null) {
    return { status: 'UNREACHABLE', message: nobodyMessage(target), ...report };
  }
  const { verdict } = given;
  if (verdict.status === 'OK') {
    target.latency.record(latencyMs);
    return { status: 'OK', answer: verdict.answer, ...report };
  }
  return { status: verdict.status, message: verdict.message, ...report };
}

/** Why nobody could be asked: there is nobody, or every breaker is open. */
function nobodyMessage({ endpoints }: Target): string {
  const errors = new Set(endpoints.map(({ lastError }) => lastError).filter((error) => error !== null));
  return endpoints.length === 0 ? 'it has no endpoint' : `no broker admits requests: ${[...errors].join('; ')}`;
}

function alternatives<Answer>({ target, tried }: Asking<Answer>): number {
  return candidatesOf(target, tried).length;
}
