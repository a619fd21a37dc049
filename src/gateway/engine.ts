import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import type { SourceError } from '../merge/combine.ts';
import { collectSelection, type SelectedField, type SelectionScope } from '../merge/selection.ts';
import { compileSubquery, type Subquery } from '../merge/subquery.ts';
import type { Coverage } from '../model/coverage.ts';
import type { RequestContext } from '../model/request.ts';
import { explainField } from './explain.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { createLoaders } from './loader.ts';
import { answerRouted } from './route-field.ts';
import { answerScattered } from './scatter-field.ts';
import type { Source } from './source.ts';

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
      const scope: SelectionScope = { schema, fragments: fragmentsOf(request.document), variables: coerced };
      const fields = collectSelection(scope, schema.getQueryType()!, [operation.selectionSet]);
      const sources = sourcesOf(request.context);
      const ask = loaders(request.context);
      const answers = await Promise.all(
        [...fields].map(async ([responseName, field]) => {
          if (field.name === '__typename') {
            return [responseName, { value: schema.getQueryType()!.name, errors: [] }] as const;
          }
          const report = (coverage: Coverage): void => {
            options.onCoverage?.(field.name, coverage);
            reportCoverage(request, responseName, coverage);
          };
          const answer = await failAlone(responseName, async () => {
            const subquery = compile({ operation, fragments: scope.fragments, responseName, nodes: field.nodes });
            return answerExplained({ ...options, subquery, scope, sources, ask, report }, request);
          });
          return [responseName, answer] as const;
        }),
      );
      return assemble(answers);
    },
  };
}

interface Wiring extends Omit<FieldQuestion, 'args' | 'variables' | 'context'> {}

/** Answers a field, and notes how if the caller wants to know. */
async function answerExplained(wiring: Wiring, request: ScatterOperation): Promise<FieldAnswer> {
  const { explanation, coverage } = request.context;
  if (!explanation) {
    return answerField(wiring, request);
  }
  const { subquery } = wiring;
  const path = placeOf(request, subquery.responseName);
  const startedMs = explanation.elapsedMs();
  let answer: FieldAnswer = { value: null, errors: [] };
  try {
    answer = await answerField(wiring, request);
    return answer;
  } finally {
    explainField(explanation, { subquery, path, startedMs, answer, coverage: coverage.get(path) });
  }
}

async function answerField(wiring: Wiring, { variables, context }: ScatterOperation): Promise<FieldAnswer> {
  const { subquery, scope } = wiring;
  const used = subquery.variableNames.filter((name) => variables[name] !== undefined);
  const question: FieldQuestion = {
    ...wiring,
    context,
    args: getArgumentValues(subquery.field, subquery.nodes[0]!, scope.variables),
    variables: Object.fromEntries(used.map((name) => [name, variables[name]])),
  };
  switch (subquery.crossing.kind) {
    case 'scatter':
      return answerScattered(question);
    case 'route':
      return answerRouted(question, subquery.crossing.by);
    case 'local':
      return answerLocally(question);
  }
}

/** A field that cannot be answered is null with an error, and its neighbours are not touched. */
async function failAlone(responseName: string, work: () => Promise<FieldAnswer>): Promise<FieldAnswer> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof SitewideError)) {
      throw thrown;
    }
    const { message, extensions } = thrown;
    return { value: null, errors: [{ message, path: [responseName], extensions }] };
  }
}

/** The asked broker answers from its own view. */
async function answerLocally({ sources, subquery, variables, ask }: FieldQuestion): Promise<FieldAnswer> {
  const own = sources[0]!;
  const answer = await ask(own, { subquery, variables });
  if (answer.status === 'OK') {
    return answer.reply;
  }
  const { responseName } = subquery;
  throw new SitewideError('SOURCE_FAILED', { source: own.id, field: responseName, problem: answer.message });
}

function assemble(answers: readonly (readonly [string, FieldAnswer])[]): ScatterResult {
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

function reportCoverage(request: ScatterOperation, responseName: string, coverage: Coverage): void {
  request.context.coverage.set(placeOf(request, responseName), coverage);
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

interface CompileOptions {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly responseName: string;
  readonly nodes: SelectedField['nodes'];
}

/**
 * Compiles root fields, and remembers the result as long as the parsed operation lives: Apollo keeps parsed operations
 * and query plans, so that the same text is compiled once. A field that several fragments select is compiled each time.
 */
function rememberSubqueries(schema: GraphQLSchema): (options: CompileOptions) => Subquery {
  const remembered = new WeakMap<OperationDefinitionNode, Map<FieldNode, Subquery>>();
  return (options) => {
    const known = remembered.get(options.operation) ?? new Map<FieldNode, Subquery>();
    remembered.set(options.operation, known);
    const [only, ...others] = options.nodes;
    const found = others.length === 0 ? known.get(only!) : undefined;
    const subquery = found ?? compileSubquery({ schema, ...options });
    if (others.length === 0) {
      known.set(only!, subquery);
    }
    return subquery;
  };
}
