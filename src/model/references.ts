import { GraphQLError, type GraphQLSchema, isScalarType, isUnionType, valueFromASTUntyped } from 'graphql';

// How gateways refer to entities of a subgraph: by representations, the scalar `_Any` of the federation protocol.

/**
 * Has a schema take only representations of entities by their ids, of all that its `_Any` could be: the library fails all of
 * `_entities` for one that it does not understand, as if that were our fault.
 */
export function takeOnlyReferences(schema: GraphQLSchema): void {
  const [any, entity] = [schema.getType('_Any'), schema.getType('_Entity')];
  if (!isScalarType(any) || !isUnionType(entity)) {
    throw new TypeError('The schema is not that of a subgraph with entities.');
  }
  const names = new Set(entity.getTypes().map(({ name }) => name));
  any.parseValue = (value: unknown) => {
    const { __typename, id } = (value ?? {}) as { readonly __typename?: unknown; readonly id?: unknown };
    if (typeof __typename !== 'string' || !names.has(__typename) || typeof id !== 'string') {
      const wanted = `a representation with an "id" and the "__typename" of an entity (${[...names].join(', ')})`;
      throw new GraphQLError(`_Any is ${wanted}; found ${JSON.stringify(value)}.`);
    }
    return value;
  };
  any.parseLiteral = (node, variables) => any.parseValue(valueFromASTUntyped(node, variables));
}
