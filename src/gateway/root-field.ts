import { type OperationDefinitionNode, OperationTypeNode } from 'graphql';

import { SitewideError } from '../core/errors.ts';
import { readArguments } from '../core/field-arguments.ts';
import { answerBulk } from './bulk.ts';
import { answerChange } from './change.ts';
import { readChangeInput } from './change-input.ts';
import { explainField } from './explain.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { sharedTypeOf, valueAt } from './owner.ts';
import { answerRouted } from './route-field.ts';
import { answerScattered } from './scatter-field.ts';
import { answerSharedChange } from './shared-change.ts';

// One root field: it crosses the tier as its directive says, and what goes wrong with it stays its own.

/** A root field of an operation, before its arguments are read. */
export interface RootField extends Omit<FieldQuestion, 'args' | 'variables' | 'input'> {
  readonly operation: OperationDefinitionNode;
  /** All of the client's variables, as it sent them. */
  readonly clientVariables: Readonly<Record<string, unknown>>;
  readonly newId: () => string;
  /** Where it is in the client's answer, for example `virtualMachines`. */
  readonly place: string;
}

/** Answers a field, and notes how if the caller wants to know. One that cannot be answered is null with an error. */
export async function answerRootField(root: RootField): Promise<FieldAnswer> {
  const { subquery, place, context } = root;
  const { explanation, coverage } = context;
  const startedMs = explanation?.elapsedMs() ?? 0;
  const answer = await failAlone(subquery.responseName, () => answerQuestion(questionOf(root)));
  if (explanation) {
    explainField(explanation, { subquery, path: place, startedMs, answer, coverage: coverage.get(place) });
  }
  return answer;
}

/** The field without its neighbours: an error of its own must not touch them. */
export async function failAlone(responseName: string, work: () => Promise<FieldAnswer>): Promise<FieldAnswer> {
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

function questionOf({ clientVariables, newId, operation, ...root }: RootField): FieldQuestion {
  const { subquery, scope } = root;
  const { field } = subquery;
  const node = subquery.nodes[0]!;
  const used = subquery.variableNames.filter((name) => clientVariables[name] !== undefined);
  return {
    ...root,
    args: readArguments(field, node, scope.variables),
    // The same object each time, so that what is made of it can be kept.
    variables: used.length === 0 ? noVariables : Object.fromEntries(used.map((name) => [name, clientVariables[name]])),
    input:
      subquery.operation === OperationTypeNode.MUTATION
        ? readChangeInput({ field, node, operation, variables: clientVariables, newId })
        : null,
  };
}

const noVariables: FieldQuestion['variables'] = {};

async function answerQuestion(question: FieldQuestion): Promise<FieldAnswer> {
  const { crossing } = question.subquery;
  switch (crossing.kind) {
    case 'scatter':
      return question.input ? answerBulk(question) : answerScattered(question);
    case 'route':
      return question.input ? answerRoutedChange(question, crossing.by) : answerRouted(question, crossing.by);
    case 'local':
      return answerLocally(question);
  }
}

/** What every installation may have a part of has no owner. */
function answerRoutedChange(question: FieldQuestion, by: readonly string[]): Promise<FieldAnswer> {
  const id = String(valueAt(question.args, by));
  return sharedTypeOf(id) === null ? answerChange(question, id) : answerSharedChange(question);
}

/** The asked broker answers from its own view. */
async function answerLocally({ sources, subquery, variables, ask }: FieldQuestion): Promise<FieldAnswer> {
  const own = sources[0]!;
  const answer = await ask(own, { subquery, variables });
  if (answer.status === 'OK') {
    const { value, errors } = answer.reply;
    return { value, errors };
  }
  const { responseName } = subquery;
  throw new SitewideError('SOURCE_FAILED', { source: own.id, field: responseName, problem: answer.message });
}
