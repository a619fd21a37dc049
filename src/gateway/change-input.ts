import {
  type FieldNode,
  getNamedType,
  type GraphQLField,
  isInputObjectType,
  type OperationDefinitionNode,
  valueFromASTUntyped,
} from 'graphql';

// The input of a change as it travels on. The first tier that is asked gives it an idempotency key if the client did not:
// only with a key may a change be sent to a second broker when it is not known what the first one did.

/** The input of a change. */
export interface ChangeInput {
  /** As the client wrote it, with a key. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Null if the change takes none: then it comes to the same when it is done twice, as cancelling does. */
  readonly idempotencyKey: string | null;
}

interface ReadOptions {
  readonly field: GraphQLField<unknown, unknown>;
  /** The place in the client's operation that selects the field. */
  readonly node: FieldNode;
  readonly operation: OperationDefinitionNode;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly newId: () => string;
}

/** Reads the input and completes it. It is not coerced: that is done where it is executed. */
export function readChangeInput({ field, node, operation, variables, newId }: ReadOptions): ChangeInput {
  const argument = node.arguments?.find(({ name }) => name.value === 'input');
  const written = argument ? valueFromASTUntyped(argument.value, withDefaults(operation, variables)) : null;
  const value = (written ?? {}) as Readonly<Record<string, unknown>>;
  if (!takesKey(field)) {
    return { value, idempotencyKey: null };
  }
  const given = value['idempotencyKey'];
  const idempotencyKey = typeof given === 'string' ? given : newId();
  return { value: { ...value, idempotencyKey }, idempotencyKey };
}

function takesKey({ args }: GraphQLField<unknown, unknown>): boolean {
  const input = args.find(({ name }) => name === 'input');
  const type = input && getNamedType(input.type);
  return isInputObjectType(type) && 'idempotencyKey' in type.getFields();
}

function withDefaults(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const defaults = variableDefinitions.flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
  );
  const given = Object.entries(variables).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(defaults), ...Object.fromEntries(given) };
}
