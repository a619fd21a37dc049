import { GraphQLError } from 'graphql';
import type { ExecutionResult, GraphQLFormattedError } from 'graphql';

import { messageOf, SitewideError } from '../core/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { asGraphQLError } from './answer.ts';
import { formatError, isUnexpected } from './format-error.ts';

// Errors of subscriptions as clients see them: the same as those of requests, which Apollo Server formats.

/** Whose errors they are. */
export interface ErrorSource {
  readonly requestId: string;
  readonly traceId?: string;
  readonly operationName: string | null;
  readonly logger: Logger;
}

/** Anything thrown, as errors of GraphQL. */
export function asErrors(thrown: unknown): readonly GraphQLError[] {
  if (thrown instanceof GraphQLError) {
    return [thrown];
  }
  if (thrown instanceof SitewideError) {
    return [asGraphQLError(thrown as SitewideError)];
  }
  const originalError = thrown instanceof Error ? thrown : new Error(messageOf(thrown));
  return [new GraphQLError(originalError.message, { originalError })];
}

/** The errors as a client gets them. Those that nobody expected are logged, and told without what they say. */
export function formatErrors(errors: readonly GraphQLError[], source: ErrorSource): readonly GraphQLFormattedError[] {
  return errors.map((error) => {
    if (isUnexpected(error)) {
      const { requestId, traceId, operationName, logger } = source;
      const facts = { err: error.originalError ?? error, path: error.path, requestId, traceId, operationName };
      logger.error(facts, 'A subscription met an error that nobody expected.');
    }
    const formatted = formatError(error.toJSON(), error);
    return formatted.extensions?.['code'] === 'INTERNAL'
      ? { ...formatted, extensions: { ...formatted.extensions, requestId: source.requestId } }
      : formatted;
  });
}

/** The result of an event as a client gets it. */
export function formatResult({ errors, ...rest }: ExecutionResult, source: ErrorSource): object {
  return errors ? { errors: formatErrors(errors, source), ...rest } : rest;
}

/** The codes of errors, for the metrics. */
export function codesOf(errors: readonly GraphQLFormattedError[]): readonly string[] {
  return errors.map(({ extensions }) => {
    const code = extensions?.['code'];
    return typeof code === 'string' ? code : 'none';
  });
}
