import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getOperationAST,
  getVariableValues,
  type GraphQLSchema,
  OperationTypeNode,
} from 'graphql';

import type { Clock } from '../core/clock.ts';
import type { SourceError } from '../merge/combine.ts';
import { collectSelection, type SelectedField, type SelectionScope } from '../merge/selection.ts';
import type { Coverage } from '../model/coverage.ts';
import type { RequestContext } from '../model/request.ts';
import type { FieldAnswer } from './field-question.ts';
import { createLoaders } from './loader.ts';
import { answerRootField, failAlone } from './root-field.ts';
import type { Source } from './source.ts';
import { rememberSubqueries } from './subquery-cache.ts';

// Answers operations on the base schema from all sources of a site: each root field crosses the tier as the schema's
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
}

/** The answer to an operation. */
export interface ScatterResult {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly SourceError[];
}

interface EngineOptions {
  /** The base schema; its directives drive everything. */
  readonly schema: GraphQLSchema;
  readonly site: string;
  /** The sources at this moment: the own installation first, then the others by id. */
  readonly sources: () => readonly Source[];
  readonly clock: Clock;
  /** For the idempotency keys of changes that come without one. */
  readonly newId: () => string;
  /** Told what each root field rests on; the field is named as in the schema, whatever a client calls it. */
  readonly onCoverage?: (field: string, coverage: Coverage) => void;
}

/** An engine over the sources of a site. */
export function createEngine(options: EngineOptions): ScatterEngine {
  const { schema } = options;
  const loaders = createLoaders(schema, options.clock);
  const compile = rememberSubqueries(schema);
  const sourcesOf = rememberSources(options.sources);
  return {
    async answer(request) {
      const operation = getOperationAST(request.document, request.operationName);
      if (!operation) {
        return refuse([{ message: `There is no operation "${request.operationName ?? ''}" in the document.` }]);
      }
      const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables);
      if (errors) {
        return refuse(errors.map((error) => error.toJSON()));
      }
      const root = schema.getRootType(operation.operation);
      if (!root || operation.operation === OperationTypeNode.SUBSCRIPTION) {
        return refuse([{ message: `A ${operation.operation} is not answered over this protocol.` }]);
      }
      const scope: SelectionScope = { schema, fragments: fragmentsOf(request.document), variables: coerced };
      const fields = [...collectSelection(scope, root, [operation.selectionSet])];
      const members = { sources: sourcesOf(request.context), ask: loaders(request.context) };
      const answerNamed = async ([responseName, field]: NamedField): Promise<NamedAnswer> => {
        const place = placeOf(request, responseName);
        const report = (coverage: Coverage): void => {
          options.onCoverage?.(field.name, coverage);
          request.context.coverage.set(place, coverage);
        };
        const answer =
          field.name === '__typename'
            ? { value: root.name, errors: [] }
            : await failAlone(responseName, () => {
                const subquery = compile({ operation, fragments: scope.fragments, responseName, nodes: field.nodes });
                const { context, variables: clientVariables } = request;
                const asked = { ...members, operation, clientVariables, context, scope, place, report };
                return answerRootField({ ...options, ...asked, subquery });
              });
        return [responseName, answer];
      };
      return assemble(await answerAll(operation.operation, fields, answerNamed));
    },
  };
}

type NamedField = readonly [responseName: string, field: SelectedField];
type NamedAnswer = readonly [responseName: string, answer: FieldAnswer];

/** Questions are answered side by side, changes one after the other. */
async function answerAll(
  operation: OperationTypeNode,
  fields: readonly NamedField[],
  answer: (field: NamedField) => Promise<NamedAnswer>,
): Promise<readonly NamedAnswer[]> {
  if (operation === OperationTypeNode.QUERY) {
    return Promise.all(fields.map(answer));
  }
  const answers: NamedAnswer[] = [];
  for (const field of fields) {
    answers.push(await answer(field));
  }
  return answers;
}

function assemble(answers: readonly NamedAnswer[]): ScatterResult {
  return {
    data: Object.fromEntries(answers.map(([responseName, { value }]) => [responseName, value])),
    errors: answers.flatMap(([, { errors }]) => errors),
  };
}

function refuse(errors: readonly SourceError[]): ScatterResult {
  return { data: null, errors };
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
