import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';

// Does an answer fit the schema? A broker that answers something else must not get a row into anybody's list. The check
// is compiled once for each document, since it looks at every value of every answer.

/** What is wrong with a value, as `path: problem`, or null if it fits. */
export type Check = (value: unknown) => string | null;

interface CompileScope {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

const compiled = new WeakMap<DocumentNode, Check>();

/** The check of `data` for this document, whose first definition is its operation. */
export function conformityOf(schema: GraphQLSchema, document: DocumentNode): Check {
  const known = compiled.get(document);
  if (known) {
    return known;
  }
  const [operation, ...rest] = document.definitions as [OperationDefinitionNode, ...FragmentDefinitionNode[]];
  const fragments = new Map(rest.map((fragment) => [fragment.name.value, fragment]));
  const root = schema.getRootType(operation.operation)!;
  const check = checkObject({ schema, fragments }, root.name, [operation.selectionSet]);
  compiled.set(document, check);
  return check;
}

function checkType(scope: CompileScope, type: GraphQLOutputType, sets: readonly SelectionSetNode[]): Check {
  if (isNonNullType(type)) {
    const check = checkType(scope, type.ofType, sets);
    return (value) => (value === null || value === undefined ? ': may not be null' : check(value));
  }
  if (isListType(type)) {
    const check = checkType(scope, type.ofType, sets);
    return (value) => (value === null || value === undefined ? null : checkElements(value, check));
  }
  const named = getNamedType(type);
  const check = isCompositeType(named)
    ? isAbstractType(named)
      ? checkAbstract(scope, scope.schema.getPossibleTypes(named), sets)
      : checkObject(scope, named.name, sets)
    : checkLeaf(named.name);
  return (value) => (value === null || value === undefined ? null : check(value));
}

function checkElements(value: unknown, check: Check): string | null {
  if (!Array.isArray(value)) {
    return ': is no list';
  }
  for (let at = 0; at < value.length; at += 1) {
    const problem = check(value[at]);
    if (problem !== null) {
      return `.${at}${problem}`;
    }
  }
  return null;
}

/** An object of one type: every field that the selection asks for, wherever in fragments. */
function checkObject(scope: CompileScope, typeName: string, sets: readonly SelectionSetNode[]): Check {
  const fields = [...fieldsOf(scope, typeName, sets)].map(([name, { type, sets: below, conditional }]) => ({
    name,
    conditional,
    check: type === null ? checkText : checkType(scope, type, below),
  }));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return ': is no object';
    }
    for (const { name, conditional, check } of fields) {
      const found = (value as Record<string, unknown>)[name];
      if (found === undefined && !conditional) {
        return `.${name}: is missing`;
      }
      const problem = check(found);
      if (problem !== null) {
        return `.${name}${problem}`;
      }
    }
    return null;
  };
}

/** An object of one of several types: it has to fit one of them. */
function checkAbstract(
  scope: CompileScope,
  types: readonly { readonly name: string }[],
  sets: readonly SelectionSetNode[],
): Check {
  const checks = types.map(({ name }) => checkObject(scope, name, sets));
  return (value) => {
    const problems = checks.map((check) => check(value));
    return problems.includes(null) ? null : (problems[0] ?? null);
  };
}

function checkLeaf(typeName: string): Check {
  switch (typeName) {
    case 'Int':
    case 'Float':
    case 'Long':
      return (value) => (typeof value === 'number' ? null : ': is no number');
    case 'Boolean':
      return (value) => (typeof value === 'boolean' ? null : ': is neither true nor false');
    default:
      // ID, String, instants, and enums, to which a newer broker may have added a value.
      return checkText;
  }
}

const checkText: Check = (value) => (typeof value === 'string' ? null : ': is no text');

interface SelectedType {
  /** Null for `__typename`. */
  readonly type: GraphQLOutputType | null;
  readonly sets: SelectionSetNode[];
  /** True if @skip or @include may leave it out. */
  conditional: boolean;
}

function fieldsOf(scope: CompileScope, typeName: string, sets: readonly SelectionSetNode[]): Map<string, SelectedType> {
  const fields = new Map<string, SelectedType>();
  const walk = ({ selections }: SelectionSetNode, conditional: boolean): void => {
    for (const node of selections) {
      const maybe = conditional || (node.directives?.length ?? 0) > 0;
      switch (node.kind) {
        case Kind.FIELD: {
          const responseName = node.alias?.value ?? node.name.value;
          const known = fields.get(responseName);
          const field = known ?? { type: typeOfField(scope, typeName, node.name.value), sets: [], conditional: maybe };
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
