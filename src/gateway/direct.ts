import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getOperationAST,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  type SelectionNode,
} from 'graphql';

import { crossingOf } from '../merge/directives.ts';
import type { RequestContext } from '../model/request.ts';
import type { RowStreaming } from './row-stream.ts';

// Which operations need no plan: a query of nothing but lists and summaries that are merged of those of all sources is answered
// by the engine as it will be sent, since the merge writes each value under the name and in the order that the client asked for.
// Planning it and shaping its answer once more makes a large one nearly half as dear again (ADR 0032).

/** An operation that has been parsed, checked and allowed. */
export interface DirectRequest {
  readonly document: DocumentNode;
  readonly request: {
    readonly operationName?: string;
    readonly variables?: Readonly<Record<string, unknown>>;
  };
  readonly contextValue: RequestContext & { readonly streaming?: RowStreaming };
  /** The one object of a request that is the same when it is executed; its coverage, if Apollo Server was not asked yet. */
  readonly metrics: object;
}

/** Who answers without a plan. */
export interface DirectAnswers {
  /**
   * The data of an answer that has no error. Null for what has to be executed; an answer with errors is found by `metrics` then,
   * so that its errors are treated like any others.
   */
  answerDirectly(asked: DirectRequest): Promise<Record<string, unknown> | null>;
}

/** True if the engine's answer to an operation is what the client gets. */
export function createDirectRule(
  base: GraphQLSchema,
): (document: DocumentNode, operationName?: string | null) => boolean {
  const fields = base.getQueryType()!.getFields();
  const isScattered = (name: string): boolean => {
    const field = fields[name];
    return name === '__typename' || (field !== undefined && crossingOf(field).kind === 'scatter');
  };
  const known = new WeakMap<DocumentNode, Map<string, boolean>>();
  return (document, operationName) => {
    const ofDocument = known.get(document) ?? new Map<string, boolean>();
    known.set(document, ofDocument);
    const name = operationName ?? '';
    const found = ofDocument.get(name) ?? hasOnly(isScattered, document, operationName);
    ofDocument.set(name, found);
    return found;
  };
}

function hasOnly(
  isScattered: (field: string) => boolean,
  document: DocumentNode,
  operationName: string | null | undefined,
): boolean {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.QUERY) {
    return false;
  }
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  const visited = new Set<string>();
  // Whether @skip or @include leaves something out changes from request to request; it counts all the same.
  const holds = (selections: readonly SelectionNode[]): boolean =>
    selections.every((node) => {
      switch (node.kind) {
        case Kind.FIELD:
          return isScattered(node.name.value);
        case Kind.INLINE_FRAGMENT:
          return holds(node.selectionSet.selections);
        case Kind.FRAGMENT_SPREAD: {
          const name = node.name.value;
          const isNew = !visited.has(name);
          visited.add(name);
          return !isNew || holds(fragments.get(name)?.selectionSet.selections ?? []);
        }
      }
    });
  return holds(operation.selectionSet.selections);
}
