import { isNonNullType } from 'graphql';

import { SitewideError } from '../core/errors.ts';
import { partVariable } from '../core/reserved.ts';
import type { SourceError } from '../merge/combine.ts';
import { answered } from '../model/coverage.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { ownerOf, recordsOf, sharedTypeOf, valueAt } from './owner.ts';
import { type Partition, partition } from './partition.ts';
import { readAnswer, type Reading } from './reading.ts';
import { selectWanted } from './select-sources.ts';
import { answerShared, askShared, placeShared } from './shared-lookup.ts';
import { judgeCoverage } from './verdict.ts';

// A root field that is sent to the owner of an id; a list of ids is partitioned by owner and put back in order. What every
// installation may have a part of has no owner, and is asked of all.

/** Answers a routed field. */
export function answerRouted(question: FieldQuestion, by: readonly string[]): Promise<FieldAnswer> {
  const target = valueAt(question.args, by);
  return Array.isArray(target) ? answerList(question, target) : answerOne(question, String(target));
}

const look = { rowsOf: (value: unknown) => (value === null ? 0 : 1), nullable: true } as const;

async function answerOne(question: FieldQuestion, id: string): Promise<FieldAnswer> {
  const sharedType = sharedTypeOf(id);
  if (sharedType !== null) {
    return answerShared(question, sharedType);
  }
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

async function answerList(question: FieldQuestion, elements: readonly unknown[]): Promise<FieldAnswer> {
  const { subquery } = question;
  const { responseName } = subquery;
  const { owned, shared, refused } = partition(question, elements);
  const [readings, sharedReadings] = await Promise.all([askOwners(question, owned), askShared(question, shared)]);
  const everything = [...readings, ...sharedReadings];
  const objection = everything.length === 0 ? null : objectionTo(question, everything);
  const value = new Array<unknown>(elements.length).fill(null);
  if (objection && isNonNullType(subquery.field.type)) {
    // Null would take the whole answer along, so the list stays, with nothing in it.
    const { message, extensions } = objection;
    return { value, errors: [...refused, { message, path: [responseName], extensions }] };
  }
  if (objection) {
    throw objection;
  }
  const errors = readings.flatMap((reading, at) => {
    const { places } = owned[at]!;
    place(reading.value, { places, value });
    return errorsOf(reading, { places, responseName });
  });
  errors.push(...placeShared(question, shared, { readings: sharedReadings, value }));
  return { value, errors: [...refused, ...errors] };
}

function askOwners({ subquery, variables, ask }: FieldQuestion, owned: readonly Partition[]): Promise<Reading[]> {
  return Promise.all(
    owned.map(async ({ owner, elements }) =>
      readAnswer(owner, await ask(owner, { subquery, variables: { ...variables, [partVariable]: elements } }), {
        nullable: false,
        rowsOf: (value) => (value as unknown[]).filter((element) => element !== null).length,
      }),
    ),
  );
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
