import { type FragmentDefinitionNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

import { isUsageName } from '../model/pace.ts';

// Whether a field of an operation shows usage figures, at any depth. It errs on the side of yes: conditions such as @include
// are not looked at, nor which type a field is of.

/** True if usage figures may be in what is selected here. */
export function selectsUsage({ fieldNodes, fragments }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): boolean {
  return fieldNodes.some(({ selectionSet }) => selectionSet !== undefined && inSelection(selectionSet, fragments));
}

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/** The same for every request of an operation, whose parsed text is kept. */
const known = new WeakMap<SelectionSetNode, boolean>();

function inSelection(set: SelectionSetNode, fragments: Fragments): boolean {
  const found = known.get(set) ?? look(set, fragments);
  known.set(set, found);
  return found;
}

function look({ selections }: SelectionSetNode, fragments: Fragments): boolean {
  return selections.some((selection) => {
    switch (selection.kind) {
      case Kind.FIELD:
        return (
          isUsageName(selection.name.value) ||
          (selection.selectionSet !== undefined && inSelection(selection.selectionSet, fragments))
        );
      case Kind.INLINE_FRAGMENT:
        return inSelection(selection.selectionSet, fragments);
      case Kind.FRAGMENT_SPREAD: {
        const fragment = fragments[selection.name.value];
        return fragment !== undefined && inSelection(fragment.selectionSet, fragments);
      }
    }
  });
}
