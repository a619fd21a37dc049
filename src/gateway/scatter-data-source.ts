import type { GraphQLDataSource } from '@apollo/gateway';
import { GraphQLError, parse } from 'graphql';

import type { SourceError } from '../merge/combine.ts';
import type { RequestContext } from '../model/request.ts';
import type { ScatterEngine } from './engine.ts';

// The scattered subgraph as @apollo/gateway sees it: one data source, behind which the engine asks every source. Right
// for every operation that the planner makes.

/** The data source of the base schema. */
export function createScatterDataSource(engine: ScatterEngine): GraphQLDataSource {
  return {
    async process(options) {
      if (options.kind !== 'incoming operation') {
        throw new Error(
          'The scattered subgraph has a schema of its own; it is neither loaded nor checked over the wire.',
        );
      }
      const { request, document, context, pathInIncomingRequest } = options;
      const { data, errors } = await engine.answer({
        document: document ?? parse(request.query ?? ''),
        operationName: request.operationName,
        variables: request.variables ?? {},
        context: context as RequestContext,
        path: pathInIncomingRequest ?? [],
      });
      return errors.length === 0 ? { data } : { data, errors: errors.map((error) => asGraphQLError(error).toJSON()) };
    },
  };
}

/** The error without an original one: what it says is meant for clients. */
export function asGraphQLError({ message, path, extensions }: SourceError): GraphQLError {
  return new GraphQLError(message, { path: path ?? null, extensions: extensions ?? null });
}
