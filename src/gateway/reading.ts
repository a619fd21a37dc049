import { type ErrorCode, errorTable } from '../core/errors.ts';
import type { Reply, ReplyRows, SourceError } from '../merge/combine.ts';
import { answered, type Coverage, type SourceCoverage, type SourceStatus } from '../model/coverage.ts';
import type { SourceAnswer } from './loader.ts';
import type { Source } from './source.ts';
import { nestedRecords, withLack } from './source-records.ts';

// Reads what a source said to one question: the record for the report, the value if there is one, or the refusal if the
// question itself is at fault.

/** What a source's answer amounts to. */
export interface Reading {
  readonly source: Source;
  readonly record: SourceCoverage;
  /** The records of the installations of a site; empty for an installation. */
  readonly nested: readonly SourceCoverage[];
  /** Null if there is nothing to merge; an absent value for a look-up is also null, with status OK. */
  readonly value: unknown;
  /** The rows of the value, if it is a page of which they came as bytes. */
  readonly rows?: ReplyRows | undefined;
  /** Errors inside the value, or the refusals of single ids. */
  readonly errors: readonly SourceError[];
  /** Set if the question is at fault, not the source: every source would say the same. */
  readonly refusal: SourceError | null;
  /** The error that the source gave instead of a value; a refusal is one, too. */
  readonly failure: SourceError | null;
}

interface ReadOptions {
  readonly rowsOf: (value: unknown) => number | null;
  /** True if null without an error is an answer. */
  readonly nullable: boolean;
}

/** Reads an answer. */
export function readAnswer(source: Source, answer: SourceAnswer, options: ReadOptions): Reading {
  const failed = (status: SourceStatus, message: string, failure: SourceError | null = null): Reading => ({
    source,
    record: recordOf(source, answer, { status, message }),
    nested: nestedOf(source, coverageOfError(failure)) ?? nestedRecords(source, status, `its site: ${message}`),
    value: null,
    errors: [],
    refusal: failure && isRefusal(failure) ? failure : null,
    failure,
  });
  if (answer.status !== 'OK') {
    return failed(answer.status, answer.message);
  }
  const { reply } = answer;
  if (reply.lack?.fields.length === 0) {
    return failed('UNSUPPORTED', reply.lack.message);
  }
  const error = reply.errors[0];
  if (reply.value === null && error) {
    const { status, message } = judge(error, source);
    return failed(status, message, error);
  }
  if (reply.value === null && !options.nullable) {
    return failed('ERROR', 'it answered nothing');
  }
  const record = recordOf(
    source,
    answer,
    ownRecord(reply, source),
    reply.rows?.block.length ?? options.rowsOf(reply.value),
  );
  const nested = nestedOf(source, reply.coverage) ?? nestedRecords(source, 'OK', null);
  return {
    source,
    record: withLack(record, reply.lack),
    nested: nested.map((one) => withLack(one, reply.lack)),
    value: reply.value,
    rows: reply.rows,
    errors: reply.errors,
    refusal: null,
    failure: null,
  };
}

interface Judgement {
  readonly status: SourceStatus;
  readonly message: string | null;
  readonly asOf?: string | null;
}

function recordOf(
  { id, tier, parent }: Source,
  { endpoint, attempts, latencyMs }: SourceAnswer,
  { status, message, asOf }: Judgement,
  rows: number | null = null,
): SourceCoverage {
  return {
    id,
    tier,
    parent,
    status,
    message,
    endpoint,
    attempts: attempts.length,
    latencyMs,
    rows,
    asOf: asOf ?? null,
  };
}

/** The records that a reading brings: that of its source, and those of the installations behind it. */
export function allRecords({ record, nested }: Pick<Reading, 'record' | 'nested'>): readonly SourceCoverage[] {
  return [record, ...nested];
}

/** What a site says of its installations; null if it says nothing, or is none. */
function nestedOf({ id, tier }: Source, coverage: Coverage | null): readonly SourceCoverage[] | null {
  const nested = coverage?.sources.filter(({ parent }) => parent === id) ?? [];
  return tier === 'SITE' && nested.length > 0 ? nested : null;
}

function coverageOfError(error: SourceError | null): Coverage | null {
  return (error?.extensions?.['coverage'] as Coverage | undefined) ?? null;
}

/** What the source says of itself; OK if it says nothing. A site that answers is well, and as old as its oldest part. */
function ownRecord({ coverage }: Reply, source: Source): Judgement {
  if (source.tier === 'SITE') {
    const times = (nestedOf(source, coverage) ?? []).filter(answered).map(({ asOf }) => asOf);
    return { status: 'OK', message: null, asOf: times.includes(null) ? null : (times.sort()[0] ?? null) };
  }
  const own = coverage?.sources.find(({ id }) => id === source.id);
  return own ?? { status: 'OK', message: null, asOf: null };
}

/** Why a source gave an error instead of a value. */
function judge(error: SourceError, source: Source): { status: SourceStatus; message: string } {
  const own = coverageOfError(error)?.sources.find(({ id }) => id === source.id);
  if (own) {
    return { status: own.status, message: own.message ?? error.message };
  }
  const code = error.extensions?.['code'];
  const refused = code === 'FORBIDDEN' || code === 'UNAUTHENTICATED';
  return { status: refused ? 'FORBIDDEN' : 'ERROR', message: error.message };
}

/** True if the question is at fault. */
export function isRefusal({ extensions }: SourceError): boolean {
  const code = String(extensions?.['code']);
  return (code in errorTable && errorTable[code as ErrorCode].status === 400) || code === 'UNKNOWN_INSTALLATION';
}
