import { type ApolloServerPlugin, HeaderMap } from '@apollo/server';

import type { DirectAnswers } from '../gateway/direct.ts';
import type { HttpRequestContext } from './request-context.ts';
import type { RequestRules } from './request-rules.ts';

// Answers operations that need no plan before Apollo Server executes them. What it makes of a request for a gateway to execute
// it stays in memory until a full collection, since one that has getters is a shape of its own: see `PageInfo`.

/** The plugin for Apollo Server. */
export function createDirectPlugin(
  answers: DirectAnswers,
  rules: RequestRules,
): ApolloServerPlugin<HttpRequestContext> {
  return {
    async requestDidStart() {
      return {
        async responseForOperation(asked) {
          const data = await answers.answerDirectly(asked);
          if (data === null) {
            return null;
          }
          const { schema, document, operation, operationName } = asked;
          asked.contextValue.findings.again = async (variables, contextValue) => {
            rules.begin({ schema, document, operation, variables, contextValue });
            const request = { variables, ...(operationName !== null && { operationName }) };
            const found = await answers.answerDirectly({
              document,
              request,
              contextValue,
              metrics: contextValue.coverage,
            });
            return found && rules.end({ data: found }, contextValue);
          };
          return { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult: { data } } };
        },
      };
    },
  };
}
