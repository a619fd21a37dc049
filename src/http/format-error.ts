import { GraphQLError } from 'graphql';
import type { GraphQLFormattedError } from 'graphql';

import { SitewideError } from '../core/errors.ts';

// What a client gets to see of an error. Ours and those of GraphQL itself are for clients; anything else may tell about
// the inside of this program and leaves as INTERNAL, without its message.

const hiddenExtensions = new Set(['http', 'stacktrace', 'exception']);

/** Apollo Server's `formatError`. */
export function formatError(formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError {
  const ours = sitewideErrorOf(thrown);
  if (ours) {
    return {
      ...formatted,
      message: ours.message,
      extensions: { ...visible(formatted.extensions), ...ours.extensions },
    };
  }
  if (isUnexpected(thrown)) {
    return { ...formatted, message: 'Internal error.', extensions: { code: 'INTERNAL' } };
  }
  const code = formatted.extensions?.['code'];
  const known = code === 'INTERNAL_SERVER_ERROR' ? { code: 'INTERNAL' } : {};
  return { ...formatted, extensions: { ...visible(formatted.extensions), ...known } };
}

/** True if the error is neither ours nor GraphQL's own: it has to be logged and its message hidden. */
export function isUnexpected(thrown: unknown): boolean {
  if (sitewideErrorOf(thrown)) {
    return false;
  }
  if (!(thrown instanceof GraphQLError)) {
    return true;
  }
  // A parse error keeps the error it was made from, a failed resolver what it threw.
  return thrown.originalError !== undefined && isUnexpected(thrown.originalError);
}

/** The error of our table in or behind what was thrown. */
function sitewideErrorOf(thrown: unknown): SitewideError | null {
  if (thrown instanceof SitewideError) {
    return thrown;
  }
  return thrown instanceof GraphQLError && thrown.originalError ? sitewideErrorOf(thrown.originalError) : null;
}

function visible(extensions: GraphQLFormattedError['extensions']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(extensions ?? {}).filter(([key]) => !hiddenExtensions.has(key)));
}
