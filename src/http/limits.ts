import { GraphQLError, Kind } from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionNode,
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
  /** Fields on all levels together. */
  readonly fields: number;
  /** Directives everywhere together. */
  readonly directives: number;
}

/** A validation rule that refuses larger operations with OPERATION_TOO_COMPLEX. */
export function createLimitRule(limits: OperationLimits): ValidationRule {
  return (context) => ({
    Document(document) {
      const sizes = new Map<string, Size>();
      const fragments = fragmentsOf(document);
      for (const definition of document.definitions) {
        if (definition.kind === Kind.OPERATION_DEFINITION) {
          const size = sizeOf(definition.selectionSet, fragments, sizes);
          report(context, definition, excess(add(size, onlyDirectives(definition)), limits));
        }
      }
    },
  });
}

interface Size {
  readonly depth: number;
  readonly aliases: number;
  /** Fields that stand more than once in the same braces. */
  readonly repeated: number;
  /** Fields on the uppermost level. */
  readonly rootFields: number;
  readonly fields: number;
  readonly directives: number;
}

const empty: Size = { depth: 0, aliases: 0, repeated: 0, rootFields: 0, fields: 0, directives: 0 };

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fragmentsOf(document: DocumentNode): Fragments {
  return new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
}

function sizeOf(set: SelectionSetNode, fragments: Fragments, sizes: Map<string, Size>): Size {
  return set.selections.reduce<Size>(
    (sum, selection) => add(sum, add(onlyDirectives(selection), selectionSize(selection, fragments, sizes))),
    { ...empty, repeated: repeatedIn(set) },
  );
}

function selectionSize(selection: SelectionNode, fragments: Fragments, sizes: Map<string, Size>): Size {
  switch (selection.kind) {
    case Kind.FIELD:
      return fieldSize(selection, fragments, sizes);
    case Kind.INLINE_FRAGMENT:
      return sizeOf(selection.selectionSet, fragments, sizes);
    case Kind.FRAGMENT_SPREAD:
      return fragmentSize(selection.name.value, fragments, sizes);
  }
}

/** Nobody writes a field twice in the same braces, unless to keep the merging of fields busy. */
function repeatedIn({ selections }: SelectionSetNode): number {
  const keys = selections
    .filter((selection) => selection.kind === Kind.FIELD)
    .map(({ alias, name }) => (alias ?? name).value);
  return keys.length - new Set(keys).size;
}

function onlyDirectives({ directives = [] }: { readonly directives?: readonly unknown[] | undefined }): Size {
  return { ...empty, directives: directives.length };
}

function fieldSize(field: FieldNode, fragments: Fragments, sizes: Map<string, Size>): Size {
  const inner = field.selectionSet ? sizeOf(field.selectionSet, fragments, sizes) : empty;
  // Tools ask deeply about the schema; graphql-js itself refuses introspection that goes in circles.
  const depth = field.name.value.startsWith('__') ? 1 : inner.depth + 1;
  const aliases = inner.aliases + (field.alias ? 1 : 0);
  return { ...inner, depth, aliases, rootFields: 1, fields: inner.fields + 1 };
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
    repeated: a.repeated + b.repeated,
    rootFields: a.rootFields + b.rootFields,
    fields: a.fields + b.fields,
    directives: a.directives + b.directives,
  };
}

function excess(size: Size, limits: OperationLimits): SitewideError[] {
  const counts = [
    { what: 'levels of fields', found: size.depth, limit: limits.depth },
    { what: 'aliases', found: size.aliases, limit: limits.aliases },
    // An alias is the other way to ask for a field once more.
    { what: 'repeated fields', found: size.repeated, limit: limits.aliases },
    { what: 'root fields', found: size.rootFields, limit: limits.rootFields },
    { what: 'fields', found: size.fields, limit: limits.fields },
    { what: 'directives', found: size.directives, limit: limits.directives },
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
