import {
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isCompositeType,
  isListType,
  isNonNullType,
  Kind,
} from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';

import { type Given, givenTo, isLeftOut } from './given-values.ts';

// What an operation may cost, known before anything of it is executed: how many objects its answer has at most, as far as
// that can be told. A page has as many rows as it asks for, and what is nested in a row counts for each of them. GitHub's
// limit of nodes is counted the same way (https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api).

/** An operation whose document is valid. */
export interface Costed {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As they came: nobody has looked at them yet. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The rows of a page that does not say how many. */
const usualPage = 50;
/** The elements of a list of which nobody can tell, such as the disks of a machine. */
const usualList = 10;

/** What operations cost that no variable changes; each lives as long as its parsed text is kept. */
const fixedCosts = new WeakMap<OperationDefinitionNode, number>();

/** How many objects the answer has at most. */
export function costOf(costed: Costed): number {
  const { operation } = costed;
  if ((operation.variableDefinitions ?? []).length > 0) {
    return countCost(costed);
  }
  const cost = fixedCosts.get(operation) ?? countCost(costed);
  fixedCosts.set(operation, cost);
  return cost;
}

function countCost({ schema, document, operation, variables }: Costed): number {
  const root = schema.getRootType(operation.operation);
  const fragments = new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const counting: Counting = { schema, fragments, given: givenTo(operation, variables), known: new Map() };
  const cost = root ? ofSelections(operation.selectionSet, { type: root, page: null }, counting) : 0;
  // Far beyond every limit, and still a number in JSON.
  return Math.min(cost, Number.MAX_SAFE_INTEGER);
}

interface Counting {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly given: Given;
  /** What fragments cost, so that counting stays linear however often they are spread. */
  readonly known: Map<string, number>;
}

interface Place {
  readonly type: GraphQLCompositeType;
  /** The rows of the page whose fields these are; null outside of pages. */
  readonly page: number | null;
}

function ofSelections({ selections }: SelectionSetNode, place: Place, counting: Counting): number {
  return selections.reduce((sum, selection) => sum + ofSelection(selection, place, counting), 0);
}

function ofSelection(selection: SelectionNode, place: Place, counting: Counting): number {
  if (isLeftOut(selection, counting.given)) {
    return 0;
  }
  switch (selection.kind) {
    case Kind.FIELD:
      return ofField(selection, place, counting);
    case Kind.INLINE_FRAGMENT:
      return ofSelections(selection.selectionSet, narrowed(selection, place, counting), counting);
    case Kind.FRAGMENT_SPREAD:
      return ofFragment(selection.name.value, place, counting);
  }
}

function narrowed(
  { typeCondition }: Pick<FragmentDefinitionNode, 'typeCondition'> | { readonly typeCondition?: undefined },
  place: Place,
  { schema }: Counting,
): Place {
  const type = typeCondition && schema.getType(typeCondition.name.value);
  return isCompositeType(type) ? { ...place, type } : place;
}

function ofFragment(name: string, place: Place, counting: Counting): number {
  const { fragments, known } = counting;
  const key = `${name} ${place.page}`;
  const fragment = fragments.get(name);
  if (!fragment) {
    return 0;
  }
  const cost = known.get(key) ?? ofSelections(fragment.selectionSet, narrowed(fragment, place, counting), counting);
  known.set(key, cost);
  return cost;
}

function ofField(node: FieldNode, { type, page }: Place, counting: Counting): number {
  const field = 'getFields' in type ? type.getFields()[node.name.value] : undefined;
  const inner = field && getNamedType(field.type);
  if (!field || !node.selectionSet || !isCompositeType(inner)) {
    return 0;
  }
  const rows = pageOf(node, field, counting.given);
  const each = 1 + ofSelections(node.selectionSet, { type: inner, page: rows }, counting);
  return each * (isList(field) ? (page ?? lengthOf(node, field, counting.given)) : 1);
}

function isList({ type }: Field): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

type Field = GraphQLField<unknown, unknown>;

/** How many rows a connection has, by `first` or `last`; null if the field is none. */
function pageOf(node: FieldNode, field: Field, given: Given): number | null {
  const type = getNamedType(field.type);
  if (!('getFields' in type) || !('pageInfo' in (type as GraphQLObjectType).getFields())) {
    return null;
  }
  const sizes = ['first', 'last'].map((name) => given.argument(node, field, name));
  const size = sizes.find((value) => typeof value === 'number');
  return size === undefined ? usualPage : Math.max(0, size);
}

/** How many elements a list has: as many as the ids it is asked for, if it is. */
function lengthOf(node: FieldNode, field: Field, given: Given): number {
  const [asked] = field.args.filter(({ type }) => isNonNullType(type) && isListType(type.ofType));
  if (!asked) {
    return usualList;
  }
  const value = given.argument(node, field, asked.name);
  // A single value stands for a list of one.
  return Array.isArray(value) ? value.length : 1;
}
