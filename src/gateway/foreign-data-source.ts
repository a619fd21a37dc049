import type { GraphQLDataSource } from '@apollo/gateway';
import { request as send } from 'undici';

import { createDeadline, withReserve } from '../core/deadline.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf, SitewideError } from '../core/errors.ts';
import type { RequestContext } from '../model/request.ts';
import { withoutOurDirectives } from './foreign-operation.ts';

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
      const { query, variables } = withoutOurDirectives(request.query ?? '', request.variables ?? {});
      const { deadline: outer, requestId, trace, explanation } = options.context as RequestContext;
      using deadline = createDeadline({
        clock,
        timeoutMs: withReserve(outer.remainingMs()),
        parent: outer.signal,
      });
      const body = Buffer.from(JSON.stringify({ query, variables, operationName: request.operationName }));
      const startedMs = explanation?.elapsedMs() ?? 0;
      const note = (message: string | null, receivedBytes: number): void => {
        const status = message === null ? 'OK' : 'ERROR';
        const [endedMs, sentBytes] = [explanation?.elapsedMs() ?? 0, body.length];
        explanation?.subgraphs.push({ subgraph: name, startedMs, endedMs, status, message, sentBytes, receivedBytes });
      };
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
          body,
        });
        const text = await response.body.text();
        note(null, Buffer.byteLength(text));
        return JSON.parse(text) as object;
      } catch (thrown) {
        const problem = deadline.signal.aborted ? messageOf(deadline.signal.reason) : messageOf(thrown);
        note(problem, 0);
        const { message, extensions } = new SitewideError('SUBGRAPH_FAILED', { subgraph: name, problem });
        return { errors: [{ message, extensions: { ...extensions } }] };
      }
    },
  };
}
