import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import { type DocumentNode, type GraphQLError, type GraphQLSchema, validate } from 'graphql';

import { SitewideError } from '../core/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { asGraphQLError } from './answer.ts';
import { overHeaders, readCoverage } from './coverage-directive.ts';
import { isUnexpected } from './format-error.ts';
import { createLimitRule, type OperationLimits } from './limits.ts';
import type { AnswerFindings, HttpRequestContext } from './request-context.ts';

// What every GraphQL request has in common: what `@coverage` asks goes into its context before it is executed, what was
// found out about coverage goes into its answer, and errors nobody expected go into the log.

interface RequestPluginOptions {
  readonly maximumTimeoutMs: number;
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
          refuseSubscription(request);
          const excess = request.contextValue.isPart ? null : excessOf?.(request.schema, request.document);
          if (excess) {
            throw excess;
          }
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
          const { coverage, requestId, findings, explanation, link } = contextValue;
          if (response.body.kind === 'single') {
            const { singleResult } = response.body;
            findings.answer = findingsOf(singleResult, contextValue);
            response.body.singleResult = {
              ...singleResult,
              ...(singleResult.errors && {
                errors: singleResult.errors.map((error) => withRequestId(error, requestId)),
              }),
              // Over a link they are sent beside the result: they do not tell whether an answer has changed.
              ...(!link &&
                (coverage.size > 0 || explanation) && {
                  extensions: {
                    ...singleResult.extensions,
                    ...(coverage.size > 0 && { coverage: Object.fromEntries(coverage) }),
                    ...(explanation && { explain: explanation.report() }),
                  },
                }),
            };
          }
        },
      };
    },
  };
}

/** Finds what makes a document too large for a client; each is looked at once as long as Apollo keeps it. */
function rememberExcess(
  limits: OperationLimits,
): (schema: GraphQLSchema, document?: DocumentNode) => GraphQLError | null {
  const rule = createLimitRule(limits);
  const found = new WeakMap<DocumentNode, GraphQLError | null>();
  return (schema, document) => {
    if (!document) {
      return null;
    }
    const known = found.get(document);
    const excess = known === undefined ? (validate(schema, document, [rule])[0] ?? null) : known;
    found.set(document, excess);
    return excess;
  };
}

/** graphql-js would execute it like a query, once and without its events. */
function refuseSubscription({ operation }: GraphQLRequestContext<HttpRequestContext>): void {
  if (operation?.operation === 'subscription') {
    throw asGraphQLError(new SitewideError('SUBSCRIPTION_UNAVAILABLE', {}));
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

interface SingleResult {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly AnswerError[];
}

/** Every root field may be null, so that an answer of nothing but nulls, with errors, is one without data. */
function findingsOf({ data, errors = [] }: SingleResult, context: HttpRequestContext): AnswerFindings {
  const reason: unknown = context.deadline.signal.reason;
  const complete = errors.length === 0 && [...context.coverage.values()].every((coverage) => coverage.complete);
  const hasData = errors.length === 0 || Object.values(data ?? {}).some((value) => value !== null);
  return {
    outcome: complete ? 'ok' : hasData ? 'partial' : 'error',
    missedDeadline: reason instanceof SitewideError && reason.code === 'DEADLINE_EXCEEDED',
    errorCodes: errors.map(({ extensions }) => codeOf(extensions)),
  };
}

function codeOf(extensions: AnswerError['extensions']): string {
  const code = extensions?.['code'];
  return typeof code === 'string' ? code : 'none';
}

interface AnswerError {
  readonly message: string;
  readonly extensions?: Record<string, unknown>;
}

/** Whoever reports a hidden error can name the line in the log. */
function withRequestId<Thrown extends AnswerError>(error: Thrown, requestId: string): Thrown {
  return error.extensions?.['code'] === 'INTERNAL'
    ? { ...error, extensions: { ...error.extensions, requestId } }
    : error;
}
