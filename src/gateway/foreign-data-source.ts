import type { GraphQLDataSource } from '@apollo/gateway';
import { request as send } from 'undici';

import { createDeadline, withReserve } from '../core/deadline.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf, SitewideError } from '../core/errors.ts';
import type { RequestContext } from '../model/request.ts';
import { withoutCoverage } from './foreign-operation.ts';

// One of the operator's own subgraphs. It knows nothing of `@coverage`, which is taken out of what it is sent, and it may
// not hold up an answer beyond its deadline: its failure is an error at the fields it owes.

interface ForeignOptions {
  readonly name: string;
  readonly url: string;
  readonly clock: Clock;
}

/** The data source of a foreign subgraph. */
export function createForeignDataSource({ name, url, clock }: ForeignOptions): GraphQLDataSource {
  return {
    async process(options) {
      const { request } = options;
      const { query, variables } = withoutCoverage(request.query ?? '', request.variables ?? {});
      const { deadline: outer, requestId, trace } = options.context as RequestContext;
      using deadline = createDeadline({
        clock,
        timeoutMs: withReserve(outer.remainingMs()),
        parent: outer.signal,
      });
      try {
        const response = await send(url, {
          method: 'POST',
          signal: deadline.signal,
          headers: {
            'content-type': 'application/json',
            accept: 'application/graphql-response+json, application/json;q=0.9',
            'sitewide-request-id': requestId,
            ...trace.childHeaders(),
          },
          body: JSON.stringify({ query, variables, operationName: request.operationName }),
        });
        return (await response.body.json()) as object;
      } catch (thrown) {
        const problem = deadline.signal.aborted ? messageOf(deadline.signal.reason) : messageOf(thrown);
        const { message, extensions } = new SitewideError('SUBGRAPH_FAILED', { subgraph: name, problem });
        return { errors: [{ message, extensions: { ...extensions } }] };
      }
    },
  };
}
