import { isNonNullType } from 'graphql';

import { SitewideError } from '../core/errors.ts';
import type { SourceError } from '../merge/combine.ts';
import { partVariable } from '../merge/reserved.ts';
import { answered } from '../model/coverage.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { idOf, ownerOf, recordsOf, valueAt } from './owner.ts';
import { readAnswer, type Reading } from './reading.ts';
import { selectWanted } from './select-sources.ts';
import type { Source } from './source.ts';
import { judgeCoverage } from './verdict.ts';

// A root field that is sent to the owner of an id; a list of ids is partitioned by owner and put back in order.

/** Answers a routed field. */
export function answerRouted(question: FieldQuestion, by: readonly string[]): Promise<FieldAnswer> {
  const target = valueAt(question.args, by);
  return Array.isArray(target) ? answerList(question, target) : answerOne(question, String(target));
}

const look = { rowsOf: (value: unknown) => (value === null ? 0 : 1), nullable: true } as const;

async function answerOne(question: FieldQuestion, id: string): Promise<FieldAnswer> {
  const { subquery, variables } = question;
  const owner = ownerOf(question, id);
  const { wanted } = selectWanted(question);
  if (!wanted.includes(owner)) {
    judgeCoverage(question, recordsOf(question, []));
  }
  const reading = readAnswer(owner, await question.ask(owner, { subquery, variables }), look);
  if (reading.refusal) {
    return { value: null, errors: [{ ...reading.refusal, path: [subquery.responseName] }] };
  }
  judgeCoverage(question, recordsOf(question, [reading]));
  return { value: reading.value, errors: reading.errors };
}

/** The ids that one source owns, and their places in the list. */
interface Partition {
  readonly owner: Source;
  readonly elements: unknown[];
  readonly places: number[];
}

async function answerList(question: FieldQuestion, elements: readonly unknown[]): Promise<FieldAnswer> {
  const { subquery } = question;
  const refused: SourceError[] = [];
  const partitions = partition(question, elements, refused);
  const readings = await Promise.all(
    partitions.map(async ({ owner, elements: part }) => {
      const variables = { ...question.variables, [partVariable]: part };
      return readAnswer(owner, await question.ask(owner, { subquery, variables }), {
        nullable: false,
        rowsOf: (value) => (value as unknown[]).filter((element) => element !== null).length,
      });
    }),
  );
  const objection = partitions.length === 0 ? null : objectionTo(question, readings);
  const value = new Array<unknown>(elements.length).fill(null);
  if (objection && isNonNullType(subquery.field.type)) {
    // Null would take the whole answer along, so the list stays, with nothing in it.
    const { message, extensions } = objection;
    return { value, errors: [...refused, { message, path: [subquery.responseName], extensions }] };
  }
  if (objection) {
    throw objection;
  }
  const errors = [...refused];
  readings.forEach((reading, at) => {
    const { places } = partitions[at]!;
    place(reading.value, { places, value });
    errors.push(...errorsOf(reading, { places, responseName: subquery.responseName }));
  });
  return { value, errors };
}

/** Why what came may not be answered, or null if it may. */
function objectionTo(question: FieldQuestion, readings: readonly Reading[]): SitewideError | null {
  try {
    judgeCoverage(question, recordsOf(question, readings));
    return null;
  } catch (thrown) {
    if (thrown instanceof SitewideError) {
      return thrown;
    }
    throw thrown;
  }
}

function partition(question: FieldQuestion, elements: readonly unknown[], refused: SourceError[]): Partition[] {
  const { wanted } = selectWanted(question);
  const partitions = new Map<Source, Partition>();
  elements.forEach((element, at) => {
    try {
      const owner = ownerOf(question, idOf(element));
      if (!wanted.includes(owner)) {
        throw notAsked(question, owner);
      }
      const part = partitions.get(owner) ?? { owner, elements: [], places: [] };
      partitions.set(owner, part);
      part.elements.push(element);
      part.places.push(at);
    } catch (thrown) {
      if (!(thrown instanceof SitewideError)) {
        throw thrown;
      }
      refused.push({
        message: thrown.message,
        path: [question.subquery.responseName, at],
        extensions: thrown.extensions,
      });
    }
  });
  return [...partitions.values()];
}

function notAsked({ subquery }: FieldQuestion, owner: Source): SitewideError {
  const problem = 'it is not among the sources asked for';
  return new SitewideError('SOURCE_FAILED', { source: owner.id, field: subquery.responseName, problem });
}

function place(answer: unknown, { places, value }: { places: readonly number[]; value: unknown[] }): void {
  if (Array.isArray(answer)) {
    places.forEach((at, row) => {
      value[at] = answer[row] as unknown;
    });
  }
}

/** The errors of a part at the places of its ids; one for each id if the source failed, for null would read as "absent". */
function errorsOf(
  { record, errors, source, refusal }: Reading,
  { places, responseName }: { places: readonly number[]; responseName: string },
): SourceError[] {
  if (answered(record)) {
    return errors.map((error) => {
      const [, row, ...rest] = error.path ?? [];
      return typeof row === 'number' ? { ...error, path: [responseName, places[row]!, ...rest] } : error;
    });
  }
  const failure = new SitewideError('SOURCE_FAILED', {
    source: source.id,
    field: responseName,
    problem: refusal?.message ?? `${record.status}: ${record.message ?? 'no reason given'}`,
  });
  const { message, extensions } = failure;
  return places.map((at) => ({ message, path: [responseName, at], extensions }));
}
