import { getNamedType, type GraphQLObjectType, isObjectType } from 'graphql';

import { collectSelection, type SelectionScope, subselections, type SelectedField } from '../core/selection.ts';

// Values that the gateway itself writes (coverage, page info) in the form the client asked for.

/** The fields of `value` that the selection asks for, under their response names; lists and nested objects included. */
export function project(
  scope: SelectionScope,
  { type, field }: { readonly type: GraphQLObjectType; readonly field: SelectedField },
  value: object,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [responseName, selected] of collectSelection(scope, type, subselections(field))) {
    result[responseName] = projectField(scope, { type, field: selected }, value);
  }
  return result;
}

function projectField(
  scope: SelectionScope,
  { type, field }: { readonly type: GraphQLObjectType; readonly field: SelectedField },
  value: object,
): unknown {
  if (field.name === '__typename') {
    return type.name;
  }
  const found = (value as Readonly<Record<string, unknown>>)[field.name] ?? null;
  const elementType = objectTypeOf(type, field.name);
  if (elementType === null || found === null) {
    return found;
  }
  const one = (element: unknown): unknown => project(scope, { type: elementType, field }, element as object);
  return Array.isArray(found) ? found.map(one) : one(found);
}

function objectTypeOf(type: GraphQLObjectType, fieldName: string): GraphQLObjectType | null {
  const named = getNamedType(type.getFields()[fieldName]!.type);
  return isObjectType(named) ? named : null;
}
