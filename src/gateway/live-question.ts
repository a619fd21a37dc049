import {
  type DocumentNode,
  getArgumentValues,
  type GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  print,
} from 'graphql';

import { encodeRevisions, type RevisionVector } from '../core/revision-vector.ts';
import type { SelectedField, SelectionScope } from '../core/selection.ts';
import { showAtLeast } from '../merge/sent-document.ts';
import { shapeOf } from '../merge/shape.ts';
import { compileSubquery } from '../merge/subquery.ts';
import { checkLiveSize } from '../model/live.ts';
import { readSelected, type StreamRequest } from './stream-question.ts';

// A subscription to a live page as it is sent to sources: the client's own, with what the merge of pages needs.

/** A live page that is wanted, ready to be asked of sources. */
export interface LiveQuestion {
  readonly responseName: string;
  readonly field: SelectedField;
  /** The type of the page. */
  readonly type: GraphQLObjectType;
  /** The coerced arguments. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly scope: SelectionScope;
  /** What is sent. */
  readonly document: DocumentNode;
  readonly text: string;
  /** The client's, only those that the text uses. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Reads a valid subscription; null if it is of anything but live pages. Gives what is wrong with its variables.
 * @throws SitewideError `INVALID_ARGUMENT` for a reserved name or a page that is too large.
 */
export function readLive(
  schema: GraphQLSchema,
  request: StreamRequest,
  atLeast: RevisionVector | null,
): LiveQuestion | { readonly errors: readonly GraphQLError[] } | null {
  const selected = readSelected(schema, request);
  if ('errors' in selected) {
    return selected;
  }
  const { operation, responseName, field, scope } = selected;
  const definition = schema.getSubscriptionType()!.getFields()[field.name];
  const shape = definition && shapeOf(definition);
  if (shape?.kind !== 'connection') {
    return null;
  }
  const args = getArgumentValues(definition!, field.nodes[0]!, scope.variables);
  checkLiveSize(args);
  const subquery = compileSubquery({ ...scope, operation, responseName, nodes: field.nodes });
  const document = atLeast === null ? subquery.document : showAtLeast(subquery.document, encodeRevisions(atLeast));
  const { variables } = request;
  const used = subquery.variableNames.filter((name) => variables[name] !== undefined);
  return {
    responseName,
    field,
    type: shape.type,
    args,
    scope,
    document,
    text: print(document),
    variables: Object.fromEntries(used.map((name) => [name, variables[name]])),
  };
}
