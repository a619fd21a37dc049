import type { FieldNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import type { SelectedField } from '../core/selection.ts';
import { compileSubquery, type Subquery } from '../merge/subquery.ts';

// Compiled root fields, kept as long as the operations that they are from.

/** A root field of an operation. */
interface CompileOptions {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly responseName: string;
  readonly nodes: SelectedField['nodes'];
}

/**
 * Compiles root fields, and remembers the result as long as the parsed operation lives: Apollo keeps parsed operations
 * and query plans, so that the same text is compiled once. A field that several fragments select is compiled each time.
 */
export function rememberSubqueries(schema: GraphQLSchema): (options: CompileOptions) => Subquery {
  const remembered = new WeakMap<OperationDefinitionNode, Map<FieldNode, Subquery>>();
  return (options) => {
    const known = remembered.get(options.operation) ?? new Map<FieldNode, Subquery>();
    remembered.set(options.operation, known);
    const [only, ...others] = options.nodes;
    const found = others.length === 0 ? known.get(only!) : undefined;
    const subquery = found ?? compileSubquery({ schema, ...options });
    if (others.length === 0) {
      known.set(only!, subquery);
    }
    return subquery;
  };
}
