import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  type OperationDefinitionNode,
  OperationTypeNode,
  print,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  visit,
} from 'graphql';

import { SitewideError } from '../core/errors.ts';
import {
  inputVariable,
  neededAlias,
  pageAlias,
  partVariable,
  requireVariable,
  reservedPrefix,
  rowsAlias,
} from '../core/reserved.ts';
import { type Crossing, crossingOf } from './directives.ts';
import { type OwnArgument, ownArgumentOf } from './own-argument.ts';
import { withoutReports } from './report-selection.ts';
import { payloadNeeds, scatterNeeds, sharedNeeds } from './root-needs.ts';
import {
  addNeeds,
  completeDocument,
  definedVariables,
  defineVariables,
  requireCoverage,
  withArgument,
  withSelections,
} from './sent-document.ts';

// Turns one root field of an operation into the operation that is sent to sources: that field alone, with the fragments
// and variables that it uses, and with what the merge needs under reserved names.

/** One root field of an operation, ready to be sent. */
export interface Subquery {
  /** Unique in this process; equal for equal text of one compiled operation. */
  readonly id: number;
  readonly operation: OperationTypeNode;
  readonly responseName: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly crossing: Crossing;
  /** The places in the client's operation that select this field. */
  readonly nodes: readonly FieldNode[];
  /** What is sent: an operation with this root field, under `responseName`. */
  readonly document: DocumentNode;
  readonly text: string;
  /** The client's variables that the text uses; ours, which are `sw__…`, are not among them. */
  readonly variableNames: readonly string[];
  /** True if `$sw__part` in the text stands for the part of the ids that a source owns. */
  readonly partitioned: boolean;
  /** The same question, with what the merge needs if several sources each have a part of the thing that is asked for. */
  readonly shared: Subquery;
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
export function compileSubquery(options: SubqueryOptions): Subquery {
  options.nodes.forEach(refuseReservedNames);
  return compile(options, false);
}

function compile(options: SubqueryOptions, isShared: boolean): Subquery {
  const { schema, operation, responseName, nodes } = options;
  const field = rootFieldOf(schema, operation.operation, nodes[0]!.name.value);
  const crossing = crossingOf(field);
  const own = ownArgumentOf(field, operation.operation, crossing);
  const document = sentDocument(options, { field, crossing, own, isShared });
  let shared: Subquery | null = null;
  lastId += 1;
  return {
    id: lastId,
    operation: operation.operation,
    responseName,
    field,
    crossing,
    nodes,
    document,
    text: print(document),
    variableNames: definedVariables(document).filter((name) => !ownVariables.has(name)),
    partitioned: own?.name === partVariable,
    get shared() {
      shared ??= compile(options, true);
      return shared;
    },
  };
}

const ownVariables: ReadonlySet<string> = new Set([partVariable, inputVariable, requireVariable]);

/** How a root field is sent. */
interface Sending {
  readonly field: GraphQLField<unknown, unknown>;
  readonly crossing: Crossing;
  /** The argument that we fill in ourselves, as a variable of ours. */
  readonly own: OwnArgument | null;
  /** True if several sources may each have a part of the thing that is asked for. */
  readonly isShared: boolean;
}

function sentDocument({ schema, operation, fragments, nodes }: SubqueryOptions, sending: Sending): DocumentNode {
  const { field, crossing, own } = sending;
  const isMutation = operation.operation === OperationTypeNode.MUTATION;
  const isShared = sending.isShared || (isMutation && crossing.kind === 'scatter');
  const { name: typeName } = getNamedType(field.type);
  const sent = nodes.map((node) => rootNode(schema, withoutReports(schema, node, typeName), { ...sending, isShared }));
  const lasting = Array.from(fragments, ([name, fragment]) => {
    return [name, withoutReports(schema, fragment, fragment.typeCondition.name.value)] as const;
  });
  const bare = completeDocument(operation, new Map(lasting), sent);
  const defined = own ? defineVariables(bare, [own]) : bare;
  const complete = addNeeds(schema, defined, isShared ? objectTypeOf(field) : null);
  return isMutation
    ? requireCoverage(
        defineVariables(complete, [{ name: requireVariable, type: 'CoverageRequirement' }]),
        requireVariable,
      )
    : complete;
}

function objectTypeOf({ type }: GraphQLField<unknown, unknown>): GraphQLObjectType | null {
  const named = getNullableType(type);
  return isObjectType(named) ? named : null;
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

function rootFieldOf(
  schema: GraphQLSchema,
  operation: OperationTypeNode,
  name: string,
): GraphQLField<unknown, unknown> {
  switch (name) {
    case '__schema':
      return SchemaMetaFieldDef;
    case '__type':
      return TypeMetaFieldDef;
    default:
      return schema.getRootType(operation)!.getFields()[name]!;
  }
}

/** The root field as it is sent: with what the merge needs, and with a variable of ours for the argument we fill in. */
function rootNode(schema: GraphQLSchema, node: FieldNode, { field, crossing, own, isShared }: Sending): FieldNode {
  const needs = [
    ...(crossing.kind === 'scatter' ? scatterNeeds(field) : []),
    ...(isShared ? (own?.name === inputVariable ? payloadNeeds : sharedNeeds(schema, field)) : []),
  ];
  const withNeeds = needs.length === 0 ? node : withSelections(node, needs);
  return own ? withArgument(withNeeds, own.argument, own.name) : withNeeds;
}
