import { type GraphQLField, Kind, valueFromASTUntyped } from 'graphql';
import type { FieldNode, OperationDefinitionNode, SelectionNode, ValueNode } from 'graphql';

// The values that an operation gives to its arguments and directives, before anybody has looked whether they are of the
// right types: enough to tell how many rows are wanted.

/** The values of an operation. */
export interface Given {
  /** The value of an argument; undefined if there is none. */
  argument(node: FieldNode, field: GraphQLField<unknown, unknown>, name: string): unknown;
  valueOf(value: ValueNode): unknown;
}

/** The values given to an operation by these variables and its own defaults. */
export function givenTo(operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): Given {
  const defaults = Object.fromEntries(
    (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
    ),
  );
  const all = { ...defaults, ...variables };
  const valueOf = (value: ValueNode): unknown => valueFromASTUntyped(value, all);
  return {
    argument({ arguments: given = [] }, { args }, name) {
      const found = given.find((argument) => argument.name.value === name);
      return (found && valueOf(found.value)) ?? args.find((argument) => argument.name === name)?.defaultValue;
    },
    valueOf,
  };
}

/** True for what `@skip` or `@include` leaves out of the answer. */
export function isLeftOut({ directives = [] }: SelectionNode, given: Given): boolean {
  return directives.some(({ name: { value: name }, arguments: [condition] = [] }) => {
    const value = condition && condition.value.kind !== Kind.NULL ? given.valueOf(condition.value) : undefined;
    return (name === 'skip' && value === true) || (name === 'include' && value === false);
  });
}
