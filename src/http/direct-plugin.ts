import { type ApolloServerPlugin, HeaderMap } from '@apollo/server';

import type { DirectAnswers } from '../gateway/direct.ts';
import type { HttpRequestContext } from './request-context.ts';

// Answers operations that need no plan before Apollo Server executes them. What it makes of a request for a gateway to execute
// it stays in memory until a full collection, since one that has getters is a shape of its own: see `PageInfo`.

/** The plugin for Apollo Server. */
export function createDirectPlugin(answers: DirectAnswers): ApolloServerPlugin<HttpRequestContext> {
  return {
    async requestDidStart() {
      return {
        async responseForOperation(asked) {
          const data = await answers.answerDirectly(asked);
          return data && { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult: { data } } };
        },
      };
    },
  };
}
