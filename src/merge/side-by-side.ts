import { type DocumentNode, type FieldNode, Kind, type OperationDefinitionNode, print, visit } from 'graphql';
import { LRUCache } from 'lru-cache';

import type { Subquery } from './subquery.ts';

// Different questions to one source as one operation: side by side, each under names of its own.

/** How many combinations of questions are remembered; each is some kilobytes. */
const rememberedCombinations = 500;
/** A document and its text. */
export interface SentDocument {
  readonly document: DocumentNode;
  readonly text: string;
}

const combinations = new LRUCache<string, SentDocument>({ max: rememberedCombinations });

/** One operation that asks all these questions. */
export function sideBySide(subqueries: readonly Subquery[]): SentDocument {
  const name = subqueries.map(({ id }) => id).join(' ');
  const known = combinations.get(name);
  if (known) {
    return known;
  }
  const parts = subqueries.map(({ document }, at) => prefixNames(document, at));
  const operations = parts.map(({ definitions }) => definitions[0] as OperationDefinitionNode);
  const operation: OperationDefinitionNode = {
    ...operations[0]!,
    variableDefinitions: operations.flatMap(({ variableDefinitions }) => variableDefinitions ?? []),
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: operations.flatMap(({ selectionSet }) => selectionSet.selections),
    },
  };
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [operation, ...parts.flatMap(({ definitions }) => definitions.slice(1))],
  };
  const combination = { document, text: print(document) };
  combinations.set(name, combination);
  return combination;
}

/** The document with its root fields, variables and fragments renamed, so that others can stand beside it. */
function prefixNames(document: DocumentNode, at: number): DocumentNode {
  const rename = <Node extends { readonly name: { readonly kind: Kind.NAME; readonly value: string } }>(
    node: Node,
  ): Node => ({ ...node, name: { ...node.name, value: prefixed(at, node.name.value) } });
  const renamed = visit(document, { Variable: rename, FragmentSpread: rename, FragmentDefinition: rename });
  const [operation, ...fragments] = renamed.definitions as [OperationDefinitionNode];
  const selections = (operation.selectionSet.selections as readonly FieldNode[]).map((field) => ({
    ...field,
    alias: { kind: Kind.NAME as const, value: prefixed(at, field.alias?.value ?? field.name.value) },
  }));
  return {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, selectionSet: { ...operation.selectionSet, selections } }, ...fragments],
  };
}

/** The name of something of one question where several stand side by side. */
export function prefixed(at: number, name: string): string {
  return `p${at}_${name}`;
}
