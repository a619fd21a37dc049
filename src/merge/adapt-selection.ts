import {
  doTypesOverlap,
  type FieldNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  type SelectionNode,
} from 'graphql';

import { reservedPrefix } from '../core/reserved.ts';
import { describeLoss, type Losses } from './adapt-loss.ts';
import { needed } from './sent-document.ts';

// What of a selection another version of the schema knows. What it does not know is left out and named. Arguments are left
// as they are: without one of them a question would be another question, so that they are for the other side to refuse.

/** Two versions of the schema, and what the other one lacks. */
export interface Adapting extends Losses {
  readonly own: GraphQLSchema;
}

/** Where a selection is. */
interface Place {
  readonly type: GraphQLCompositeType;
  /** True below something that the merge needs. */
  readonly isNeed: boolean;
}

/** An object without something that may not be null is null itself. */
type Adapted<Node> = readonly Node[] | 'null';

/** Tells the type of an object from which fields may have been left out. */
const typeMarker = needed('__typename');

/** Under this name a source says of which type an object is. */
export const typeMarkerName = typeMarker.alias!.value;

/** A field as the other version knows it; empty if it does not. Without its parent it may be left out, or is `null`. */
export function adaptField(adapting: Adapting, { type, isNeed }: Place, node: FieldNode): Adapted<FieldNode> {
  const name = node.name.value;
  if (name === '__typename') {
    return [node];
  }
  const field = fieldOf(type, name)!;
  const isNeeded = isNeed || (node.alias?.value.startsWith(reservedPrefix) ?? false);
  if (fieldOf(adapting.other.getType(type.name), name)) {
    const below = adaptBelow(adapting, { field, isNeed: isNeeded }, node);
    if (below !== 'null') {
      return [below];
    }
  }
  adapting.isChanged = true;
  describeLoss(adapting, { type, field, isNeeded });
  return isNonNullType(field.type) ? 'null' : [];
}

interface Below {
  readonly field: GraphQLField<unknown, unknown>;
  readonly isNeed: boolean;
}

function adaptBelow(adapting: Adapting, { field, isNeed }: Below, node: FieldNode): FieldNode | 'null' {
  const type = getNamedType(field.type);
  if (!node.selectionSet || !isCompositeType(type)) {
    return node;
  }
  const adapted = adaptAll(adapting, { type, isNeed }, node.selectionSet.selections);
  if (adapted === 'null') {
    return 'null';
  }
  const selections = adapted.length === 0 || isAbstractType(type) ? [...adapted, typeMarker] : adapted;
  return { ...node, selectionSet: { ...node.selectionSet, selections } };
}

function adaptAll(adapting: Adapting, place: Place, selections: readonly SelectionNode[]): Adapted<SelectionNode> {
  const all: SelectionNode[] = [];
  for (const node of selections) {
    // Spreads were put in place before.
    const adapted =
      node.kind === Kind.FIELD
        ? adaptField(adapting, place, node)
        : adaptFragment(adapting, place, node as InlineFragmentNode);
    if (adapted === 'null') {
      return 'null';
    }
    all.push(...adapted);
  }
  return all;
}

function adaptFragment(adapting: Adapting, place: Place, node: InlineFragmentNode): Adapted<InlineFragmentNode> {
  const { own, other } = adapting;
  const condition = node.typeCondition ? own.getType(node.typeCondition.name.value) : place.type;
  if (!isCompositeType(condition)) {
    return [];
  }
  if (isCompositeType(other.getType(condition.name))) {
    return narrowed(adapting, { ...place, type: condition }, node);
  }
  adapting.isChanged = true;
  // Of an object type that the other version does not know it has no objects.
  const types = isAbstractType(condition) ? own.getPossibleTypes(condition) : [];
  const all: InlineFragmentNode[] = [];
  for (const type of types.filter(({ name }) => mayOccur(other, place.type.name, name))) {
    const adapted = narrowed(adapting, { ...place, type }, node);
    if (adapted === 'null') {
      return 'null';
    }
    all.push(...adapted);
  }
  return all;
}

/** The fragment for objects of one type, if anything is left of it. */
function narrowed(adapting: Adapting, place: Place, node: InlineFragmentNode): Adapted<InlineFragmentNode> {
  const selections = adaptAll(adapting, place, node.selectionSet.selections);
  if (selections === 'null' || selections.length === 0) {
    return selections === 'null' ? 'null' : [];
  }
  const typeCondition = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: place.type.name } } as const;
  return [{ ...node, typeCondition, selectionSet: { ...node.selectionSet, selections } }];
}

function mayOccur(other: GraphQLSchema, parentName: string, name: string): boolean {
  const [parent, type] = [other.getType(parentName), other.getType(name)];
  return isCompositeType(parent) && isObjectType(type) && doTypesOverlap(other, parent, type);
}

function fieldOf(type: unknown, name: string): GraphQLField<unknown, unknown> | undefined {
  return isCompositeType(type) && !isUnionType(type) ? type.getFields()[name] : undefined;
}
