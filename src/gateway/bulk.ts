import { getNamedType, type GraphQLObjectType } from 'graphql';

import { mergePayloads, type Refusal } from '../merge/payload.ts';
import type { Part } from '../merge/strategy.ts';
import { bulkLocalIdOf } from '../model/bulk-id.ts';
import { answered, coverageOf, type SourceCoverage } from '../model/coverage.ts';
import { bulkIdOf } from '../model/operation-list.ts';
import { actorOf } from '../model/principal.ts';
import { defaultMaxTargets, namedErrors, refusalsOf, type Tried, triedOf } from './bulk-refusal.ts';
import { askChange, changeFailure, recordWithAdvice } from './change.ts';
import type { ChangeInput } from './change-input.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { settleInstallations } from './known-installations.ts';
import { allRecords, type Reading } from './reading.ts';
import { selectSources } from './select-sources.ts';
import type { Source } from './source.ts';

// A change of many machines, wherever they are. First every source concerned is asked what it would do, and the whole is
// refused if anything speaks against it; then each carries out its part, all under the id of one operation. Nothing is
// kept here: the id comes from the actor and the key, so that the same request at any broker goes on where this one ended.

/** How much of what is left of the request the first question may take: the second one needs its time, too. */
const tryShare = 0.5;

/** Answers a mutation of which every source carries out its part. */
export async function answerBulk(question: FieldQuestion): Promise<FieldAnswer> {
  const { concerned, skipped } = selectSources(question);
  const input = bulkInputOf(question);
  const [first, ...others] = concerned;
  if (first && others.length === 0) {
    return carryOutAlone(question, first, { input, skipped });
  }
  const isTry = input['dryRun'] === true;
  const limits = isTry ? {} : { withinMs: question.context.deadline.remainingMs() * tryShare };
  const asked = await Promise.all(
    concerned.map((source) => askChange(question, source, { input: { ...input, dryRun: true }, ...limits })),
  );
  const readings = settleInstallations(
    question,
    asked.map(({ reading }) => reading),
  );
  const fault = readings.find(({ refusal }) => refusal !== null)?.refusal;
  if (fault) {
    return { value: null, errors: [{ ...fault, path: [question.subquery.responseName] }] };
  }
  const records = [...readings.flatMap(allRecords), ...skipped];
  requireSources(question, records);
  const tried = readings.filter(({ value }) => value !== null).map(triedOf);
  const { maxTargets } = question.args['input'] as BulkArguments;
  const userErrors = refusalsOf(tried, maxTargets ?? defaultMaxTargets);
  if (isTry || userErrors.length > 0) {
    const parts = tried.map(({ reading }) => reading);
    return answerOf(question, { records, parts, userErrors, isAccepted: false });
  }
  return carryOut(question, { input, tried, records });
}

interface Alone {
  readonly input: ChangeInput['value'];
  readonly skipped: readonly SourceCoverage[];
}

/** The one source concerned refuses or carries out the whole by itself, so that it need not be asked twice. */
async function carryOutAlone(question: FieldQuestion, source: Source, { input, skipped }: Alone): Promise<FieldAnswer> {
  const one = await askChange(question, source, { input });
  const { reading, mayBeAccepted } = one;
  if (reading.refusal) {
    return { value: null, errors: [{ ...reading.refusal, path: [question.subquery.responseName] }] };
  }
  if (reading.value === null) {
    const records = [...allRecords(reading), ...skipped];
    question.report(coverageOf([recordWithAdvice(question, one), ...reading.nested, ...skipped]));
    throw changeFailure(question, records, mayBeAccepted);
  }
  const records = [...allRecords(reading), ...skipped];
  question.report(coverageOf(records));
  const userErrors = namedErrors([reading]);
  return answerOf(question, { records, parts: [reading], userErrors, isAccepted: input['dryRun'] !== true });
}

interface BulkArguments {
  readonly maxTargets?: number | null;
  readonly operationId?: string | null;
}

/** The input with the id of the operation that all parts belong to: a tier above has said it, or it is made here. */
function bulkInputOf({ input, args, context }: FieldQuestion): ChangeInput['value'] {
  const { value, idempotencyKey } = input!;
  const { operationId } = args['input'] as BulkArguments;
  const localId = bulkLocalIdOf(actorOf(context.principal), idempotencyKey ?? '');
  return { ...value, operationId: operationId ?? bulkIdOf(localId) };
}

/** Refuses, before anything is changed, what nobody answers or what does not answer for all. */
function requireSources(question: FieldQuestion, records: readonly SourceCoverage[]): void {
  const coverage = coverageOf(records);
  question.report(coverage);
  const lacks = question.context.wanted.require === 'ALL' && !coverage.complete;
  if (lacks || !records.some(answered)) {
    throw changeFailure(question, records, false);
  }
}

interface Begun {
  readonly input: ChangeInput['value'];
  readonly tried: readonly Tried[];
  /** Of all sources, from the first question. */
  readonly records: readonly SourceCoverage[];
}

/** Has each source that has targets carry out its part. Those that have it already from before are left alone. */
async function carryOut(question: FieldQuestion, { input, tried, records }: Begun): Promise<FieldAnswer> {
  const due = tried.filter(({ count, accepted }) => count > 0 && !accepted);
  const done = await Promise.all(
    due.map(({ reading: { source }, count }) =>
      askChange(question, source, { input: { ...input, dryRun: false, maxTargets: count } }),
    ),
  );
  const latest = withRecords(
    records,
    done.flatMap((one) => [recordWithAdvice(question, one), ...one.reading.nested]),
  );
  const before = tried.filter(({ accepted }) => accepted).map(({ reading }) => reading);
  const now = done.map(({ reading }) => reading).filter(({ value }) => value !== null);
  const parts = [...before, ...now];
  question.report(coverageOf(latest));
  if (parts.length === 0) {
    const last = withRecords(
      records,
      done.flatMap(({ reading }) => allRecords(reading)),
    );
    throw changeFailure(
      question,
      last,
      done.some(({ mayBeAccepted }) => mayBeAccepted),
    );
  }
  return answerOf(question, { records: latest, parts, userErrors: namedErrors(now), isAccepted: true });
}

/** The records, with newer ones in place of those of the same sources. */
function withRecords(records: readonly SourceCoverage[], newer: readonly SourceCoverage[]): readonly SourceCoverage[] {
  return records.map((record) => newer.find(({ id }) => id === record.id) ?? record);
}

interface BulkAnswer {
  readonly records: readonly SourceCoverage[];
  readonly parts: readonly Reading[];
  readonly userErrors: readonly Refusal[];
  readonly isAccepted: boolean;
}

function answerOf({ scope, subquery }: FieldQuestion, answer: BulkAnswer): FieldAnswer {
  const { records, parts, userErrors, isAccepted } = answer;
  const value = mergePayloads(
    {
      scope,
      type: getNamedType(subquery.field.type) as GraphQLObjectType,
      field: { name: subquery.field.name, nodes: subquery.nodes },
      coverage: coverageOf(sorted(records)),
      userErrors,
      isTry: !isAccepted,
    },
    parts.map((part) => part.value as Part),
  );
  return { value, errors: parts.flatMap(({ errors }) => errors) };
}

function sorted(records: readonly SourceCoverage[]): readonly SourceCoverage[] {
  return [...records].sort((a, b) => (a.id < b.id ? -1 : 1));
}
