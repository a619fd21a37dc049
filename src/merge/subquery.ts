import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  SchemaMetaFieldDef,
  type SelectionNode,
  TypeMetaFieldDef,
  visit,
} from 'graphql';

import { SitewideError } from '../core/errors.ts';
import { type Crossing, crossingOf } from './directives.ts';
import { neededAlias, pageAlias, partVariable, reservedPrefix, rowsAlias } from './reserved.ts';
import { addNeeds, completeDocument, definedVariables, definePart, needed, withSelections } from './sent-document.ts';
import { neededFields, shapeOf } from './shape.ts';

// Turns one root field of an operation into the operation that is sent to sources: that field alone, with the fragments
// and variables that it uses, and with what the merge needs under reserved names.

/** One root field of an operation, ready to be sent. */
export interface Subquery {
  /** Unique in this process; equal for equal text of one compiled operation. */
  readonly id: number;
  readonly responseName: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly crossing: Crossing;
  /** The places in the client's operation that select this field. */
  readonly nodes: readonly FieldNode[];
  /** What is sent: an operation with this root field, under `responseName`. */
  readonly document: DocumentNode;
  readonly text: string;
  /** The client's variables that the text uses. */
  readonly variableNames: readonly string[];
  /** True if `$sw__part` in the text stands for the part of the ids that a source owns. */
  readonly partitioned: boolean;
}

interface SubqueryOptions {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly responseName: string;
  readonly nodes: readonly FieldNode[];
}

let lastId = 0;

/**
 * Compiles one root field.
 * @throws SitewideError `INVALID_ARGUMENT` if the client uses a name that is reserved for the merge.
 */
export function compileSubquery({ schema, operation, fragments, responseName, nodes }: SubqueryOptions): Subquery {
  nodes.forEach(refuseReservedNames);
  const field = rootFieldOf(schema, nodes[0]!.name.value);
  const crossing = crossingOf(field);
  const partitioned = crossing.kind === 'route' && isList(field, crossing.by);
  const sent = nodes.map((node) => rootNode(node, { field, crossing, partitioned }));
  const bare = completeDocument(operation, fragments, sent);
  const document = addNeeds(schema, partitioned ? definePart(bare, field, crossing.by) : bare);
  lastId += 1;
  return {
    id: lastId,
    responseName,
    field,
    crossing,
    nodes,
    document,
    text: print(document),
    variableNames: definedVariables(document).filter((name) => name !== partVariable),
    partitioned,
  };
}

/** A tier above ours uses these names as we do ourselves; in any other sense they would break the merge. */
function refuseReservedNames(root: FieldNode): void {
  visit(root, {
    Field({ alias, name }) {
      const used = alias?.value ?? '';
      const isOurs =
        (used === rowsAlias && name.value === 'edges') ||
        (used === pageAlias && name.value === 'pageInfo') ||
        used === neededAlias(name.value);
      if (used.startsWith(reservedPrefix) && !isOurs) {
        const problem = `names that begin with "${reservedPrefix}" are reserved`;
        throw new SitewideError('INVALID_ARGUMENT', { argument: 'alias', problem, found: used });
      }
    },
  });
}

function rootFieldOf(schema: GraphQLSchema, name: string): GraphQLField<unknown, unknown> {
  switch (name) {
    case '__schema':
      return SchemaMetaFieldDef;
    case '__type':
      return TypeMetaFieldDef;
    default:
      return schema.getQueryType()!.getFields()[name]!;
  }
}

/** The root field as it is sent: with what the merge needs, and with its list of ids as a variable of ours. */
function rootNode(
  node: FieldNode,
  { field, crossing, partitioned }: Pick<Subquery, 'field' | 'crossing' | 'partitioned'>,
): FieldNode {
  const needs = crossing.kind === 'scatter' ? rootNeeds(field) : [];
  const withNeeds = needs.length === 0 ? node : withSelections(node, needs);
  if (!partitioned || crossing.kind !== 'route') {
    return withNeeds;
  }
  const listName = crossing.by[0]!;
  return {
    ...withNeeds,
    arguments: (node.arguments ?? []).map((argument) =>
      argument.name.value === listName
        ? { ...argument, value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: partVariable } } }
        : argument,
    ),
  };
}

function rootNeeds(field: GraphQLField<unknown, unknown>): readonly SelectionNode[] {
  const { kind, type } = shapeOf(field);
  switch (kind) {
    case 'connection':
      return connectionNeeds;
    case 'summary':
      return neededFields(type).map(needed);
  }
}

const connectionNeeds = selectionsOf(`
  ${rowsAlias}: edges { cursor }
  ${pageAlias}: pageInfo { hasNextPage hasPreviousPage endCursor }`);

function isList(field: GraphQLField<unknown, unknown>, by: readonly string[]): boolean {
  const argument = field.args.find(({ name }) => name === by[0]);
  return by.length === 1 && argument !== undefined && String(argument.type).startsWith('[');
}

function selectionsOf(text: string): readonly SelectionNode[] {
  const [operation] = parse(`{ ${text} }`, { noLocation: true }).definitions as [OperationDefinitionNode];
  return operation.selectionSet.selections;
}
