import { createSourceEventStream, execute } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';

import { abortable } from '../core/abort.ts';
import type { Deadline } from '../core/deadline.ts';
import { isNews } from '../model/news.ts';
import type { RequestContext } from '../model/request.ts';

// How a path executes subscriptions, whatever carries their events to a client: the events of one schema here, those of
// a whole site elsewhere. It knows no sockets.

/** Executes the subscriptions of a path. */
export interface SubscriptionExecutor {
  /** The schema that operations are validated against, as it is now. */
  readonly schema: () => GraphQLSchema;
  /**
   * Begins a subscription that is valid. The answer is a result instead of results if it could not begin.
   * Each result has its own extensions, coverage among them. What the results throw ends the stream with an error.
   */
  subscribe(request: SubscriptionRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>;
}

/** A subscription to begin. */
export interface SubscriptionRequest {
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Aborts when the stream is to end, also before it has begun. */
  readonly signal: AbortSignal;
  /** A context for one event, with a deadline of its own and what `@coverage` asks for. Dispose it when the event is out. */
  newContext(): RequestContext & Disposable;
  /** To be awaited before an event is executed: among many of them, everything else gets its turn. */
  turn(): Promise<void>;
}

/** Executes the subscriptions of a schema: each event of a source as an operation of its own. */
export function createSchemaSubscriptions(schema: GraphQLSchema): SubscriptionExecutor {
  return {
    schema: () => schema,
    async subscribe({ document, operationName, variables, signal, newContext, turn }) {
      const args = { schema, document, operationName, variableValues: variables };
      using opening = newContext();
      const contextValue: RequestContext = { ...opening, deadline: endless(signal) };
      const source = await createSourceEventStream({ ...args, contextValue });
      const toResult = async (event: unknown): Promise<ExecutionResult> => {
        await turn();
        return resultOf({ ...args, rootValue: event }, newContext);
      };
      return Symbol.asyncIterator in source ? resultsOf(source, signal, toResult) : source;
    },
  };
}

/** A stream lasts as long as somebody listens. */
function endless(signal: AbortSignal): Deadline {
  return { signal, timeoutMs: Infinity, remainingMs: () => Infinity, [Symbol.dispose]: () => undefined };
}

/** One event is read at a time, and only when somebody wants it. */
async function* resultsOf(
  source: AsyncIterable<unknown>,
  signal: AbortSignal,
  toResult: (event: unknown) => Promise<ExecutionResult>,
): AsyncGenerator<ExecutionResult, void> {
  const events = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const event = await abortable(events.next(), signal);
      if (event.done) {
        return;
      }
      const result = await toResult(event.value);
      if (isNews(event.value, result)) {
        yield result;
      }
    }
  } finally {
    // Not awaited: a source that is slow to notice its end must not hold up the end of the stream.
    events.return?.().catch(() => undefined);
  }
}

async function resultOf(args: ExecutionArgs, newContext: SubscriptionRequest['newContext']): Promise<ExecutionResult> {
  using context = newContext();
  const result = await execute({ ...args, contextValue: context });
  return context.coverage.size === 0
    ? result
    : { ...result, extensions: { ...result.extensions, coverage: Object.fromEntries(context.coverage) } };
}
