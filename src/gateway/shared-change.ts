import { getNamedType, type GraphQLObjectType } from 'graphql';

import { mergePayloads, type Refusal } from '../merge/payload.ts';
import type { Part } from '../merge/strategy.ts';
import { coverageOf } from '../model/coverage.ts';
import { askChange, changeFailure, isLost, recordWithAdvice } from './change.ts';
import { namedErrors } from './bulk-refusal.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { recordsOf } from './owner.ts';
import { selectWanted } from './select-sources.ts';

// A change of what every installation may have a part of, such as cancelling a bulk: each source is asked to change its
// part. One that has none answers nothing, and that there is nothing to change is said only if all do.

/** Answers a mutation of something that has a part at every source. */
export async function answerSharedChange(question: FieldQuestion): Promise<FieldAnswer> {
  const { subquery, input } = question;
  const asked = await Promise.all(
    selectWanted(question).wanted.map((source) =>
      askChange({ ...question, subquery: subquery.shared }, source, { input: input!.value, nullable: true }),
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
  const parts = readings.filter(({ value }) => value !== null);
  if (parts.length === 0 && readings.some(isLost)) {
    const mayBeAccepted = asked.some((one) => one.mayBeAccepted);
    throw changeFailure(question, recordsOf(question, readings), mayBeAccepted);
  }
  const value = mergePayloads(
    {
      scope: question.scope,
      type: getNamedType(subquery.field.type) as GraphQLObjectType,
      field: { name: subquery.field.name, nodes: subquery.nodes },
      coverage,
      userErrors: parts.length === 0 ? [nothingThere] : namedErrors(parts),
      isTry: false,
    },
    parts.map((part) => part.value as Part),
  );
  return { value, errors: parts.flatMap(({ errors }) => errors) };
}

const nothingThere: Refusal = { code: 'NOT_FOUND', field: 'input.id', message: 'There is no such operation.' };
