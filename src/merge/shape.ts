import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLObjectType,
  isListType,
  isObjectType,
} from 'graphql';

import { mergeRuleOf } from './directives.ts';

// What an answer looks like as far as merging goes, read from its type alone: a new list or summary in the schema needs
// no new code here.

/** The form of a root field's answer. */
export type Shape =
  | { readonly kind: 'connection'; readonly type: GraphQLObjectType }
  | { readonly kind: 'summary'; readonly type: GraphQLObjectType };

/** The form of a scattered field's answer. */
export function shapeOf(field: GraphQLField<unknown, unknown>): Shape {
  const type = getNullableType(field.type);
  if (!isObjectType(type)) {
    throw new Error(`"${field.name}" is scattered, so it has to give a connection or a summary, not ${String(type)}.`);
  }
  const fields = type.getFields();
  return fields['edges'] && fields['pageInfo'] ? { kind: 'connection', type } : { kind: 'summary', type };
}

/** Fields that the merge of this type needs whatever the client selects: the parts of averages. */
export function neededFields(type: GraphQLObjectType): readonly string[] {
  const needed = new Set<string>();
  for (const field of Object.values(type.getFields())) {
    const rule = mergeRuleOf(field);
    if (rule?.kind === 'AVG') {
      needed.add(rule.sum).add(rule.count);
    }
  }
  return [...needed];
}

/** The type of the elements if the field is a list of objects that are merged by group, else null. */
export function groupedElementType(field: GraphQLField<unknown, unknown>): GraphQLObjectType | null {
  const named = getNamedType(field.type);
  return mergeRuleOf(field)?.kind === 'GROUP' && isListType(getNullableType(field.type)) && isObjectType(named)
    ? named
    : null;
}

/** True for an object that several sources may each have a part of: its fields say how they are merged. */
export function isMergedByField(type: unknown): type is GraphQLObjectType {
  return isObjectType(type) && Object.values(type.getFields()).some((field) => mergeRuleOf(field) !== null);
}
