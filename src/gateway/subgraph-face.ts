import { type DocumentNode, extendSchema, getOperationAST, type GraphQLSchema, parse } from 'graphql';

// A site is itself a subgraph for gateways elsewhere, but the API schema of @apollo/gateway has neither `_service` nor
// `_entities`. They are put beside it here; introspection goes on showing the API schema alone.

/** The API schema with `_service` and `_entities` for the entities of the base schema. */
export function withSubgraphFields(api: GraphQLSchema, entities: readonly string[]): GraphQLSchema {
  return extendSchema(
    api,
    parse(`
      scalar _Any
      type _Service { sdl: String }
      union _Entity = ${entities.join(' | ')}
      extend type Query {
        _service: _Service!
        _entities(representations: [_Any!]!): [_Entity]!
      }
    `),
  );
}

/** The names of the types that other subgraphs may refer to by id. */
export function entitiesOf(base: GraphQLSchema): readonly string[] {
  const union = base.getType('_Entity');
  return union && 'getTypes' in union ? union.getTypes().map(({ name }) => name) : [];
}

const found = new WeakMap<DocumentNode, boolean>();

/** True if the operation asks for `_service` or `_entities`, at the root or through a fragment there. */
export function isSubgraphOperation(document: DocumentNode, operationName: string | null | undefined): boolean {
  const known = found.get(document);
  if (known !== undefined) {
    return known;
  }
  const operation = getOperationAST(document, operationName);
  // A document of several operations is rare enough to be looked at each time.
  const names = document.definitions.flatMap((definition) =>
    'selectionSet' in definition && (definition === operation || definition.kind === 'FragmentDefinition')
      ? definition.selectionSet.selections
      : [],
  );
  const result = names.some(
    (node) => node.kind === 'Field' && (node.name.value === '_service' || node.name.value === '_entities'),
  );
  if (document.definitions.filter(({ kind }) => kind === 'OperationDefinition').length === 1) {
    found.set(document, result);
  }
  return result;
}
