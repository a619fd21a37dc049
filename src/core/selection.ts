import {
  type FieldNode,
  type FragmentDefinitionNode,
  getDirectiveValues,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

// Which fields a selection asks of one object: fragments resolved, @skip and @include obeyed, fields of one response name
// gathered. The same work as graphql-js's collectFields, which it does not export.

/** One field of an answer. */
export interface SelectedField {
  /** The name in the schema. */
  readonly name: string;
  /** Every place that selects it; more than one where fragments repeat it. */
  readonly nodes: readonly FieldNode[];
}

/** What is needed to understand a selection. */
export interface SelectionScope {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The fields that are asked of an object, by response name. */
export type Selection = ReadonlyMap<string, SelectedField>;

/** The fields asked of an object of this type, by response name, in the order of the answer. */
export function collectSelection(
  scope: SelectionScope,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): Selection {
  const [only] = selectionSets;
  if (only === undefined || selectionSets.length > 1) {
    return walkSelections(scope, type, selectionSets).fields;
  }
  const known = collected.get(only)?.get(type);
  if (known) {
    return known;
  }
  const { fields, isFixed } = walkSelections(scope, type, selectionSets);
  if (isFixed) {
    collected.set(only, (collected.get(only) ?? new Map<GraphQLObjectType, Selection>()).set(type, fields));
  }
  return fields;
}

/** What does not depend on variables, nor on anything outside of itself; parsed operations are kept, and asked again and again. */
const collected = new WeakMap<SelectionSetNode, Map<GraphQLObjectType, Selection>>();

interface Walked {
  readonly fields: Selection;
  /** True if it is the same whatever the scope. */
  readonly isFixed: boolean;
}

function walkSelections(
  scope: SelectionScope,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): Walked {
  const fields = new Map<string, { name: string; nodes: FieldNode[] }>();
  const visited = new Set<string>();
  let isFixed = true;
  const walk = (selections: readonly SelectionNode[]): void => {
    for (const node of selections) {
      isFixed &&= node.kind !== Kind.FRAGMENT_SPREAD && (node.directives?.length ?? 0) === 0;
      if (!isIncluded(node, scope.variables)) {
        continue;
      }
      switch (node.kind) {
        case Kind.FIELD: {
          const responseName = node.alias?.value ?? node.name.value;
          const field = fields.get(responseName);
          if (field) {
            field.nodes.push(node);
          } else {
            fields.set(responseName, { name: node.name.value, nodes: [node] });
          }
          break;
        }
        case Kind.INLINE_FRAGMENT:
          if (node.typeCondition === undefined || applies(scope.schema, node.typeCondition.name.value, type)) {
            walk(node.selectionSet.selections);
          }
          break;
        case Kind.FRAGMENT_SPREAD: {
          const fragment = scope.fragments.get(node.name.value);
          if (
            fragment &&
            !visited.has(node.name.value) &&
            applies(scope.schema, fragment.typeCondition.name.value, type)
          ) {
            visited.add(node.name.value);
            walk(fragment.selectionSet.selections);
          }
        }
      }
    }
  };
  for (const { selections } of selectionSets) {
    walk(selections);
  }
  return { fields, isFixed };
}

/** The selection sets below a field. */
export function subselections({ nodes }: SelectedField): readonly SelectionSetNode[] {
  return nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
}

/** False if @skip or @include leaves this node out. */
function isIncluded(node: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  if (node.directives === undefined || node.directives.length === 0) {
    return true;
  }
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variables);
  const include = getDirectiveValues(GraphQLIncludeDirective, node, variables);
  return skip?.['if'] !== true && include?.['if'] !== false;
}

function applies(schema: GraphQLSchema, condition: string, type: GraphQLObjectType): boolean {
  const conditionType = schema.getType(condition);
  return conditionType === type || (isAbstractType(conditionType) && schema.isSubType(conditionType, type));
}
