import { GraphQLError } from 'graphql';
import type { ExecutionResult } from 'graphql';

import { abortable } from '../core/abort.ts';
import { SitewideError } from '../core/errors.ts';
import type { Tier } from '../model/coverage.ts';
import { asGraphQLError } from './answer.ts';
import { costOf } from './cost.ts';
import { readCoverage } from './coverage-directive.ts';
import type { HttpRequestContext } from './request-context.ts';
import { hidesSchema, type Introspection, withoutSuggestion } from './introspection.ts';
import { openEvent } from './socket-arrival.ts';
import { codesOf, type ErrorSource, formatErrors, formatResult } from './socket-errors.ts';
import type { SocketOperation, SocketOptions } from './socket-options.ts';
import { type DocumentLimits, type Subscription, validateSubscription } from './subscription-document.ts';
import type { SubscriptionExecutor } from './subscription-executor.ts';

// One subscription of a socket, from its first check to its last event. The next event is asked for only when the socket
// has taken the one before, so that a slow reader slows down his own stream and fills nobody's memory.

/** A subscription that has begun. Dispose it at its end. */
export interface OpenStream extends Disposable {
  readonly results: AsyncIterable<ExecutionResult>;
  readonly errorSource: ErrorSource;
}

interface Opening {
  readonly executor: SubscriptionExecutor;
  readonly limits: DocumentLimits;
  readonly introspection?: Introspection;
  readonly subscription: Subscription;
  readonly operation: SocketOperation;
  readonly context: HttpRequestContext;
}

/**
 * Begins a subscription; null if it could not begin, which its client has been told.
 * @throws SitewideError what the executor throws, `TOO_MANY_SUBSCRIPTIONS`, or what is wrong with `@coverage`.
 */
export async function openStream(opening: Opening, options: SocketOptions): Promise<OpenStream | null> {
  const { subscription, operation, context } = opening;
  const operationName = subscription.operation.name?.value ?? null;
  context.findings.operationName = operationName;
  const { requestId, trace } = context;
  const errorSource = { requestId, traceId: trace.traceId, operationName, logger: options.logger };
  using held = new DisposableStack();
  held.use(operation.takePlace());
  const problems = problemsOf(opening);
  const begun = problems.length > 0 ? { errors: problems } : await begin(opening, options);
  if (!(Symbol.asyncIterator in begun)) {
    const hides = hidesSchema(opening.introspection ?? 'on', context);
    const errors = formatErrors((begun.errors ?? []).map(withCode), errorSource).map((error) =>
      hides ? { ...error, message: withoutSuggestion(error.message) } : error,
    );
    context.findings.answer = { outcome: 'error', missedDeadline: false, errorCodes: codesOf(errors) };
    await operation.fail(errors);
    return null;
  }
  context.findings.answer = { outcome: 'ok', missedDeadline: false, errorCodes: [] };
  const place = held.move();
  return { results: begun, errorSource, [Symbol.dispose]: () => place.dispose() };
}

/** What keeps a subscription from beginning. Each event may cost as much as an answer may. */
function problemsOf({ executor, limits, subscription, operation, context }: Opening): readonly GraphQLError[] {
  const schema = executor.schema();
  const problems = validateSubscription(schema, subscription.document, limits);
  if (problems.length > 0 || context.isPart) {
    return problems;
  }
  const cost = costOf({ ...subscription, schema, variables: operation.payload.variables ?? {} });
  const { cost: limit } = limits;
  return cost > limit ? [asGraphQLError(new SitewideError('QUERY_TOO_COSTLY', { cost, limit }))] : [];
}

/** Before the first event graphql-js itself complains of nothing but variables, and as Apollo Server does it gets a code. */
function withCode(error: GraphQLError): GraphQLError {
  if (error.originalError || error.extensions['code'] !== undefined) {
    return error;
  }
  const { message, nodes = null } = error;
  return new GraphQLError(message, { nodes, extensions: { code: 'BAD_USER_INPUT' } });
}

async function begin(
  { executor, subscription: { document, operation: definition }, operation, context }: Opening,
  options: SocketOptions,
): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
  const { payload, ends } = operation;
  const variables = payload.variables ?? {};
  const maximumMs = options.timeouts.maximumMs;
  const coverage = readCoverage({ schema: executor.schema(), operation: definition, variables, maximumMs });
  if (coverage.timeoutMs !== null) {
    context.deadline = context.deadlineOf(coverage.timeoutMs);
  }
  const begun = executor.subscribe({
    document,
    operationName: payload.operationName,
    variables,
    signal: ends.signal,
    newContext: () => openEvent(operation, coverage, options),
    turn: () => options.turns.take(),
  });
  try {
    return await abortable(begun, context.deadline.signal);
  } catch (thrown) {
    // Too late, or not wanted any more: whatever comes of it ends at once.
    ends.abort(thrown);
    begun.then(endResults, () => undefined);
    throw thrown;
  }
}

function endResults(begun: AsyncIterable<ExecutionResult> | ExecutionResult): void {
  if (Symbol.asyncIterator in begun) {
    begun[Symbol.asyncIterator]()
      .return?.()
      .catch(() => undefined);
  }
}

interface SendOptions extends Pick<SocketOptions, 'clock' | 'logger' | 'metrics' | 'turns'> {
  readonly operation: SocketOperation;
  readonly tier: Tier;
}

/**
 * Sends the events of a subscription until there are no more of them or nobody wants them.
 * @throws What the results throw; it ends the stream.
 */
export async function sendStream(stream: OpenStream, options: SendOptions): Promise<void> {
  using _ = stream;
  const { operation, tier, metrics, turns, clock, logger } = options;
  const { signal } = operation.ends;
  const { requestId, traceId, operationName } = stream.errorSource;
  const startedAt = clock.now();
  const results = stream.results[Symbol.asyncIterator]();
  let events = 0;
  try {
    for (
      let step = await abortable(results.next(), signal);
      !step.done;
      step = await abortable(results.next(), signal)
    ) {
      await abortable(operation.next(formatResult(step.value, stream.errorSource)), signal);
      metrics.eventSent(tier);
      events += 1;
      // The operating system takes so much at once that the event loop would not go round until it takes no more.
      await turns.take();
    }
    // Where the broker leaves, the stream only ends here: `complete` would tell the client not to go on elsewhere.
    if (!signal.aborted) {
      await operation.complete();
    }
  } catch (thrown) {
    if (!signal.aborted) {
      throw thrown;
    }
  } finally {
    results.return?.().catch(() => undefined);
    const facts = { requestId, traceId, tier, operation: operationName ?? undefined, events };
    const reason = (signal.reason as SitewideError | undefined)?.code;
    logger.debug({ ...facts, reason, durationMs: clock.now() - startedAt }, 'A subscription ended.');
  }
  if (signal.aborted && isTold(signal.reason)) {
    throw signal.reason;
  }
}

/** Who ended it himself knows why, and who is to go on elsewhere is told so by the end of the socket. */
function isTold(reason: unknown): boolean {
  const { code } = reason as { readonly code?: unknown };
  return reason instanceof SitewideError && code !== 'CANCELLED' && code !== 'SHUTTING_DOWN';
}
