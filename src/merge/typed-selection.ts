import {
  type FragmentDefinitionNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';

// Which fields a selection may ask of an object of one type, whatever its variables say, with the types of their values.

/** What is needed to understand a selection. */
export interface CompileScope {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** A field of a selection. */
export interface SelectedType {
  /** As in the schema. */
  readonly fieldName: string;
  /** Null for `__typename`. */
  readonly type: GraphQLOutputType | null;
  readonly sets: SelectionSetNode[];
  /** True if @skip or @include may leave it out. */
  conditional: boolean;
}

/** The fields that the selection sets ask of an object of this type, by response name. */
export function fieldsOf(
  scope: CompileScope,
  typeName: string,
  sets: readonly SelectionSetNode[],
): Map<string, SelectedType> {
  const fields = new Map<string, SelectedType>();
  const walk = ({ selections }: SelectionSetNode, conditional: boolean): void => {
    for (const node of selections) {
      const maybe = conditional || (node.directives?.length ?? 0) > 0;
      switch (node.kind) {
        case Kind.FIELD: {
          const responseName = node.alias?.value ?? node.name.value;
          const known = fields.get(responseName);
          const fieldName = node.name.value;
          const type = typeOfField(scope, typeName, fieldName);
          const field = known ?? { fieldName, type, sets: [], conditional: maybe };
          field.conditional &&= maybe;
          field.sets.push(...(node.selectionSet ? [node.selectionSet] : []));
          fields.set(responseName, field);
          break;
        }
        case Kind.INLINE_FRAGMENT:
          if (!node.typeCondition || covers(scope, node.typeCondition.name.value, typeName)) {
            walk(node.selectionSet, maybe);
          }
          break;
        case Kind.FRAGMENT_SPREAD: {
          const fragment = scope.fragments.get(node.name.value);
          if (fragment && covers(scope, fragment.typeCondition.name.value, typeName)) {
            walk(fragment.selectionSet, maybe);
          }
        }
      }
    }
  };
  sets.forEach((set) => walk(set, false));
  return fields;
}

function typeOfField({ schema }: CompileScope, typeName: string, fieldName: string): GraphQLOutputType | null {
  switch (fieldName) {
    case '__typename':
      return null;
    case '__schema':
      return SchemaMetaFieldDef.type;
    case '__type':
      return TypeMetaFieldDef.type;
    default: {
      const type = schema.getType(typeName);
      return isObjectType(type) ? type.getFields()[fieldName]!.type : null;
    }
  }
}

function covers({ schema }: CompileScope, condition: string, typeName: string): boolean {
  const [wanted, type] = [schema.getType(condition), schema.getType(typeName)];
  return wanted === type || (isAbstractType(wanted) && isObjectType(type) && schema.isSubType(wanted, type));
}
