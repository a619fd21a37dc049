import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';

import { SitewideError } from '../core/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { asGraphQLError } from './answer.ts';
import { readCoverage } from './coverage-directive.ts';
import { isUnexpected } from './format-error.ts';
import type { HttpRequestContext } from './request-context.ts';

// What every GraphQL request has in common: what `@coverage` asks goes into its context before it is executed, what was
// found out about coverage goes into its answer, and errors nobody expected go into the log.

interface RequestPluginOptions {
  readonly maximumTimeoutMs: number;
  readonly logger: Logger;
}

/** The plugin for Apollo Server. */
export function createRequestPlugin(options: RequestPluginOptions): ApolloServerPlugin<HttpRequestContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation(request) {
          applyCoverage(request, options.maximumTimeoutMs);
        },
        async didEncounterErrors({ errors, contextValue: { requestId }, operationName }) {
          for (const error of errors.filter(isUnexpected)) {
            const facts = { err: error.originalError ?? error, path: error.path, requestId, operationName };
            options.logger.error(facts, 'A request met an error that nobody expected.');
          }
        },
        async willSendResponse({ response, contextValue: { coverage, requestId } }) {
          if (response.body.kind === 'single') {
            const { singleResult } = response.body;
            response.body.singleResult = {
              ...singleResult,
              ...(singleResult.errors && {
                errors: singleResult.errors.map((error) => withRequestId(error, requestId)),
              }),
              ...(coverage.size > 0 && {
                extensions: { ...singleResult.extensions, coverage: Object.fromEntries(coverage) },
              }),
            };
          }
        },
      };
    },
  };
}

function applyCoverage(request: GraphQLRequestContext<HttpRequestContext>, maximumMs: number): void {
  const { schema, operation, contextValue } = request;
  if (!operation) {
    return;
  }
  try {
    const variables = request.request.variables ?? {};
    const { wanted, timeoutMs } = readCoverage({ schema, operation, variables, maximumMs });
    contextValue.wanted = wanted;
    if (timeoutMs !== null) {
      contextValue.deadline = contextValue.deadlineOf(timeoutMs);
    }
  } catch (thrown) {
    throw thrown instanceof SitewideError ? asGraphQLError(thrown as SitewideError) : thrown;
  }
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
