import { getDirectiveValues, getVariableValues } from 'graphql';
import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';

import { messageOf, SitewideError } from '../core/errors.ts';
import { decodeRevisions, laterRevisions } from '../core/revision-vector.ts';
import { anyCoverage } from '../model/coverage.ts';
import type { CoverageWanted } from '../model/coverage.ts';

// Reads `@coverage` from an operation (schema/directives.graphql).

/** What `@coverage` says. */
export interface CoverageDirective {
  readonly wanted: CoverageWanted;
  /** Null if it does not say. */
  readonly timeoutMs: number | null;
}

interface ReadOptions {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  /** As they came with the request. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The longest that is allowed. */
  readonly maximumMs: number;
}

const nothingSaid: CoverageDirective = { wanted: anyCoverage, timeoutMs: null };

/**
 * What the operation's `@coverage` says, or the defaults if it has none.
 * @throws SitewideError `INVALID_ARGUMENT` or `REVISION_INVALID`.
 */
export function readCoverage(options: ReadOptions): CoverageDirective {
  const values = valuesOf(options);
  if (!values) {
    return nothingSaid;
  }
  const timeoutMs = (values['timeoutMs'] ?? null) as number | null;
  if (timeoutMs !== null && (timeoutMs < 1 || timeoutMs > options.maximumMs)) {
    const problem = `it must be from 1 to ${options.maximumMs} milliseconds`;
    throw new SitewideError('INVALID_ARGUMENT', { argument: '@coverage(timeoutMs:)', problem, found: timeoutMs });
  }
  const require = values['require'] === 'ALL' ? 'ALL' : 'ANY';
  const sources = (values['sources'] ?? null) as readonly string[] | null;
  const atLeast = typeof values['atLeast'] === 'string' ? decodeRevisions(values['atLeast']) : null;
  return { wanted: { require, sources, atLeast }, timeoutMs };
}

/** What the operation says over what the tier above has said in headers; what both want at least has to be shown. */
export function overHeaders(said: CoverageWanted, ofHeaders: CoverageWanted): CoverageWanted {
  const [own, above] = [said.atLeast, ofHeaders.atLeast];
  return {
    ...said,
    sources: said.sources ?? ofHeaders.sources,
    atLeast: own && above ? laterRevisions(above, own) : (own ?? above),
  };
}

function valuesOf({ schema, operation, variables }: ReadOptions): Record<string, unknown> | null {
  const definition = schema.getDirective('coverage');
  if (!definition || !operation.directives?.some(({ name }) => name.value === 'coverage')) {
    return null;
  }
  // Variables that cannot be coerced are the executor's to report, with its own words.
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (!coerced) {
    return null;
  }
  try {
    return getDirectiveValues(definition, operation, coerced) ?? null;
  } catch (cause) {
    const parameters = { argument: '@coverage', problem: messageOf(cause), found: 'no such value' };
    throw new SitewideError('INVALID_ARGUMENT', parameters, { cause });
  }
}
