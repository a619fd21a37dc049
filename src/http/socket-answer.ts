import type { Visit } from './admission.ts';
import type { GraphQLEndpoint } from './graphql-endpoint.ts';
import { refuseDeepNesting } from './nesting.ts';
import type { Arriving } from './reception.ts';
import { requestIdOf, timeoutOf } from './request-context.ts';
import type { HttpRequestContext } from './request-context.ts';
import { reportRequest } from './request-report.ts';
import { openArrival } from './socket-arrival.ts';
import { asErrors, formatErrors } from './socket-errors.ts';
import type { SocketOperation, SocketOptions } from './socket-options.ts';
import { openStream, sendStream } from './socket-stream.ts';
import type { OpenStream } from './socket-stream.ts';
import { endAtExpiry } from './stream-expiry.ts';
import { parseSubscription } from './subscription-document.ts';

// Does what a client asks for over a socket. Queries and mutations are Apollo Server's, with the same admission, limits and
// records as over HTTP; a subscription is admitted and recorded the same way until it has begun.

/** Performs an operation to its end. Never rejects: what goes wrong is told to the client. */
export async function performOperation(
  operation: SocketOperation,
  endpoint: GraphQLEndpoint,
  options: SocketOptions,
): Promise<void> {
  try {
    const stream = await beginOperation(operation, endpoint, options);
    if (stream) {
      operation.becomeStream();
      using _ = endAtExpiry(operation, options.clock);
      await sendStream(stream, { ...options, operation, tier: endpoint.tier });
    }
  } catch (thrown) {
    const { logger, newId } = options;
    const requestId = requestIdOf(operation.headers, newId);
    const errors = formatErrors(asErrors(thrown), { requestId, operationName: null, logger });
    // A client who is gone cannot be told.
    await operation.fail(errors).catch(() => undefined);
  }
}

/** Answers a query or a mutation, or begins a stream. */
async function beginOperation(
  operation: SocketOperation,
  endpoint: GraphQLEndpoint,
  options: SocketOptions,
): Promise<OpenStream | null> {
  const { headers, request } = operation;
  const { tier, subscriptions } = endpoint;
  const requestId = requestIdOf(headers, options.newId);
  const caller = request.socket.remoteAddress;
  return reportRequest({ ...options, tier, caller, requestId }, async (arrived) => {
    using visit = options.admission.arrive(tier, timeoutOf(headers, options.timeouts));
    using arrival = openArrival(operation, options);
    const { context } = arrival;
    arrived(context);
    const address = request.socket.remoteAddress ?? null;
    const { listener, peerOf } = options;
    const arriving: Arriving = { listener, tier, headers, peer: peerOf(request), address };
    operation.principal = await options.reception.receive(arriving, context.deadline.signal);
    context.principal = operation.principal;
    context.origin = options.reception.originOf(arriving);
    using _counted = options.rates.enter({ ...arriving, ...context });
    await visit.begin(context.deadline.signal);
    const payload = context.isPart ? operation.payload : options.trusted.complete(operation.payload);
    operation.payload = payload;
    refuseDeepNesting(payload.query);
    if (subscriptions) {
      const limits = (context.isPart ? subscriptions.partLimits : undefined) ?? subscriptions.limits;
      const subscription = parseSubscription(payload, limits);
      if (subscription) {
        return await openStream({ ...subscriptions, limits, subscription, operation, context }, options);
      }
    }
    await answer(operation, endpoint, { context, visit });
    return null;
  });
}

interface AnswerOptions {
  readonly context: HttpRequestContext;
  readonly visit: Visit;
}

async function answer(
  operation: SocketOperation,
  endpoint: GraphQLEndpoint,
  { context, visit }: AnswerOptions,
): Promise<void> {
  const { query, variables, operationName } = operation.payload;
  const apollo = typeof endpoint.apollo === 'function' ? endpoint.apollo(query) : endpoint.apollo;
  const request = { query, variables: variables ?? {}, ...(operationName && { operationName }) };
  const { body } = await apollo.executeOperation(request, { contextValue: context });
  // The other kind is for @defer and @stream, which no schema here has.
  const result = body.kind === 'single' ? body.singleResult : body.initialResult;
  const text = JSON.stringify(result);
  visit.finish(Buffer.byteLength(text));
  if (result.data === undefined) {
    await operation.fail(result.errors ?? []);
    return;
  }
  await operation.next(result);
  await operation.complete();
}
