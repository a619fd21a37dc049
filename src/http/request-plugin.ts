import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import { type DocumentNode, type GraphQLSchema, validate } from 'graphql';

import { SitewideError } from '../core/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { asGraphQLError } from './answer.ts';
import { costOf } from './cost.ts';
import { overHeaders, readCoverage } from './coverage-directive.ts';
import { isUnexpected } from './format-error.ts';
import { findingsOf, finishResult } from './finish-result.ts';
import { asksForSchema, hidesSchema, type Introspection } from './introspection.ts';
import { createLimitRule, type OperationLimits } from './limits.ts';
import type { HttpRequestContext } from './request-context.ts';

// What every GraphQL request has in common: what `@coverage` asks goes into its context before it is executed, what was
// found out about coverage goes into its answer, and errors nobody expected go into the log.

interface RequestPluginOptions {
  readonly maximumTimeoutMs: number;
  readonly introspection: Introspection;
  /** What an answer to a client may cost. */
  readonly mostCost: number;
  /** What clients may ask, if a tier above may ask more; else null. */
  readonly clientLimits: OperationLimits | null;
  readonly logger: Logger;
}

/** The plugin for Apollo Server. */
export function createRequestPlugin(options: RequestPluginOptions): ApolloServerPlugin<HttpRequestContext> {
  const excessOf = options.clientLimits && rememberExcess(options.clientLimits);
  return {
    async requestDidStart() {
      return {
        async didResolveOperation(request) {
          request.contextValue.findings.operationName = request.operation?.name?.value ?? null;
          refuseUnknown(request);
          refuseSubscription(request);
          refuseLook(request, options.introspection);
          const excess = request.contextValue.isPart ? null : excessOf?.(request.schema, request.document);
          if (excess) {
            throw asGraphQLError(excess);
          }
          refuseCost(request, options.mostCost);
          applyCoverage(request, options.maximumTimeoutMs);
          applyExplain(request);
        },
        async didEncounterErrors({ errors, contextValue: { requestId, trace }, operationName }) {
          for (const error of errors.filter(isUnexpected)) {
            const facts = {
              err: error.originalError ?? error,
              path: error.path,
              requestId,
              traceId: trace.traceId,
              operationName,
            };
            options.logger.error(facts, 'A request met an error that nobody expected.');
          }
        },
        async willSendResponse({ response, contextValue }) {
          if (response.body.kind === 'single') {
            const { singleResult } = response.body;
            contextValue.findings.answer = findingsOf(singleResult, contextValue);
            response.body.singleResult = finishResult(singleResult, {
              ...contextValue,
              hidesSchema: hidesSchema(options.introspection, contextValue),
            });
          }
        },
      };
    },
  };
}

/** Finds what makes a document too large for a client; each is looked at once as long as Apollo keeps it. */
function rememberExcess(
  limits: OperationLimits,
): (schema: GraphQLSchema, document?: DocumentNode) => SitewideError | null {
  const rule = createLimitRule(limits);
  const found = new WeakMap<DocumentNode, SitewideError | null>();
  return (schema, document) => {
    if (!document) {
      return null;
    }
    const known = found.get(document);
    const excess =
      known === undefined
        ? ((validate(schema, document, [rule])[0]?.originalError as SitewideError | undefined) ?? null)
        : known;
    found.set(document, excess);
    return excess;
  };
}

/** Whoever executes it would each say so in their own way, and a gateway as if it were its own mistake. */
function refuseUnknown({ operation }: GraphQLRequestContext<HttpRequestContext>): void {
  if (!operation) {
    const problem = 'its document has no operation of the name given, or several and no name is given';
    throw asGraphQLError(new SitewideError('BAD_REQUEST', { problem }));
  }
}

/** graphql-js would execute it like a query, once and without its events. */
function refuseSubscription({ operation }: GraphQLRequestContext<HttpRequestContext>): void {
  if (operation?.operation === 'subscription') {
    throw asGraphQLError(new SitewideError('SUBSCRIPTION_UNAVAILABLE', {}));
  }
}

function refuseLook(
  { document, contextValue }: GraphQLRequestContext<HttpRequestContext>,
  introspection: Introspection,
): void {
  if (document && hidesSchema(introspection, contextValue) && asksForSchema(document)) {
    throw asGraphQLError(new SitewideError('INTROSPECTION_REFUSED', {}));
  }
}

/** What a tier above asks, it has judged itself as a whole. */
function refuseCost(request: GraphQLRequestContext<HttpRequestContext>, limit: number): void {
  const { schema, document, operation, contextValue } = request;
  if (!operation || !document || contextValue.isPart) {
    return;
  }
  const requested = costOf({ schema, document, operation, variables: request.request.variables ?? {} });
  contextValue.findings.cost = { requested, limit };
  if (requested > limit) {
    throw asGraphQLError(new SitewideError('QUERY_TOO_COSTLY', { cost: requested, limit }));
  }
}

function applyCoverage(request: GraphQLRequestContext<HttpRequestContext>, maximumMs: number): void {
  const { schema, operation, contextValue } = request;
  if (!operation) {
    return;
  }
  try {
    const variables = request.request.variables ?? {};
    const { wanted, timeoutMs } = readCoverage({ schema, operation, variables, maximumMs });
    contextValue.wanted = overHeaders(wanted, contextValue.wanted);
    if (timeoutMs !== null) {
      contextValue.deadline = contextValue.deadlineOf(timeoutMs);
    }
  } catch (thrown) {
    throw thrown instanceof SitewideError ? asGraphQLError(thrown as SitewideError) : thrown;
  }
}

/** `@explain` asks for what the header asks for as well. */
function applyExplain({ operation, contextValue }: GraphQLRequestContext<HttpRequestContext>): void {
  if (operation?.directives?.some(({ name }) => name.value === 'explain')) {
    contextValue.explanation ??= contextValue.openExplanation();
  }
}
