import { getNamedType, type GraphQLObjectType } from 'graphql';

import { acceptanceOf, mergePayloads, type Refusal } from '../merge/payload.ts';
import type { Part } from '../merge/strategy.ts';
import { coverageOf } from '../model/coverage.ts';
import { askChange, changeFailure, recordWithAdvice } from './change.ts';
import { namedErrors } from './bulk-refusal.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { recordsOf } from './owner.ts';
import type { Reading } from './reading.ts';
import { selectWanted } from './select-sources.ts';

// A change of what every installation may have a part of, such as cancelling a bulk: each source is asked to change its
// part. One that has none says NOT_FOUND, which counts only if all say so.

/** Answers a mutation of something that has a part at every source. */
export async function answerSharedChange(question: FieldQuestion): Promise<FieldAnswer> {
  const { subquery, input } = question;
  const asked = await Promise.all(
    selectWanted(question).wanted.map((source) =>
      askChange({ ...question, subquery: subquery.shared }, source, { input: input!.value }),
    ),
  );
  const readings = asked.map(({ reading }) => reading);
  const fault = readings.find(({ refusal }) => refusal !== null)?.refusal;
  if (fault) {
    return { value: null, errors: [{ ...fault, path: [subquery.responseName] }] };
  }
  const said = asked.map((one) => ({ ...one.reading, record: recordWithAdvice(question, one) }));
  const coverage = coverageOf(recordsOf(question, said));
  question.report(coverage);
  const answers = readings.filter(({ value }) => value !== null);
  const changed = answers.filter((reading) => acceptanceOf(reading.value as Part).accepted);
  if (changed.length === 0 && answers.length < readings.length) {
    const mayBeAccepted = asked.some((one) => one.mayBeAccepted);
    throw changeFailure(question, recordsOf(question, readings), mayBeAccepted);
  }
  const value = mergePayloads(
    {
      scope: question.scope,
      type: getNamedType(subquery.field.type) as GraphQLObjectType,
      field: { name: subquery.field.name, nodes: subquery.nodes },
      coverage,
      userErrors: errorsThatCount(answers, changed.length > 0),
      isTry: false,
    },
    answers.map((reading) => reading.value as Part),
  );
  return { value, errors: answers.flatMap(({ errors }) => errors) };
}

function errorsThatCount(answers: readonly Reading[], isFound: boolean): readonly Refusal[] {
  return namedErrors(answers).filter(({ code }) => !isFound || code !== 'NOT_FOUND');
}
