import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getNamedType,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  print,
} from 'graphql';

import { neededAlias } from '../core/reserved.ts';
import { encodeRevisions, type RevisionVector } from '../core/revision-vector.ts';
import { collectSelection, type SelectedField, type SelectionScope, subselections } from '../core/selection.ts';
import type { Crossing } from '../merge/directives.ts';
import { defineVariables, needed, setArgument, showAtLeast, withSelections } from '../merge/sent-document.ts';
import { compileSubquery } from '../merge/subquery.ts';
import { sharedTypeOf, valueAt } from './owner.ts';

// A subscription as it is sent to sources: the client's field, beginning at a place of ours, with what the merge needs to
// know of each event.

/** The variable for the place that a source goes on from. */
export const afterVariable = 'sw__after';
/** Where an event says how far it is, what happened, and where. */
export const tokenAlias = neededAlias('resumeToken');
export const typeAlias = neededAlias('type');
export const sourceAlias = neededAlias('source');

/** A subscription on the base schema. */
export interface StreamRequest {
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A subscription, ready to be sent. */
export interface StreamQuestion {
  readonly responseName: string;
  readonly field: SelectedField;
  /** The type of its events. */
  readonly type: GraphQLObjectType;
  readonly crossing: Crossing;
  /** True if every source may have a part of what it tells of. */
  readonly isShared: boolean;
  /** The coerced arguments. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly scope: SelectionScope;
  /** What is sent; with `$sw__after`, unless it is local. */
  readonly document: DocumentNode;
  readonly text: string;
  /** The client's, only those that the text uses. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The fields of an event that the client wants, by response name. */
  readonly asked: ReadonlyMap<string, string>;
}

/**
 * Reads a valid subscription; gives what is wrong with its variables.
 * @throws SitewideError `INVALID_ARGUMENT` for a reserved name, or `INVALID_ID`.
 */
export function readStream(
  schema: GraphQLSchema,
  request: StreamRequest,
  atLeast: RevisionVector | null,
): StreamQuestion | { readonly errors: readonly GraphQLError[] } {
  const selected = readSelected(schema, request);
  if ('errors' in selected) {
    return selected;
  }
  const { operation, responseName, field, scope } = selected;
  const compiled = compile(scope, { operation, responseName, field, atLeast }, request.variables);
  return { ...compiled, responseName, field, scope };
}

/** The one field that a subscription selects. */
interface SelectedSubscription {
  readonly operation: OperationDefinitionNode;
  readonly responseName: string;
  readonly field: SelectedField;
  readonly scope: SelectionScope;
}

/** The field of a valid subscription; gives what is wrong with its variables. */
export function readSelected(
  schema: GraphQLSchema,
  { document, operationName, variables }: StreamRequest,
): SelectedSubscription | { readonly errors: readonly GraphQLError[] } {
  const operation = getOperationAST(document, operationName);
  const root = schema.getSubscriptionType();
  if (!operation || !root) {
    return { errors: [new GraphQLError(`There is no subscription "${operationName ?? ''}" in the document.`)] };
  }
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (errors) {
    return { errors };
  }
  const scope = { schema, fragments: fragmentsOf(document), variables: coerced };
  const [selected] = collectSelection(scope, root, [operation.selectionSet]);
  if (selected === undefined) {
    return { errors: [new GraphQLError('The subscription selects nothing.')] };
  }
  const [responseName, field] = selected;
  return { operation, responseName, field, scope };
}

interface Compiling {
  readonly operation: OperationDefinitionNode;
  readonly responseName: string;
  readonly field: SelectedField;
  readonly atLeast: RevisionVector | null;
}

function compile(
  scope: SelectionScope,
  { operation, responseName, field, atLeast }: Compiling,
  variables: Readonly<Record<string, unknown>>,
): Omit<StreamQuestion, 'responseName' | 'field' | 'scope'> {
  const nodes = field.nodes.map(withoutAfter);
  const compiled = compileSubquery({ ...scope, operation, responseName, nodes });
  const args = getArgumentValues(compiled.field, field.nodes[0]!, scope.variables);
  const { crossing } = compiled;
  const isShared = crossing.kind === 'route' && sharedTypeOf(String(valueAt(args, crossing.by))) !== null;
  const subquery = isShared ? compiled.shared : compiled;
  const document = crossing.kind === 'local' ? subquery.document : sentDocument(subquery.document, atLeast);
  const used = subquery.variableNames.filter((name) => variables[name] !== undefined);
  // Every subscription gives an object.
  const type = getNamedType(compiled.field.type) as GraphQLObjectType;
  const asked = [...collectSelection(scope, type, subselections(field))];
  return {
    type,
    crossing,
    isShared,
    args,
    document,
    text: print(document),
    variables: Object.fromEntries(used.map((name) => [name, variables[name]])),
    asked: new Map(asked.map(([name, one]) => [name, one.name])),
  };
}

/** Where a source begins is ours to say; the client's token is of all sources. */
function withoutAfter(node: FieldNode): FieldNode {
  return { ...node, arguments: (node.arguments ?? []).filter(({ name }) => name.value !== 'after') };
}

/** What is to be known of each event. */
const needs = ['resumeToken', 'type', 'source'].map(needed);

function sentDocument(compiled: DocumentNode, atLeast: RevisionVector | null): DocumentNode {
  const defined = defineVariables(compiled, [{ name: afterVariable, type: 'String' }]);
  const [operation, ...rest] = defined.definitions as [OperationDefinitionNode, ...FragmentDefinitionNode[]];
  const selections = operation.selectionSet.selections.map((node) =>
    withSelections(setArgument(node as FieldNode, 'after', afterVariable), needs),
  );
  const selectionSet = { ...operation.selectionSet, selections };
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet }, ...rest] };
  return atLeast === null ? document : showAtLeast(document, encodeRevisions(atLeast));
}

/** The fragments of a document by name. */
export function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    definitions.flatMap((definition) =>
      definition.kind === 'FragmentDefinition' ? [[definition.name.value, definition] as const] : [],
    ),
  );
}
