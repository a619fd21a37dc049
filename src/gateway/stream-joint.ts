import {
  type FieldNode,
  getNamedType,
  getOperationAST,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isCompositeType,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

import { type SelectedField, type SelectionScope, subselections } from '../core/selection.ts';
import type { StreamRequest } from './stream-question.ts';
import type { IsForeign } from './stream-split.ts';

// What is foreign in an event, as questions of their own: for each field of the event below which something is foreign one
// query, with the foreign fields and those that lead to them.

/** One field of an event, below which something is foreign. */
export interface Joint {
  readonly name: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The variable for the id of what is asked. */
export const idVariable = 'sw__id';
/** The same for many. */
export const idsVariable = 'sw__ids';

/** What is known of the subscription. */
interface Reading {
  /** The schema of the site's clients. */
  readonly api: GraphQLSchema;
  readonly request: StreamRequest;
  readonly scope: SelectionScope;
  readonly isForeign: IsForeign;
  /** The type of the events. */
  readonly type: GraphQLObjectType;
}

/** The question for what is foreign below a field of the event; none if nothing is. */
export function jointOf(reading: Reading, name: string, field: SelectedField): readonly Joint[] {
  const named = compositeAt(reading.type, field.name);
  const part = named && partOf(reading, field, named);
  return part ? [{ name, ...questionOf(reading, part, { argument: 'id', variable: idVariable, type: 'ID!' }) }] : [];
}

/** The question for what is foreign in many objects of one type, by their ids; null if nothing is. */
export function rowsQuestionOf(
  reading: Reading,
  field: SelectedField,
  type: GraphQLObjectType,
): Pick<Joint, 'text' | 'variables'> | null {
  const part = partOf(reading, field, type);
  return part && questionOf(reading, part, { argument: 'ids', variable: idsVariable, type: '[ID!]!' });
}

interface ForeignSelection {
  readonly type: GraphQLCompositeType;
  readonly selections: readonly SelectionNode[];
}

function partOf(reading: Reading, field: SelectedField, type: GraphQLCompositeType): ForeignSelection | null {
  const selections = subselections(field).flatMap((one) => foreignPart(reading, one, type));
  return selections.length === 0 ? null : { type, selections };
}

interface ById {
  readonly argument: 'id' | 'ids';
  readonly variable: string;
  readonly type: string;
}

function questionOf(
  { request }: Reading,
  { type, selections }: ForeignSelection,
  by: ById,
): Pick<Joint, 'text' | 'variables'> {
  const used = new Set<string>();
  selections.forEach((node) => visit(node, { Variable: (variable) => void used.add(variable.name.value) }));
  const operation = getOperationAST(request.document, request.operationName)!;
  const definitions = (operation.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value));
  const text = `query (${[`$${by.variable}: ${by.type}`, ...definitions.map(print)].join(', ')}) {
    ${by.argument === 'id' ? 'node' : 'nodes'}(${by.argument}: $${by.variable}) {
      ... on ${type.name} { ${selections.map(print).join(' ')} }
    }
  }`;
  return { text, variables: Object.fromEntries(Object.entries(request.variables).filter(([one]) => used.has(one))) };
}

/** The foreign fields of a selection, with the fields that lead to them; fragments are written out. */
function foreignPart(reading: Reading, { selections }: SelectionSetNode, type: GraphQLCompositeType): SelectionNode[] {
  return selections.flatMap((node): readonly SelectionNode[] => {
    switch (node.kind) {
      case Kind.FIELD:
        return foreignField(reading, node, type);
      case Kind.INLINE_FRAGMENT:
        return foreignFragment(reading, node, node.typeCondition?.name.value ?? type.name);
      case Kind.FRAGMENT_SPREAD: {
        const { typeCondition, selectionSet } = reading.scope.fragments.get(node.name.value)!;
        const { directives = [] } = node;
        return foreignFragment(reading, { directives, selectionSet }, typeCondition.name.value);
      }
    }
  });
}

function foreignField(reading: Reading, node: FieldNode, type: GraphQLCompositeType): readonly SelectionNode[] {
  if (reading.isForeign(type, node.name.value)) {
    return [node];
  }
  const named = compositeAt(type, node.name.value);
  if (!node.selectionSet || named === null) {
    return [];
  }
  const selections = foreignPart(reading, node.selectionSet, named);
  return selections.length === 0 ? [] : [{ ...node, selectionSet: { ...node.selectionSet, selections } }];
}

interface Fragment extends Pick<SelectionNode, 'directives'> {
  readonly selectionSet: SelectionSetNode;
}

function foreignFragment(reading: Reading, fragment: Fragment, condition: string): readonly SelectionNode[] {
  const type = reading.api.getType(condition);
  const selections = isCompositeType(type) ? foreignPart(reading, fragment.selectionSet, type) : [];
  return selections.length === 0
    ? []
    : [
        {
          kind: Kind.INLINE_FRAGMENT,
          typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: condition } },
          directives: fragment.directives ?? [],
          selectionSet: { kind: Kind.SELECTION_SET, selections },
        },
      ];
}

/** The type of a field that has fields itself; null for any other. */
export function compositeAt(type: GraphQLCompositeType, fieldName: string): GraphQLCompositeType | null {
  const field = 'getFields' in type ? type.getFields()[fieldName] : undefined;
  const named = field ? getNamedType(field.type) : null;
  return isCompositeType(named) ? named : null;
}
