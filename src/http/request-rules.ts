import { type DocumentNode, type GraphQLSchema, type OperationDefinitionNode, validate } from 'graphql';

import { SitewideError } from '../core/errors.ts';
import { asGraphQLError } from './answer.ts';
import { costOf } from './cost.ts';
import { overHeaders, readCoverage } from './coverage-directive.ts';
import { findingsOf, finishResult, type SingleResult } from './finish-result.ts';
import { asksForSchema, hidesSchema, type Introspection } from './introspection.ts';
import { createLimitRule, type OperationLimits } from './limits.ts';
import type { HttpRequestContext } from './request-context.ts';

// What every GraphQL request has in common, whoever answers it: before it is answered it is refused if it must not be, and what
// `@coverage` and `@explain` ask goes into its context; what was found out about coverage goes into its answer.

/** How requests are judged. */
export interface RuleOptions {
  readonly maximumTimeoutMs: number;
  readonly introspection: Introspection;
  /** What an answer to a client may cost. */
  readonly mostCost: number;
  /** What clients may ask, if a tier above may ask more; else null. */
  readonly clientLimits: OperationLimits | null;
}

/** A request that has been parsed. */
export interface ParsedRequest {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode | undefined;
  /** Absent if the document has none of the name that is asked for. */
  readonly operation: OperationDefinitionNode | null | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly contextValue: HttpRequestContext;
}

/** What is done before and after the answer to a request. */
export interface RequestRules {
  /** Judges a request and completes its context. @throws GraphQLError if it is refused. */
  begin(request: ParsedRequest): void;
  /** Notes how the answer is, and puts into it what was found out. */
  end<Result extends SingleResult>(result: Result, context: HttpRequestContext): Result;
}

/** The rules of a path. */
export function createRequestRules(options: RuleOptions): RequestRules {
  const excessOf = options.clientLimits && rememberExcess(options.clientLimits);
  return {
    begin(request) {
      const { contextValue, operation, schema, document } = request;
      contextValue.findings.operationName = operation?.name?.value ?? null;
      refuseUnknown(request);
      refuseSubscription(request);
      refuseLook(request, options.introspection);
      const excess = contextValue.isPart ? null : excessOf?.(schema, document);
      if (excess) {
        throw asGraphQLError(excess);
      }
      refuseCost(request, options.mostCost);
      applyCoverage(request, options.maximumTimeoutMs);
      applyExplain(request);
    },
    end(result, context) {
      context.findings.answer = findingsOf(result, context);
      return finishResult(result, { ...context, hidesSchema: hidesSchema(options.introspection, context) });
    },
  };
}

/** Finds what makes a document too large for a client; each is looked at once as long as Apollo keeps it. */
function rememberExcess(
  limits: OperationLimits,
): (schema: GraphQLSchema, document?: DocumentNode) => SitewideError | null {
  const rule = createLimitRule(limits);
  const found = new WeakMap<DocumentNode, SitewideError | null>();
  return (schema, document) => {
    if (!document) {
      return null;
    }
    const known = found.get(document);
    const excess =
      known === undefined
        ? ((validate(schema, document, [rule])[0]?.originalError as SitewideError | undefined) ?? null)
        : known;
    found.set(document, excess);
    return excess;
  };
}

/** Whoever executes it would each say so in their own way, and a gateway as if it were its own mistake. */
function refuseUnknown({ operation }: ParsedRequest): void {
  if (!operation) {
    const problem = 'its document has no operation of the name given, or several and no name is given';
    throw asGraphQLError(new SitewideError('BAD_REQUEST', { problem }));
  }
}

/** graphql-js would execute it like a query, once and without its events. */
function refuseSubscription({ operation }: ParsedRequest): void {
  if (operation?.operation === 'subscription') {
    throw asGraphQLError(new SitewideError('SUBSCRIPTION_UNAVAILABLE', {}));
  }
}

function refuseLook({ document, contextValue }: ParsedRequest, introspection: Introspection): void {
  if (document && hidesSchema(introspection, contextValue) && asksForSchema(document)) {
    throw asGraphQLError(new SitewideError('INTROSPECTION_REFUSED', {}));
  }
}

/** What a tier above asks, it has judged itself as a whole. */
function refuseCost(request: ParsedRequest, limit: number): void {
  const { schema, document, operation, contextValue, variables } = request;
  if (!operation || !document || contextValue.isPart) {
    return;
  }
  const requested = costOf({ schema, document, operation, variables });
  contextValue.findings.cost = { requested, limit };
  if (requested > limit) {
    throw asGraphQLError(new SitewideError('QUERY_TOO_COSTLY', { cost: requested, limit }));
  }
}

function applyCoverage(request: ParsedRequest, maximumMs: number): void {
  const { schema, operation, contextValue, variables } = request;
  if (!operation) {
    return;
  }
  try {
    const { wanted, timeoutMs } = readCoverage({ schema, operation, variables, maximumMs });
    contextValue.wanted = overHeaders(wanted, contextValue.wanted);
    if (timeoutMs !== null) {
      contextValue.deadline = contextValue.deadlineOf(timeoutMs);
    }
  } catch (thrown) {
    throw thrown instanceof SitewideError ? asGraphQLError(thrown as SitewideError) : thrown;
  }
}

/** `@explain` asks for what the header asks for as well. */
function applyExplain({ operation, contextValue }: ParsedRequest): void {
  if (operation?.directives?.some(({ name }) => name.value === 'explain')) {
    contextValue.explanation ??= contextValue.openExplanation();
  }
}
