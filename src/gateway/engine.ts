import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getOperationAST,
  getVariableValues,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';

import type { Clock } from '../core/clock.ts';
import type { JsonSplicer } from '../core/json-splicer.ts';
import { collectSelection, type SelectedField, type SelectionScope } from '../core/selection.ts';
import type { SourceError } from '../merge/combine.ts';
import type { Coverage } from '../model/coverage.ts';
import type { Delivery } from '../model/delivery.ts';
import type { RequestContext } from '../model/request.ts';
import type { FieldAnswer } from './field-question.ts';
import { createLoaders } from './loader.ts';
import { answerRootField, failAlone } from './root-field.ts';
import { createBatchMemory } from './row-batches.ts';
import type { RowStreaming } from './row-stream.ts';
import type { Source } from './source.ts';
import { rememberSubqueries } from './subquery-cache.ts';

// Answers operations on the base schema from all sources of a tier: each root field crosses the tier as the schema's
// directives say, and each fails on its own.

/** Answers operations on the base schema. */
export interface ScatterEngine {
  /** Never rejects for what a client or a source did wrong. */
  answer(operation: ScatterOperation): Promise<ScatterResult>;
}

/** An operation on the base schema. */
export interface ScatterOperation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  /** Where in the client's answer the result goes; empty at the root. */
  readonly path?: readonly (string | number)[];
  /** Takes rows that leave as the bytes that they came as. Absent: all is values. */
  readonly splicer?: JsonSplicer | null | undefined;
  /** Takes the one list that is asked for as a stream of rows. Absent: it is an answer as any other. */
  readonly streaming?: RowStreaming | null | undefined;
  /** True if it is all that its request asks, so that nothing of the asking is kept for what comes later. */
  readonly isWhole?: boolean;
}

/** The answer to an operation. */
export interface ScatterResult {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly SourceError[];
}

interface EngineOptions {
  /** The base schema; its directives drive everything. */
  readonly schema: GraphQLSchema;
  /** What the sources make together, for messages: `site "lyon"`. */
  readonly where: string;
  /** The sources at this moment: the own installation first, then the others of its site, then the other sites. */
  readonly sources: () => readonly Source[];
  readonly clock: Clock;
  /** For the idempotency keys of changes that come without one. */
  readonly newId: () => string;
  /** Told what each root field rests on; the field is named as in the schema, whatever a client calls it. */
  readonly onCoverage?: (field: string, coverage: Coverage) => void;
  /** Told how the rows of each list came. */
  readonly onDelivery?: (field: string, delivery: Delivery) => void;
}

/** An engine over the sources of a tier. */
export function createEngine(options: EngineOptions): ScatterEngine {
  const { schema } = options;
  const loaders = createLoaders(schema, options.clock);
  const compile = rememberSubqueries(schema);
  const sourcesOf = rememberSources(options.sources);
  const batches = createBatchMemory();
  return {
    async answer(request) {
      const read = readOperation(schema, request);
      if ('refusal' in read) {
        return { data: null, errors: read.refusal };
      }
      const { operation, root, scope } = read;
      const { splicer = null, streaming = null } = request;
      const ask = loaders(request.context, request.isWhole ?? false);
      const members = {
        ...options,
        sources: request.isWhole ? options.sources() : sourcesOf(request.context),
        ask,
        splicer,
        batches,
        streaming,
      };
      const answerField = (responseName: string, { name, nodes }: SelectedField): Promise<FieldAnswer> =>
        failAlone(responseName, async () => {
          const place = placeOf(request, responseName);
          const report = (coverage: Coverage): void => {
            options.onCoverage?.(name, coverage);
            request.context.coverage.set(place, coverage);
          };
          const subquery = compile({ operation, fragments: scope.fragments, responseName, nodes });
          const { context, variables: clientVariables } = request;
          const asked = { operation, clientVariables, context, scope, place, report, subquery };
          const answer = await answerRootField({ ...members, ...asked });
          if (answer.delivery) {
            options.onDelivery?.(name, answer.delivery);
          }
          return answer;
        });
      const answers = await answerAll(read, async ([responseName, field]) =>
        field.name === '__typename'
          ? [responseName, { value: root.name, errors: [] }]
          : [responseName, await answerField(responseName, field)],
      );
      return {
        data: Object.fromEntries(answers.map(([responseName, { value }]) => [responseName, value])),
        errors: answers.flatMap(([, { errors }]) => errors),
      };
    },
  };
}

/** An operation that can be answered. */
interface ReadOperation {
  readonly operation: OperationDefinitionNode;
  readonly root: GraphQLObjectType;
  readonly scope: SelectionScope;
}

function readOperation(
  schema: GraphQLSchema,
  { document, operationName, variables }: ScatterOperation,
): ReadOperation | { readonly refusal: readonly SourceError[] } {
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    return { refusal: [{ message: `There is no operation "${operationName ?? ''}" in the document.` }] };
  }
  const root = schema.getRootType(operation.operation);
  if (!root || operation.operation === OperationTypeNode.SUBSCRIPTION) {
    return { refusal: [{ message: `A ${operation.operation} is no single answer.` }] };
  }
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  return errors
    ? { refusal: errors.map(({ message }) => ({ message, extensions: { code: 'BAD_USER_INPUT' } })) }
    : { operation, root, scope: { schema, fragments: fragmentsOf(document), variables: coerced } };
}

type NamedField = readonly [responseName: string, field: SelectedField];
type NamedAnswer = readonly [responseName: string, answer: FieldAnswer];

/** Questions are answered side by side, changes one after the other. */
async function answerAll(
  { operation, root, scope }: ReadOperation,
  answer: (field: NamedField) => Promise<NamedAnswer>,
): Promise<readonly NamedAnswer[]> {
  const fields = [...collectSelection(scope, root, [operation.selectionSet])];
  if (operation.operation === OperationTypeNode.QUERY) {
    return Promise.all(fields.map(answer));
  }
  const answers: NamedAnswer[] = [];
  for (const field of fields) {
    answers.push(await answer(field));
  }
  return answers;
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    definitions.flatMap((definition) =>
      definition.kind === 'FragmentDefinition' ? [[definition.name.value, definition] as const] : [],
    ),
  );
}

/** Where in the client's answer a field is, for example `virtualMachines`. */
function placeOf({ path = [] }: ScatterOperation, responseName: string): string {
  return [...path.filter((part) => part !== '@'), responseName].join('.');
}

/** A planned operation comes here several times; all of it is answered by the members of its beginning. */
function rememberSources(sources: () => readonly Source[]): (context: RequestContext) => readonly Source[] {
  const remembered = new WeakMap<RequestContext, readonly Source[]>();
  return (context) => {
    const known = remembered.get(context) ?? sources();
    remembered.set(context, known);
    return known;
  };
}
