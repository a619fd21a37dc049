import type { QueryResolvers } from '../../schema/generated/resolvers.ts';
import type { RequestContext } from '../model/request.ts';
import type { Source } from './coverage.ts';

// What all root fields of a query have in common.

type AnyResolver = (parent: unknown, args: unknown, context: RequestContext, info: unknown) => unknown;

/** The same fields, each of which waits until the broker knows what `@coverage(atLeast:)` wants to be shown. */
export function reachingFirst(source: Source, queries: QueryResolvers): QueryResolvers {
  const entries = Object.entries(queries as Readonly<Record<string, AnyResolver>>).map(([field, resolve]) => {
    const waiting: AnyResolver = (parent, args, context, info) => {
      const wait = source.reachWanted(context);
      return wait === null
        ? resolve(parent, args, context, info)
        : wait.then(() => resolve(parent, args, context, info));
    };
    return [field, waiting];
  });
  return Object.fromEntries(entries) as QueryResolvers;
}
