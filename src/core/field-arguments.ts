import { BREAK, type FieldNode, getArgumentValues, type GraphQLField, visit } from 'graphql';

// The arguments of fields of operations that are parsed once and asked again and again.

/** The arguments of a field, coerced. */
export type FieldArguments = Readonly<Record<string, unknown>>;

type Field = GraphQLField<unknown, unknown>;

/** Those without variables, which are the same each time; null for those with. Another schema may have other defaults. */
const fixed = new WeakMap<Field, WeakMap<FieldNode, FieldArguments | null>>();

/**
 * The arguments of a field; the same frozen object each time if none of them has variables.
 * @param variables Coerced.
 * @throws GraphQLError if one is not as the schema has it.
 */
export function readArguments(
  field: Field,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): FieldArguments {
  const ofField = fixed.get(field) ?? new WeakMap<FieldNode, FieldArguments | null>();
  const known = ofField.get(node);
  if (known) {
    return known;
  }
  const args = getArgumentValues(field, node, variables);
  if (known === undefined) {
    fixed.set(field, ofField.set(node, hasVariables(node) ? null : Object.freeze(args)));
  }
  return args;
}

function hasVariables({ arguments: all = [] }: FieldNode): boolean {
  let found = false;
  const note = (): typeof BREAK => {
    found = true;
    return BREAK;
  };
  all.forEach((argument) => visit(argument, { Variable: note }));
  return found;
}
