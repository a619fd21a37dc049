import type { DocumentNode, GraphQLSchema } from 'graphql';

import { completeAnswer } from './adapt-answer.ts';
import { type AdaptedDocument, adaptDocument, problemOfValues } from './adapt-document.ts';
import type { Lack, SourceBody, SourceRequest } from './combine.ts';
import { definedVariables } from './sent-document.ts';

// A request as a broker of another version understands it, and the way back. What it would not understand is left out where
// that only makes values null; a question that it cannot be asked as it is meant is not asked at all.

/** A request for another version. */
export interface AdaptedRequest {
  /** What is sent; null if nothing of it can be asked. */
  readonly request: SourceRequest | null;
  /** What is missing, by the name of the root field. */
  readonly lacks: ReadonlyMap<string, Lack>;
  /** The answer in the form that the original asks for. */
  complete(data: SourceBody['data']): SourceBody['data'];
}

const remembered = new WeakMap<GraphQLSchema, WeakMap<DocumentNode, AdaptedDocument>>();

/** Adapts a request; null if the other version understands it as it is. */
export function adaptRequest(own: GraphQLSchema, other: GraphQLSchema, request: SourceRequest): AdaptedRequest | null {
  const adapted = rememberedFor(own, other, request.document);
  const lacks = new Map<string, Lack>();
  const asked: string[] = [];
  for (const root of adapted.roots) {
    const problem = root.problem ?? problemOfValues(other, root, request.variables);
    if (problem === null) {
      asked.push(root.responseName);
    }
    if (problem !== null || root.lost.length > 0) {
      const message = problem ?? `it does not know ${root.lost.join(', ')}`;
      lacks.set(root.responseName, {
        fields: problem === null ? root.lost : [],
        message: `another version: ${message}`,
      });
    }
  }
  if (lacks.size === 0 && adapted.roots.every(({ isChanged }) => !isChanged)) {
    return null;
  }
  return {
    request: asked.length === 0 ? null : { ...request, ...sent(adapted, asked, request) },
    lacks,
    complete: (data) => data && completeAnswer({ schema: own, ...request }, data),
  };
}

function sent(
  adapted: AdaptedDocument,
  asked: readonly string[],
  { variables, examine }: SourceRequest,
): Pick<SourceRequest, 'document' | 'text' | 'variables' | 'examine' | 'rows'> {
  const { document, text } = adapted.together(asked);
  const names = new Set(definedVariables(document));
  return {
    document,
    text,
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => names.has(name))),
    // What is left out of them here would be missing in rows that nobody reads.
    rows: undefined,
    examine: (data) => examine(data, document),
  };
}

function rememberedFor(own: GraphQLSchema, other: GraphQLSchema, document: DocumentNode): AdaptedDocument {
  const known = remembered.get(other) ?? new WeakMap<DocumentNode, AdaptedDocument>();
  remembered.set(other, known);
  const adapted = known.get(document) ?? adaptDocument(own, other, document);
  known.set(document, adapted);
  return adapted;
}
