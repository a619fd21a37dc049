import { isObjectType } from 'graphql';

import { SitewideError } from '../core/errors.ts';
import { partVariable } from '../core/reserved.ts';
import type { SourceError } from '../merge/combine.ts';
import { mergeObjects, type Part } from '../merge/strategy.ts';
import { answered } from '../model/coverage.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { settleInstallations } from './known-installations.ts';
import { recordsOf } from './owner.ts';
import type { SharedId } from './partition.ts';
import { readAnswer, type Reading } from './reading.ts';
import { selectWanted } from './select-sources.ts';
import { judgeCoverage } from './verdict.ts';

// Looking up what every installation may have a part of, such as a bulk: each source is asked for its part, and the parts
// that there are become one by the rules of their type. A part that is missing is named in the coverage.

/** Looks up one thing of which every source may have a part. */
export async function answerShared(question: FieldQuestion, typeName: string): Promise<FieldAnswer> {
  const { subquery, variables, ask } = question;
  const asked = await Promise.all(
    selectWanted(question).wanted.map(async (source) =>
      readAnswer(source, await ask(source, { subquery: subquery.shared, variables }), {
        rowsOf: (value) => (value === null ? 0 : 1),
        nullable: true,
      }),
    ),
  );
  const readings = settleInstallations(question, asked);
  const refusal = readings.find((reading) => reading.refusal !== null)?.refusal;
  if (refusal) {
    return { value: null, errors: [{ ...refusal, path: [subquery.responseName] }] };
  }
  judgeCoverage(question, recordsOf(question, readings));
  const parts = readings.map((reading) => reading.value);
  const value = mergeParts(question, typeName, parts);
  const failure = failureOf(question, readings);
  if (value === null && failure) {
    throw failure;
  }
  return { value, errors: readings.flatMap(({ errors }) => errors) };
}

/** Asks every source wanted for its part of each of these, as lists in their order. */
export async function askShared(question: FieldQuestion, ids: readonly SharedId[]): Promise<readonly Reading[]> {
  if (ids.length === 0) {
    return [];
  }
  const { subquery, variables, ask } = question;
  const elements = ids.map(({ element }) => element);
  const asked = { subquery: subquery.shared, variables: { ...variables, [partVariable]: elements } };
  const readings = await Promise.all(
    selectWanted(question).wanted.map(async (source) =>
      readAnswer(source, await ask(source, asked), {
        rowsOf: (value) => (value as unknown[]).filter((element) => element !== null).length,
        nullable: false,
      }),
    ),
  );
  return settleInstallations(question, readings);
}

/** Puts the merged parts at their places in `value`, and gives back the errors. */
export function placeShared(
  question: FieldQuestion,
  ids: readonly SharedId[],
  { readings, value }: { readonly readings: readonly Reading[]; readonly value: unknown[] },
): readonly SourceError[] {
  const { responseName } = question.subquery;
  const failure = failureOf(question, readings);
  return ids.flatMap(({ place, typeName }, row) => {
    const parts = readings.map((reading) => (reading.value as readonly unknown[] | null)?.[row] ?? null);
    const found = mergeParts(question, typeName, parts);
    value[place] = found;
    const own = readings.flatMap(({ errors }) => errors.filter(({ path }) => path?.[1] === row));
    if (found === null && own.length === 0 && failure) {
      return [{ message: failure.message, path: [responseName, place], extensions: failure.extensions }];
    }
    return own.map((error) => ({ ...error, path: [responseName, place, ...error.path!.slice(2)] }));
  });
}

function mergeParts(
  { scope, subquery: { field, nodes } }: FieldQuestion,
  typeName: string,
  values: readonly unknown[],
): Part | null {
  const parts = (values as readonly (Part | null)[]).filter((value) => value !== null);
  const type = scope.schema.getType(typeName);
  return parts.length > 0 && isObjectType(type)
    ? mergeObjects(scope, { type, field: { name: field.name, nodes } }, parts)
    : null;
}

/** Without a part, null would read as "there is none", which nobody knows as long as a source is away. */
function failureOf({ subquery }: FieldQuestion, readings: readonly Reading[]): SitewideError | null {
  const failed = readings.find(({ record }) => !answered(record));
  if (!failed) {
    return null;
  }
  const { status, message } = failed.record;
  const problem = `${status}: ${message ?? 'no reason given'}`;
  return new SitewideError('SOURCE_FAILED', { source: failed.source.id, field: subquery.responseName, problem });
}
