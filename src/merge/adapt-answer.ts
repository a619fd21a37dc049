import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getNamedType,
  getVariableValues,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

import { collectSelection, type SelectionScope, subselections } from '../core/selection.ts';
import { typeMarkerName } from './adapt-selection.ts';

// The answer to an adapted operation in the form that the original asks for: what was left out is null at its place.

interface CompleteOptions {
  readonly schema: GraphQLSchema;
  /** The original, whose first definition is the operation. */
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The data with everything that the original asks for, in its order; root fields that are not there are null. */
export function completeAnswer(
  { schema, document, variables }: CompleteOptions,
  data: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const [operation, ...rest] = document.definitions as [OperationDefinitionNode, ...FragmentDefinitionNode[]];
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  const fragments = new Map(rest.map((fragment) => [fragment.name.value, fragment]));
  const root = schema.getRootType(operation.operation)!;
  const complete = completerOf({ schema, fragments, variables: coerced }, root, [operation.selectionSet]);
  return complete(data) as Record<string, unknown>;
}

type Complete = (value: unknown) => unknown;

interface FieldCompleter {
  readonly name: string;
  readonly complete: Complete;
}

/** Completes objects of one type, and lists of them. What each possible type needs is worked out once. */
function completerOf(scope: SelectionScope, type: GraphQLOutputType, sets: readonly SelectionSetNode[]): Complete {
  const named = getNamedType(type);
  if (!isCompositeType(named)) {
    return (value) => value ?? null;
  }
  const byType = new Map<string, readonly FieldCompleter[]>();
  const complete = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value.map(complete);
    }
    if (typeof value !== 'object' || value === null) {
      return null;
    }
    const part = value as Readonly<Record<string, unknown>>;
    const typeName = isAbstractType(named) ? String(part[typeMarkerName]) : named.name;
    const fields = byType.get(typeName) ?? fieldCompleters(scope, typeName, sets);
    byType.set(typeName, fields);
    return Object.fromEntries(fields.map((field) => [field.name, field.complete(part[field.name])]));
  };
  return complete;
}

function fieldCompleters(
  scope: SelectionScope,
  typeName: string,
  sets: readonly SelectionSetNode[],
): readonly FieldCompleter[] {
  const type = scope.schema.getType(typeName);
  if (!isObjectType(type)) {
    return [];
  }
  return [...collectSelection(scope, type, sets)].map(([name, field]) => {
    const definition = type.getFields()[field.name];
    const complete: Complete = definition
      ? completerOf(scope, definition.type, subselections(field))
      : (value) => value ?? null;
    return { name, complete };
  });
}
