import { getOperationAST, GraphQLError, parse, specifiedRules, validate } from 'graphql';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import { mostProblems } from './finish-result.ts';
import { createLimitRule } from './limits.ts';
import type { OperationLimits } from './limits.ts';

// Tells subscriptions from other operations and checks them, as Apollo Server does with the others.

/** A document and its operation, which is a subscription. */
export interface Subscription {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** What a document may have at most. */
export interface DocumentLimits extends OperationLimits {
  readonly tokens: number;
  /** Objects of its answer, or of each of its events. */
  readonly cost: number;
}

/**
 * The subscription that the text asks for; null if it asks for something else. Null also for what cannot be parsed: to
 * refuse that is Apollo Server's, so that it is refused the same way everywhere.
 */
export function parseSubscription(
  { query, operationName }: { readonly query: string; readonly operationName?: string | null | undefined },
  { tokens }: DocumentLimits,
): Subscription | null {
  // Nearly all other operations are told without being parsed twice.
  if (!query.includes('subscription')) {
    return null;
  }
  try {
    const document = parse(query, { maxTokens: tokens });
    const operation = getOperationAST(document, operationName);
    return operation?.operation === 'subscription' ? { document, operation } : null;
  } catch (thrown) {
    if (thrown instanceof GraphQLError) {
      return null;
    }
    throw thrown;
  }
}

/** What is wrong with a subscription. The specification's own rules let it select one root field only. */
export function validateSubscription(
  schema: GraphQLSchema,
  document: DocumentNode,
  limits: DocumentLimits,
): readonly GraphQLError[] {
  return validate(schema, document, [...specifiedRules, createLimitRule(limits)], { maxErrors: mostProblems }).map(
    ({ message, nodes = null, originalError = null }) =>
      new GraphQLError(message, { nodes, originalError, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }),
  );
}
