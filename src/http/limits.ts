import { GraphQLError, Kind } from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionSetNode,
  ValidationContext,
  ValidationRule,
} from 'graphql';

import { SitewideError } from '../core/errors.ts';

// How large an operation may be, counted on its text before anything is executed. Fragments count where they are spread,
// each time; their sizes are computed once, so that counting stays linear whatever is nested in what.

/** What an operation may have at most. */
export interface OperationLimits {
  /** Fields inside one another. */
  readonly depth: number;
  /** Fields with an alias. */
  readonly aliases: number;
  /** Fields of the root. */
  readonly rootFields: number;
}

/** A validation rule that refuses larger operations with OPERATION_TOO_COMPLEX. */
export function createLimitRule(limits: OperationLimits): ValidationRule {
  return (context) => ({
    Document(document) {
      const sizes = new Map<string, Size>();
      const fragments = fragmentsOf(document);
      for (const definition of document.definitions) {
        if (definition.kind === Kind.OPERATION_DEFINITION) {
          report(context, definition, excess(sizeOf(definition.selectionSet, fragments, sizes), limits));
        }
      }
    },
  });
}

interface Size {
  readonly depth: number;
  readonly aliases: number;
  /** Fields on the uppermost level. */
  readonly rootFields: number;
}

const empty: Size = { depth: 0, aliases: 0, rootFields: 0 };

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fragmentsOf(document: DocumentNode): Fragments {
  return new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
}

function sizeOf(set: SelectionSetNode, fragments: Fragments, sizes: Map<string, Size>): Size {
  return set.selections.reduce<Size>((sum, selection) => {
    switch (selection.kind) {
      case Kind.FIELD:
        return add(sum, fieldSize(selection, fragments, sizes));
      case Kind.INLINE_FRAGMENT:
        return add(sum, sizeOf(selection.selectionSet, fragments, sizes));
      case Kind.FRAGMENT_SPREAD:
        return add(sum, fragmentSize(selection.name.value, fragments, sizes));
    }
  }, empty);
}

function fieldSize(field: FieldNode, fragments: Fragments, sizes: Map<string, Size>): Size {
  const inner = field.selectionSet ? sizeOf(field.selectionSet, fragments, sizes) : empty;
  // Tools ask deeply about the schema; graphql-js itself refuses introspection that goes in circles.
  const depth = field.name.value.startsWith('__') ? 1 : inner.depth + 1;
  return { depth, aliases: inner.aliases + (field.alias ? 1 : 0), rootFields: 1 };
}

function fragmentSize(name: string, fragments: Fragments, sizes: Map<string, Size>): Size {
  const known = sizes.get(name);
  const fragment = fragments.get(name);
  if (known || !fragment) {
    return known ?? empty;
  }
  // A fragment in the middle of being counted counts nothing inside itself: circles are another rule's to refuse.
  sizes.set(name, empty);
  const size = sizeOf(fragment.selectionSet, fragments, sizes);
  sizes.set(name, size);
  return size;
}

function add(a: Size, b: Size): Size {
  return {
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    rootFields: a.rootFields + b.rootFields,
  };
}

function excess(size: Size, limits: OperationLimits): SitewideError[] {
  const counts = [
    { what: 'levels of fields', found: size.depth, limit: limits.depth },
    { what: 'aliases', found: size.aliases, limit: limits.aliases },
    { what: 'root fields', found: size.rootFields, limit: limits.rootFields },
  ];
  return counts
    .filter(({ found, limit }) => found > limit)
    .map((count) => new SitewideError('OPERATION_TOO_COMPLEX', count));
}

function report(context: ValidationContext, node: OperationDefinitionNode, errors: readonly SitewideError[]): void {
  for (const error of errors) {
    context.reportError(new GraphQLError(error.message, { nodes: node, originalError: error }));
  }
}
