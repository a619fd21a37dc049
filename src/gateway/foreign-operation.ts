import { type DocumentNode, Kind, type OperationDefinitionNode, parse, print, visit } from 'graphql';
import { LRUCache } from 'lru-cache';

// Our executable directives beside foreign subgraphs. Such a directive survives composition only if every subgraph defines
// it, so their definitions are put into each foreign schema; and since the planner copies them into every subquery, they
// are taken out of those that leave for a foreign subgraph, with the variables that they alone used.

interface ForeignOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** How many subqueries are remembered; a planner makes the same text for the same operation. */
const rememberedOperations = 500;
const remembered = new LRUCache<string, { readonly query: string; readonly dropped: ReadonlySet<string> }>({
  max: rememberedOperations,
});

/** What only we understand on an operation. */
const ourDirectives: ReadonlySet<string> = new Set(['coverage', 'explain']);
/** The types of their arguments. */
const ourEnums: ReadonlySet<string> = new Set(['CoverageRequirement']);

/** The operation without `@coverage` and `@explain`. */
export function withoutOurDirectives(query: string, variables: Readonly<Record<string, unknown>>): ForeignOperation {
  if (!query.includes('@coverage') && !query.includes('@explain')) {
    return { query, variables };
  }
  const known = remembered.get(query) ?? strip(query);
  remembered.set(query, known);
  const kept = Object.entries(variables).filter(([name]) => !known.dropped.has(name));
  return { query: known.query, variables: Object.fromEntries(kept) };
}

/** The foreign schema with the definitions of our directives and their enums, taken from the base schema. */
export function withOurDirectives(foreign: DocumentNode, base: DocumentNode): DocumentNode {
  const defined = new Set(
    foreign.definitions.flatMap((node) => ('name' in node && node.name ? [node.name.value] : [])),
  );
  const definitions = base.definitions.filter(
    (node) =>
      ((node.kind === Kind.DIRECTIVE_DEFINITION && ourDirectives.has(node.name.value)) ||
        (node.kind === Kind.ENUM_TYPE_DEFINITION && ourEnums.has(node.name.value))) &&
      !defined.has(node.name.value),
  );
  return { kind: Kind.DOCUMENT, definitions: [...foreign.definitions, ...definitions] };
}

function strip(query: string): { query: string; dropped: ReadonlySet<string> } {
  const bare = visit(parse(query, { noLocation: true }), {
    Directive: ({ name }) => (ourDirectives.has(name.value) ? null : undefined),
  });
  const used = new Set<string>();
  visit(bare, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  const dropped = new Set<string>();
  const definitions = bare.definitions.map((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) {
      return definition;
    }
    const variableDefinitions = (definition.variableDefinitions ?? []).filter(({ variable }) => {
      const isUsed = used.has(variable.name.value);
      if (!isUsed) {
        dropped.add(variable.name.value);
      }
      return isUsed;
    });
    return { ...definition, variableDefinitions } satisfies OperationDefinitionNode;
  });
  return { query: print({ kind: Kind.DOCUMENT, definitions }), dropped };
}
