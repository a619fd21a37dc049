import {
  type FieldNode,
  getNamedType,
  type GraphQLSchema,
  type InlineFragmentNode,
  Kind,
  type NamedTypeNode,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

// What a client selects of the report on an answer is written by the tier that answers, from what its sources report beside
// their data. Sources are asked only whether there is a report: it tells how long they took, so that the same data would be
// another answer each time.

/** Anything that selects fields of the type of this name, without what is selected of reports. */
export function withoutReports<Node extends Selecting>(schema: GraphQLSchema, node: Node, typeName: string): Node {
  const { selectionSet } = node;
  if (selectionSet === undefined) {
    return node;
  }
  const typeInfo = new TypeInfo(schema);
  const typeCondition: NamedTypeNode = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: typeName } };
  const whole: InlineFragmentNode = { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet };
  const visited = visit(whole, visitWithTypeInfo(typeInfo, { Field: (field) => shortened(field, typeInfo) }));
  return { ...node, selectionSet: visited.selectionSet };
}

interface Selecting {
  readonly selectionSet?: SelectionSetNode | undefined;
}

/** Of a report only the name of its type; undefined, which changes nothing, for anything else. */
function shortened(field: FieldNode, typeInfo: TypeInfo): FieldNode | undefined {
  const definition = typeInfo.getFieldDef();
  const isReport = definition ? getNamedType(definition.type).name === 'Coverage' : false;
  return isReport ? { ...field, selectionSet: nameOnly } : undefined;
}

const nameOnly: SelectionSetNode = {
  kind: Kind.SELECTION_SET,
  selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }],
};
