import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';

// An operation without named fragments, so that every selection is known with the place it is in.

/** More selections than this are not taken apart: fragments in fragments can stand for any number of them. */
const mostSelections = 20_000;

/** The root fields of the operation, with their fragments put in place; null if that is too much. */
export function inlineFragments(document: DocumentNode): readonly FieldNode[] | null {
  const [operation, ...rest] = document.definitions as [OperationDefinitionNode, ...FragmentDefinitionNode[]];
  const inlining: Inlining = { fragments: new Map(rest.map((one) => [one.name.value, one])), left: mostSelections };
  const selections = inlineAll(inlining, operation.selectionSet.selections);
  return inlining.left < 0 ? null : (selections as readonly FieldNode[]);
}

interface Inlining {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  left: number;
}

function inlineAll(inlining: Inlining, selections: readonly SelectionNode[]): readonly SelectionNode[] {
  return inlining.left < 0 ? [] : selections.map((node) => inlineOne(inlining, node));
}

function inlineOne(inlining: Inlining, node: SelectionNode): SelectionNode {
  inlining.left -= 1;
  if (node.kind !== Kind.FRAGMENT_SPREAD) {
    const { selectionSet } = node;
    return selectionSet
      ? { ...node, selectionSet: { ...selectionSet, selections: inlineAll(inlining, selectionSet.selections) } }
      : node;
  }
  const { typeCondition, selectionSet } = inlining.fragments.get(node.name.value)!;
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition,
    ...(node.directives && { directives: node.directives }),
    selectionSet: { ...selectionSet, selections: inlineAll(inlining, selectionSet.selections) },
  };
}
