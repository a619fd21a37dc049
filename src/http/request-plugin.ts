import type { ApolloServerPlugin } from '@apollo/server';

import type { Logger } from '../telemetry/logger.ts';
import { isUnexpected } from './format-error.ts';
import type { HttpRequestContext } from './request-context.ts';
import type { RequestRules } from './request-rules.ts';

// Has Apollo Server keep the rules of all requests, and logs the errors that nobody expected.

/** The plugin for Apollo Server. */
export function createRequestPlugin(rules: RequestRules, logger: Logger): ApolloServerPlugin<HttpRequestContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ schema, document, operation, request: { variables = {} }, contextValue }) {
          rules.begin({ schema, document, operation, variables, contextValue });
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
            logger.error(facts, 'A request met an error that nobody expected.');
          }
        },
        async willSendResponse({ response: { body }, contextValue }) {
          if (body.kind === 'single') {
            body.singleResult = rules.end(body.singleResult, contextValue);
          }
        },
      };
    },
  };
}
