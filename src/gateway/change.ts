import { SitewideError } from '../core/errors.ts';
import { inputVariable, requireVariable } from '../core/reserved.ts';
import type { SourceBody, SourceError } from '../merge/combine.ts';
import { answered, areForbidden, coverageOf, reasonsOf, type SourceCoverage } from '../model/coverage.ts';
import type { AttemptRecord } from '../scatter/outcome.ts';
import type { ChangeInput } from './change-input.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import type { AskLimits, SourceAnswer } from './loader.ts';
import { ownerOf, recordsOf } from './owner.ts';
import { readAnswer, type Reading } from './reading.ts';
import { selectWanted } from './select-sources.ts';
import type { Source } from './source.ts';
import { judgeCoverage } from './verdict.ts';

// A change that is sent to the owner of an id. Whoever asked for it has to know, when no answer comes, whether it may have
// been accepted all the same, and how to find out.

/** Answers a mutation that the owner of this id carries out. */
export async function answerChange(question: FieldQuestion, id: string): Promise<FieldAnswer> {
  const owner = ownerOf(question, id);
  if (!selectWanted(question).wanted.includes(owner)) {
    judgeCoverage(question, recordsOf(question, []));
  }
  const { reading, mayBeAccepted } = await askChange(question, owner, { input: question.input!.value });
  if (reading.refusal) {
    return { value: null, errors: [{ ...reading.refusal, path: [question.subquery.responseName] }] };
  }
  const records = recordsOf(question, [reading]);
  question.report(coverageOf(records));
  if (reading.failure && !refusedFirst.has(reading.failure.extensions?.['code'])) {
    return { value: null, errors: [ownFailure(question, reading.failure, { records, mayBeAccepted })] };
  }
  if (reading.value === null) {
    throw changeFailure(question, records, mayBeAccepted);
  }
  return { value: reading.value, errors: reading.errors };
}

/** The error of the one source that a change concerns, in its own words, with what it means for the change. */
function ownFailure(
  { subquery, input }: FieldQuestion,
  { message, extensions }: SourceError,
  { records, mayBeAccepted }: { readonly records: readonly SourceCoverage[]; readonly mayBeAccepted: boolean },
): SourceError {
  const details = detailsOf(records, { input, mayBeAccepted });
  return { message, path: [subquery.responseName], extensions: { ...extensions, ...details } };
}

/** What a source said to being asked for a change. */
export interface ChangeReading {
  readonly reading: Reading;
  /** False if it is certain that the source has not accepted it, although it gave no answer. */
  readonly mayBeAccepted: boolean;
}

interface ChangeAsking extends AskLimits {
  /** As it is sent. */
  readonly input: ChangeInput['value'];
  /** True if a source may have nothing to change, and then answers nothing. */
  readonly nullable?: boolean;
}

/** Asks a source for a change with this input. */
export async function askChange(
  { subquery, variables, context, ask }: FieldQuestion,
  source: Source,
  { input, nullable = false, ...limits }: ChangeAsking,
): Promise<ChangeReading> {
  const own = { [inputVariable]: input, [requireVariable]: context.wanted.require };
  const bodies: SourceBody[] = [];
  const onAnswer = (body: SourceBody): void => void bodies.push(body);
  const answer = await ask(source, { subquery, variables: { ...variables, ...own } }, { ...limits, onAnswer });
  const reading = readAnswer(source, answer, { nullable, rowsOf: () => null });
  return { reading, mayBeAccepted: isLost(reading) && mayBeAccepted(answer, bodies) };
}

/** True if a source gave no answer, or an error in its place. */
export function isLost({ value, failure, record }: Reading): boolean {
  return value === null && (failure !== null || !answered(record));
}

/** A broker that the request has reached may have done it, unless it says itself that it did not begin. */
function mayBeAccepted({ attempts }: SourceAnswer, bodies: readonly SourceBody[]): boolean {
  const isSilent = attempts.some(({ status, sentBytes }) => sentBytes > 0 && !heard.has(status));
  const codes = bodies.flatMap(({ errors }) => errors.map(({ extensions }) => extensions?.['code']));
  return isSilent || codes.some((code) => !refusedFirst.has(code)) || bodies.some(({ errors }) => errors.length === 0);
}

/** How attempts end whose answer is known, and those that a broker has refused as a whole. */
const heard = new Set<AttemptRecord['status']>(['OK', 'SECOND_BEST', 'FORBIDDEN', 'UNSUPPORTED']);

/** The codes by which a source refuses before it does anything: its inventory is too old for what is required, or not there. */
const refusedFirst = new Set<unknown>(['COVERAGE_NOT_MET', 'NO_SOURCE_ANSWERED', 'FORBIDDEN']);

/** Why a change has no answer, and what that means. */
export function changeFailure(
  { subquery, input, context }: FieldQuestion,
  records: readonly SourceCoverage[],
  mayBeAccepted: boolean,
): SitewideError {
  const isRefused = context.wanted.require === 'ALL' && records.some(answered);
  const lacking = records.filter(({ status }) => status !== 'SKIPPED');
  const reasons = withAdvice(reasonsOf(lacking), { input, mayBeAccepted });
  const details = detailsOf(records, { input, mayBeAccepted });
  const unanswered = areForbidden(records) ? 'FORBIDDEN' : 'NO_SOURCE_ANSWERED';
  const code = isRefused && !mayBeAccepted ? 'COVERAGE_NOT_MET' : unanswered;
  return new SitewideError(code, { field: subquery.responseName, reasons }, { details });
}

interface Doubt extends Pick<FieldQuestion, 'input'> {
  readonly mayBeAccepted: boolean;
}

/** What the extensions of an error say of a change that has no answer. */
function detailsOf(records: readonly SourceCoverage[], { input, mayBeAccepted }: Doubt): Record<string, unknown> {
  return {
    coverage: coverageOf(records),
    accepted: mayBeAccepted ? 'UNKNOWN' : 'NO',
    idempotencyKey: input?.idempotencyKey ?? null,
  };
}

/** The record of a source that was asked; if it gave no answer, with what that means. */
export function recordWithAdvice({ input }: FieldQuestion, { reading, mayBeAccepted }: ChangeReading): SourceCoverage {
  const { record } = reading;
  return isLost(reading) ? { ...record, message: withAdvice(record.message, { input, mayBeAccepted }) } : record;
}

/** Why there is no answer, with what whoever asked can do about it. */
function withAdvice(problem: string | null, { input, mayBeAccepted }: Doubt): string {
  return [...(problem === null ? [] : [problem]), advice(input?.idempotencyKey ?? null, mayBeAccepted)].join('; ');
}

function advice(idempotencyKey: string | null, mayBeAccepted: boolean): string {
  if (!mayBeAccepted) {
    return 'it was not accepted';
  }
  return idempotencyKey === null
    ? 'it may have been done all the same, and doing it again comes to the same'
    : `it may have been accepted all the same, and the same request with the idempotency key "${idempotencyKey}" is carried out once`;
}
