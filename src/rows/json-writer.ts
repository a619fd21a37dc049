import {
  getArgumentValues,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isAbstractType,
  isEnumType,
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
  isWanted: (responseName: string, field: SelectedField) => boolean = () => true,
): WriteJson {
  const selected = [...collectSelection(scope, type, subselections(field))].filter(([name, one]) => isWanted(name, one));
  const parts = selected.map(([name, one], at) => ({
    head: `${at === 0 ? '{' : ','}${JSON.stringify(name)}:`,
    ...createFieldWriter(scope, type, one),
  }));
  return parts.length === 0 ? () => '{}' : assemble(parts);
}

/** How one field of an object is written. */
interface FieldWriter {
  /** The property that it is; null if it is made of the whole object. */
  readonly property: string | null;
  /** Writes the property, or what it makes of the object. */
  readonly write: WriteJson;
}

interface Part extends FieldWriter {
  /** What stands before it. */
  readonly head: string;
}

/**
 * One function for all fields of an object, with its own code: as a loop over the fields it takes three times as long, since
 * nothing then tells one property from another. The code is made of names of GraphQL, which are letters, digits and `_`.
 */
function assemble(parts: readonly Part[]): WriteJson {
  const names = parts.map((_, at) => `write${at}`);
  const terms = parts.map(({ head, property }, at) => {
    if (property !== null && !/^\w+$/.test(property)) {
      throw new GivenUp(`"${property}" is no name.`);
    }
    return `${JSON.stringify(head)} + ${names[at]}(${property === null ? 'value' : `value.${property}`}, context)`;
  });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- of our own making, see above
  const code = new Function(...names, `return (value, context) => ${terms.join(' + ')} + '}';`);
  return (code as (...writers: readonly WriteJson[]) => WriteJson)(...parts.map(({ write }) => write));
}

function createFieldWriter(scope: WriterScope, parent: GraphQLObjectType, selected: SelectedField): FieldWriter {
  if (selected.name === '__typename') {
    const name = JSON.stringify(parent.name);
    return { property: null, write: () => name };
  }
  const field = parent.getFields()[selected.name];
  if (!field) {
    throw new GivenUp(`There is no field "${selected.name}".`);
  }
  const write = createValueWriter(scope, field.type, selected);
  const { resolve } = field;
  if (!resolve) {
    return { property: field.name, write };
  }
  const args = getArgumentValues(field, selected.nodes[0]!, scope.variables);
  const info = infoOf(scope, parent, field, selected);
  return { property: null, write: (value, context) => write(resolve(value, args, context, info), context) };
}

function createValueWriter(scope: WriterScope, type: GraphQLOutputType, selected: SelectedField): WriteJson {
  if (isNonNullType(type)) {
    const write = createValueWriter(scope, type.ofType, selected);
    return (value, context) => {
      if (value === null || value === undefined) {
        throw new GivenUp(`"${selected.name}" may not be null.`);
      }
      return write(value, context);
    };
  }
  if (isListType(type)) {
    return createListWriter(createValueWriter(scope, type.ofType, selected));
  }
  if (isLeafType(type)) {
    return createLeafWriter(type);
  }
  if (isAbstractType(type)) {
    throw new GivenUp(`Of which type "${selected.name}" is shows only when it is executed.`);
  }
  const write = createObjectWriter(scope, type, selected);
  return (value, context) => (value === null || value === undefined ? 'null' : write(settled(value), context));
}

function createListWriter(write: WriteJson): WriteJson {
  return (value, context) => {
    if (value === null || value === undefined) {
      return 'null';
    }
    if (!Array.isArray(value)) {
      throw new GivenUp('What should be a list is none.');
    }
    let text = '';
    for (let at = 0; at < value.length; at += 1) {
      text += (at === 0 ? '' : ',') + write(value[at], context);
    }
    return `[${text}]`;
  };
}

function createLeafWriter(type: GraphQLLeafType): WriteJson {
  const serialize = type.serialize.bind(type);
  const write = (value: unknown): string => {
    const serialized: unknown = serialize(settled(value));
    if (serialized === null || serialized === undefined) {
      throw new GivenUp(`"${type.name}" cannot be made of a value.`);
    }
    return JSON.stringify(serialized);
  };
  if (type.name === 'ID' || type.name === 'String') {
    return (value) =>
      typeof value === 'string' ? quote(value) : value === null || value === undefined ? 'null' : write(value);
  }
  if (isEnumType(type)) {
    // Few, and written again and again.
    const known = new Map<unknown, string>(type.getValues().map(({ value }) => [value as unknown, write(value)]));
    return (value) => (value === null || value === undefined ? 'null' : (known.get(value) ?? write(value)));
  }
  if (type.name === 'Int' || type.name === 'Long') {
    return (value) => {
      if (value === null || value === undefined) {
        return 'null';
      }
      // What is so small is an Int and a Long.
      return typeof value === 'number' && (value | 0) === value ? `${value}` : write(value);
    };
  }
  return (value) => (value === null || value === undefined ? 'null' : write(value));
}

/** What JSON writes otherwise than as it is: controls, quotes, backslashes and lone surrogates. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const special = /[\u0000-\u001f"\\\ud800-\udfff]/;

function quote(text: string): string {
  return special.test(text) ? JSON.stringify(text) : `"${text}"`;
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
