import {
  getArgumentValues,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
} from 'graphql';

import { collectSelection, type SelectedField, type SelectionScope, subselections } from '../core/selection.ts';

// Writes objects as the JSON that GraphQL execution would give for them, with everything that can be decided before the first
// object decided then: which fields, under which names, in which order, by which resolvers. It does what execution does as
// long as all goes well; where anything is amiss it gives up, and the operation is executed.

/** Writes a value as JSON. @throws whatever a resolver throws, or GivenUp. */
export type WriteJson = (value: unknown, context: unknown) => string;

/** What is written cannot be written without executing the operation. */
class GivenUp extends Error {
  override readonly name = 'GivenUp';
}

/** What a selection belongs to. */
export interface WriterScope extends SelectionScope {
  readonly operation: OperationDefinitionNode;
}

/** A writer of the objects of a type, each with the fields that are selected. @throws GivenUp if one needs execution. */
export function createObjectWriter(
  scope: WriterScope,
  type: GraphQLObjectType,
  field: SelectedField,
  isWanted?: (responseName: string, field: SelectedField) => boolean,
): WriteJson {
  const shape = shapeObject(scope, type, field, isWanted);
  return (value, context) => JSON.stringify(shape(value, context));
}

/** Makes of a value what JSON is to be made of. Throws the same. */
type ShapeValue = (value: unknown, context: unknown) => unknown;

function shapeObject(
  scope: WriterScope,
  type: GraphQLObjectType,
  field: SelectedField,
  isWanted: (responseName: string, field: SelectedField) => boolean = () => true,
): ShapeValue {
  const selected = [...collectSelection(scope, type, subselections(field))].filter(([name, one]) =>
    isWanted(name, one),
  );
  return assemble(selected.map(([responseName, one]) => ({ responseName, ...shapeField(scope, type, one) })));
}

/** How one field of an object is made. */
interface FieldShape {
  /** The property that it is; null if it is made of the whole object. */
  readonly property: string | null;
  /** Of the property, or of the object. */
  readonly shape: ShapeValue;
}

interface Part extends FieldShape {
  readonly responseName: string;
}

/**
 * One function for all fields of an object, with its own code: as a loop over the fields it takes three times as long, since
 * nothing then tells one property from another. The code is made of names of GraphQL, which are letters, digits and `_`.
 */
function assemble(parts: readonly Part[]): ShapeValue {
  const names = parts.map((_, at) => `shape${at}`);
  const members = parts.map(({ responseName, property }, at) => {
    for (const name of [responseName, property ?? 'value']) {
      // The one name means something else in code.
      if (!/^\w+$/.test(name) || name === '__proto__') {
        throw new GivenUp(`"${name}" cannot be a name in code.`);
      }
    }
    return `${responseName}: ${names[at]}(${property === null ? 'value' : `value.${property}`}, context)`;
  });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- of our own making, see above
  const code = new Function(...names, `return (value, context) => ({ ${members.join(', ')} });`);
  return (code as (...shapes: readonly ShapeValue[]) => ShapeValue)(...parts.map(({ shape }) => shape));
}

function shapeField(scope: WriterScope, parent: GraphQLObjectType, selected: SelectedField): FieldShape {
  if (selected.name === '__typename') {
    return { property: null, shape: () => parent.name };
  }
  const field = parent.getFields()[selected.name];
  if (!field) {
    throw new GivenUp(`There is no field "${selected.name}".`);
  }
  const shape = shapeValue(scope, field.type, selected);
  const { resolve } = field;
  if (!resolve) {
    return { property: field.name, shape };
  }
  const args = getArgumentValues(field, selected.nodes[0]!, scope.variables);
  const info = infoOf(scope, parent, field, selected);
  return { property: null, shape: (value, context) => shape(resolve(value, args, context, info), context) };
}

function shapeValue(scope: WriterScope, type: GraphQLOutputType, selected: SelectedField): ShapeValue {
  if (isNonNullType(type)) {
    const shape = shapeValue(scope, type.ofType, selected);
    return (value, context) => {
      if (value === null || value === undefined) {
        throw new GivenUp(`"${selected.name}" may not be null.`);
      }
      return shape(value, context);
    };
  }
  if (isListType(type)) {
    return shapeList(shapeValue(scope, type.ofType, selected));
  }
  if (isLeafType(type)) {
    return shapeLeaf(type);
  }
  if (isAbstractType(type)) {
    throw new GivenUp(`Of which type "${selected.name}" is shows only when it is executed.`);
  }
  const shape = shapeObject(scope, type, selected);
  return (value, context) => (value === null || value === undefined ? null : shape(settled(value), context));
}

function shapeList(shape: ShapeValue): ShapeValue {
  return (value, context) => {
    if (value === null || value === undefined) {
      return null;
    }
    if (!Array.isArray(value)) {
      throw new GivenUp('What should be a list is none.');
    }
    return value.map((element) => shape(element, context));
  };
}

/** What most values are is told without asking their type. */
function shapeLeaf(type: GraphQLLeafType): ShapeValue {
  const serialize = (value: unknown): unknown => {
    if (value === null || value === undefined) {
      return null;
    }
    const serialized: unknown = type.serialize(settled(value));
    if (serialized === null || serialized === undefined) {
      throw new GivenUp(`"${type.name}" cannot be made of a value.`);
    }
    return serialized;
  };
  switch (type.name) {
    case 'ID':
    case 'String':
      return (value) => (typeof value === 'string' ? value : serialize(value));
    case 'Int':
    case 'Long':
      // What is so small is an Int and a Long, and not the zero that is below zero.
      return (value) => (typeof value === 'number' && (value | 0) === value ? value | 0 : serialize(value));
    default:
      return serialize;
  }
}

/** @throws GivenUp for what has to be waited for, or is made by a function. */
function settled(value: unknown): unknown {
  if (typeof value === 'function' || (typeof value === 'object' && value !== null && 'then' in value)) {
    throw new GivenUp('A value is not there yet.');
  }
  return value;
}

/** What resolvers are told; the path is that of the type only, since which row it is changes. */
function infoOf(
  { schema, fragments, operation, variables }: WriterScope,
  parentType: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  { nodes }: SelectedField,
): GraphQLResolveInfo {
  return {
    fieldName: field.name,
    fieldNodes: nodes,
    returnType: field.type,
    parentType,
    path: { prev: undefined, key: nodes[0]!.alias?.value ?? field.name, typename: parentType.name },
    schema,
    fragments: Object.fromEntries(fragments),
    rootValue: undefined,
    operation,
    variableValues: { ...variables },
  };
}

/** The same for a root field. */
export const rootInfo = infoOf;
