import {
  type DefinitionNode,
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  Kind,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

import { needed } from '../merge/sent-document.ts';
import type { StreamRequest } from './stream-question.ts';

// The part of a subscription that the base schema knows. What an operator's own subgraphs add to its types is asked apart,
// for each event.

/** True if a field is not of the base schema. */
export type IsForeign = (type: GraphQLCompositeType, fieldName: string) => boolean;

/** Tells what a site's schema has beyond the base schema. */
export function foreignTo(base: GraphQLSchema): IsForeign {
  return ({ name }, fieldName) => {
    const type = base.getType(name);
    return fieldName !== '__typename' && !(type && 'getFields' in type && fieldName in type.getFields());
  };
}

/** The subscription without what is foreign to the base schema; null if nothing is. */
export function baseRequest(api: GraphQLSchema, base: GraphQLSchema, request: StreamRequest): StreamRequest | null {
  const isForeign = foreignTo(base);
  const typeInfo = new TypeInfo(api);
  let found = false;
  const document: DocumentNode = visit(
    request.document,
    visitWithTypeInfo(typeInfo, {
      Field({ name }) {
        const parent = typeInfo.getParentType();
        const remove = parent != null && isForeign(parent, name.value);
        found ||= remove;
        return remove ? null : undefined;
      },
      InlineFragment: ({ typeCondition }) =>
        typeCondition && !base.getType(typeCondition.name.value) ? null : undefined,
    }),
  );
  return found ? { ...request, document: identified(api, withoutUnused(document)) } : null;
}

/** With the id and the type of each object that can be one of several, so that the rest can be asked and put in place. */
function identified(api: GraphQLSchema, document: DocumentNode): DocumentNode {
  const typeInfo = new TypeInfo(api);
  return visit(
    document,
    visitWithTypeInfo(typeInfo, {
      SelectionSet(node, _key, parent): SelectionSetNode | undefined {
        const type = typeInfo.getParentType();
        if (!type || !parent || !('kind' in parent) || parent.kind !== Kind.FIELD) {
          return node.selections.length === 0 ? { ...node, selections: [needed('__typename')] } : undefined;
        }
        const id = 'getFields' in type && type.getFields()['id'] ? [needed('id')] : [];
        return { ...node, selections: [...node.selections, ...id, needed('__typename')] };
      },
    }),
  );
}

/** Without the variables that are used no more, whose types the base schema may not even know. */
function withoutUnused({ definitions, ...rest }: DocumentNode): DocumentNode {
  const used = new Set<string>();
  visit(
    { ...rest, definitions },
    {
      VariableDefinition: () => false,
      Variable: ({ name }) => void used.add(name.value),
    },
  );
  const prune = (definition: DefinitionNode): DefinitionNode =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? {
          ...definition,
          variableDefinitions: (definition.variableDefinitions ?? []).filter(({ variable }) =>
            used.has(variable.name.value),
          ),
        }
      : definition;
  return { ...rest, definitions: definitions.map(prune) };
}
