import {
  type DocumentNode,
  type FieldNode,
  getVariableValues,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  print,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';

import { neededAlias } from '../core/reserved.ts';
import { inlineFragments } from './adapt-inline.ts';
import { adaptField } from './adapt-selection.ts';
import type { SentDocument } from './side-by-side.ts';

// An operation as another version of the schema understands it. Each of its root fields is one question: what one of them
// cannot be asked must not touch the others.

/** A root field as the other version understands it. */
export interface AdaptedRoot {
  readonly responseName: string;
  /** The fields that were left out, as `Type.field`, sorted. */
  readonly lost: readonly string[];
  /** False if it is asked as it is. */
  readonly isChanged: boolean;
  /** Why it cannot be asked at all; null if it can, as far as its text tells. */
  readonly problem: string | null;
  /** It alone, as an operation; null if there is a problem. */
  readonly document: DocumentNode | null;
}

/** An operation as the other version understands it. */
export interface AdaptedDocument {
  readonly roots: readonly AdaptedRoot[];
  /** One operation with these root fields, of which none has a problem. */
  together(responseNames: readonly string[]): SentDocument;
}

/** Adapts an operation, whose document begins with it. */
export function adaptDocument(own: GraphQLSchema, other: GraphQLSchema, document: DocumentNode): AdaptedDocument {
  const [operation] = document.definitions as [OperationDefinitionNode];
  const inlined = inlineFragments(document);
  const nodes = inlined ?? (operation.selectionSet.selections as readonly FieldNode[]);
  const names = [...new Set(nodes.map(nameOf))];
  const adapting = { own, other, operation };
  const roots = names.map((responseName) =>
    inlined === null
      ? refused(responseName, 'the question is too large to be adapted')
      : adaptRoot(
          adapting,
          responseName,
          inlined.filter((node) => nameOf(node) === responseName),
        ),
  );
  const combinations = new Map<string, SentDocument>();
  return {
    roots,
    together(responseNames) {
      const key = responseNames.join(' ');
      const known =
        combinations.get(key) ??
        combine(
          operation,
          roots.filter((root) => responseNames.includes(root.responseName)),
        );
      combinations.set(key, known);
      return known;
    },
  };
}

interface AdaptingOperation {
  readonly own: GraphQLSchema;
  readonly other: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
}

function adaptRoot(adapting: AdaptingOperation, responseName: string, nodes: readonly FieldNode[]): AdaptedRoot {
  const { own, other, operation } = adapting;
  const type = own.getRootType(operation.operation)!;
  const selected = selectedFields(adapting, nodes);
  const losses = { own, other, selected, fields: new Set<string>(), isChanged: false, problem: null };
  const adapted = nodes.map((node) => adaptField(losses, { type, isNeed: false }, node));
  const problem: string | null = losses.problem;
  const left = adapted.flatMap((one) => (one === 'null' ? [] : one));
  if (problem !== null || left.length < nodes.length) {
    return refused(responseName, problem ?? `it does not know ${[...losses.fields].sort().join(', ')}`);
  }
  const document = rebuild(operation, left);
  const [error] = validate(other, document);
  return error
    ? refused(responseName, error.message)
    : { responseName, lost: [...losses.fields].sort(), isChanged: losses.isChanged, problem: null, document };
}

function refused(responseName: string, problem: string): AdaptedRoot {
  return { responseName, lost: [], isChanged: true, problem, document: null };
}

/** Why the other version does not take these values, as they were sent; null if it does. */
export function problemOfValues(
  other: GraphQLSchema,
  { document }: AdaptedRoot,
  variables: Readonly<Record<string, unknown>>,
): string | null {
  const [operation] = document!.definitions as [OperationDefinitionNode];
  const { errors } = getVariableValues(other, operation.variableDefinitions ?? [], variables, { maxErrors: 1 });
  return errors?.[0]?.message ?? null;
}

/** The names of all fields in a selection without named fragments, as `Losses` wants them. */
function selectedFields({ own, operation }: AdaptingOperation, nodes: readonly FieldNode[]): ReadonlySet<string> {
  const found = new Set<string>();
  const typeInfo = new TypeInfo(own);
  const collect = (node: FieldNode): void => {
    const type = typeInfo.getParentType();
    if (type) {
      const name = node.name.value;
      found.add(`${type.name}.${node.alias?.value === neededAlias(name) ? neededAlias(name) : name}`);
    }
  };
  visit(rebuild(operation, nodes), visitWithTypeInfo(typeInfo, { Field: collect }));
  return found;
}

function combine(operation: OperationDefinitionNode, roots: readonly AdaptedRoot[]): SentDocument {
  const operations = roots.map(({ document }) => document!.definitions[0] as OperationDefinitionNode);
  const selections = operations.flatMap(({ selectionSet }) => selectionSet.selections);
  const document = rebuild(operation, selections as readonly FieldNode[]);
  return { document, text: print(document) };
}

/** The operation with these root fields and only the variables that are used. */
function rebuild(operation: OperationDefinitionNode, nodes: readonly FieldNode[]): DocumentNode {
  const used = new Set<string>();
  for (const node of [...nodes, ...(operation.directives ?? [])]) {
    visit(node, { Variable: ({ name }) => void used.add(name.value) });
  }
  const definition: OperationDefinitionNode = {
    ...operation,
    variableDefinitions: (operation.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value)),
    selectionSet: { kind: Kind.SELECTION_SET, selections: nodes },
  };
  return { kind: Kind.DOCUMENT, definitions: [definition] };
}

function nameOf(node: FieldNode): string {
  return node.alias?.value ?? node.name.value;
}
