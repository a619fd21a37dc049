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
  isWanted: (responseName: string, field: SelectedField) => boolean = () => true,
): WriteJson {
  const selected = [...collectSelection(scope, type, subselections(field))].filter(([name, one]) =>
    isWanted(name, one),
  );
  const heads = selected.map(([name], at) => `${at === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  const writers = selected.map(([, one]) => createFieldWriter(scope, type, one));
  const { length } = writers;
  if (length === 0) {
    return () => '{}';
  }
  return (value, context) => {
    let text = '';
    for (let at = 0; at < length; at += 1) {
      text += heads[at]! + writers[at]!(value, context);
    }
    return `${text}}`;
  };
}

function createFieldWriter(scope: WriterScope, parent: GraphQLObjectType, selected: SelectedField): WriteJson {
  if (selected.name === '__typename') {
    const name = JSON.stringify(parent.name);
    return () => name;
  }
  const field = parent.getFields()[selected.name];
  if (!field) {
    throw new GivenUp(`There is no field "${selected.name}".`);
  }
  const write = createValueWriter(scope, field.type, selected);
  const { resolve, name } = field;
  if (!resolve) {
    return (value, context) => write((value as Readonly<Record<string, unknown>>)[name], context);
  }
  const args = getArgumentValues(field, selected.nodes[0]!, scope.variables);
  const info = infoOf(scope, parent, field, selected);
  return (value, context) => write(resolve(value, args, context, info), context);
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
  const isText = type.name === 'ID' || type.name === 'String';
  return (value) => {
    if (value === null || value === undefined) {
      return 'null';
    }
    if (isText && typeof value === 'string') {
      return quote(value);
    }
    const serialized: unknown = serialize(settled(value));
    if (serialized === null || serialized === undefined) {
      throw new GivenUp(`"${type.name}" cannot be made of a value.`);
    }
    return JSON.stringify(serialized);
  };
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
