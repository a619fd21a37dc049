import {
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
} from 'graphql';

import { neededAlias, pageAlias, rowsAlias } from '../core/reserved.ts';
import { needed } from './sent-document.ts';
import { neededFields, shapeOf } from './shape.ts';

// What the merge needs right below a root field, beside what the client selects there.

/** What the merge of the pages or summaries of several sources needs. */
export function scatterNeeds(field: GraphQLField<unknown, unknown>): readonly SelectionNode[] {
  const { kind, type } = shapeOf(field);
  switch (kind) {
    case 'connection':
      return connectionNeeds;
    case 'summary':
      return neededFields(type).map(needed);
  }
}

/** What the merge needs where each of several sources has a part of the one thing that is asked for. */
export function sharedNeeds(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): readonly SelectionNode[] {
  const named = getNamedType(field.type);
  const types = isAbstractType(named) ? schema.getPossibleTypes(named) : isObjectType(named) ? [named] : [];
  return types.flatMap((type) => {
    const names = neededFields(type);
    return names.length === 0 ? [] : [onType(type, names)];
  });
}

/** What tells whether a source has accepted a change. */
export const payloadNeeds = selectionsOf(`
  ${neededAlias('operation')}: operation { id }
  ${neededAlias('userErrors')}: userErrors { code field message }
  ${neededAlias('targetCount')}: targetCount`);

const connectionNeeds = selectionsOf(`
  ${rowsAlias}: edges { cursor }
  ${pageAlias}: pageInfo { hasNextPage hasPreviousPage endCursor }`);

function onType({ name }: GraphQLObjectType, fieldNames: readonly string[]): SelectionNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } },
    selectionSet: { kind: Kind.SELECTION_SET, selections: fieldNames.map(needed) },
  };
}

function selectionsOf(text: string): readonly SelectionNode[] {
  const [operation] = parse(`{ ${text} }`, { noLocation: true }).definitions as [OperationDefinitionNode];
  return operation.selectionSet.selections;
}
