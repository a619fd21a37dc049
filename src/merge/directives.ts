import { type DirectiveNode, type GraphQLField, valueFromASTUntyped } from 'graphql';

// What the schema's own directives say of a field: how it crosses a tier and how its values are merged.

/** How a root field crosses a tier. */
export type Crossing =
  | { readonly kind: 'scatter' }
  | {
      readonly kind: 'route';
      /** The path to the id or ids in the arguments. */
      readonly by: readonly string[];
    }
  | { readonly kind: 'local' };

/** How the values of several sources become one. The meanings are in schema/directives.graphql. */
export type MergeRule =
  | { readonly kind: 'SUM' | 'MIN' | 'MAX' | 'MAX_OF_ALL' | 'CONCAT' | 'ANY' | 'REVISION' }
  | { readonly kind: 'AVG'; readonly sum: string; readonly count: string }
  | { readonly kind: 'GROUP'; readonly by: readonly string[] }
  | { readonly kind: 'FIRST_OF'; readonly order: readonly string[] };

/** How a root field crosses a tier. `_entities` is routed like a list of ids; what says nothing stays local. */
export function crossingOf(field: GraphQLField<unknown, unknown>): Crossing {
  if (field.name === '_entities') {
    return { kind: 'route', by: ['representations'] };
  }
  if (directive(field, 'scatter')) {
    return { kind: 'scatter' };
  }
  const route = directive(field, 'route');
  return route ? { kind: 'route', by: String(route['by']).split('.') } : { kind: 'local' };
}

/** The field's `@merge`, or null if it has none. */
export function mergeRuleOf(field: GraphQLField<unknown, unknown>): MergeRule | null {
  const merge = directive(field, 'merge');
  if (merge === null) {
    return null;
  }
  const kind = String(merge['with']);
  switch (kind) {
    case 'SUM':
    case 'MIN':
    case 'MAX':
    case 'MAX_OF_ALL':
    case 'CONCAT':
    case 'ANY':
    case 'REVISION':
      return { kind };
    case 'AVG':
      return { kind, sum: String(merge['sum']), count: String(merge['count']) };
    case 'GROUP':
      return { kind, by: (merge['by'] as string[] | undefined) ?? [] };
    case 'FIRST_OF':
      return { kind, order: (merge['order'] as string[] | undefined) ?? [] };
    default:
      throw new Error(`The schema merges "${field.name}" with "${kind}", which is not a way of merging.`);
  }
}

function directive(field: GraphQLField<unknown, unknown>, name: string): Record<string, unknown> | null {
  const node = field.astNode?.directives?.find((candidate) => candidate.name.value === name);
  return node ? argumentsOf(node) : null;
}

function argumentsOf(node: DirectiveNode): Record<string, unknown> {
  return Object.fromEntries((node.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
}
