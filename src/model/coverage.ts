import type { RevisionVector } from '../core/revision-vector.ts';

// How complete an answer is: one record for each source, and what that means for the whole. Pure; every tier uses it.

/** How far a request reaches. */
export type Tier = 'INSTALLATION' | 'SITE' | 'FEDERATION';

/** How a source took part in an answer. The meanings are in schema/coverage.graphql. */
export type SourceStatus =
  | 'OK'
  | 'STALE'
  | 'TIMEOUT'
  | 'UNREACHABLE'
  | 'ERROR'
  | 'FORBIDDEN'
  | 'UNSUPPORTED'
  | 'SKIPPED'
  | 'MISSED'
  | 'CANCELLED'
  | 'PENDING';

/** How one source took part. The fields are those of the GraphQL type. */
export interface SourceCoverage {
  readonly id: string;
  readonly tier: Tier;
  readonly parent: string | null;
  readonly status: SourceStatus;
  readonly message: string | null;
  readonly endpoint: string | null;
  readonly attempts: number;
  readonly latencyMs: number | null;
  readonly rows: number | null;
  /** RFC 3339. */
  readonly asOf: string | null;
  /** As `Type.field`: what is null in its part because it is of another version. Absent if there is nothing. */
  readonly unsupportedFields?: readonly string[] | undefined;
}

/** Which sources an answer rests on. */
export interface Coverage {
  readonly complete: boolean;
  readonly sources: readonly SourceCoverage[];
}

/** What a caller wants of an answer's completeness, as read from `@coverage`. */
export interface CoverageWanted {
  readonly require: 'ANY' | 'ALL';
  /** Null: all sources. */
  readonly sources: readonly string[] | null;
  /** The answer must show what these revisions show; null: whatever there is. */
  readonly atLeast: RevisionVector | null;
}

/** What is wanted when `@coverage` is not there. */
export const anyCoverage: CoverageWanted = { require: 'ANY', sources: null, atLeast: null };

/** The coverage that these records make. */
export function coverageOf(sources: readonly SourceCoverage[]): Coverage {
  const concerned = sources.filter(({ status }) => status !== 'SKIPPED');
  return { complete: concerned.every(({ status }) => status === 'OK'), sources };
}

/** True if the source gave data, be it old or only a part. One of another version may give all but some fields. */
export function answered({ status, unsupportedFields = [] }: Judged): boolean {
  const isPart = status === 'UNSUPPORTED' && unsupportedFields.length > 0;
  return isPart || status === 'OK' || status === 'STALE' || status === 'MISSED';
}

/** What tells whether a source gave data. */
type Judged = Pick<SourceCoverage, 'status' | 'unsupportedFields'>;

/** True if every source that was asked has refused whoever asks: then it is no use to ask again. */
export function areForbidden(sources: readonly SourceCoverage[]): boolean {
  const asked = sources.filter(({ status }) => status !== 'SKIPPED' && status !== 'CANCELLED');
  return asked.length > 0 && asked.every(({ status }) => status === 'FORBIDDEN');
}

/**
 * True if a total over these sources is exact: none is missing, none is old, and none lacks what is counted.
 * @param counts Whether a field, as `Type.field`, is a part of the total.
 */
export function isExact(sources: readonly SourceCoverage[], counts: (field: string) => boolean): boolean {
  return sources.every(
    (source) =>
      source.status === 'SKIPPED' ||
      (source.status !== 'STALE' && answered(source) && !source.unsupportedFields?.some(counts)),
  );
}

/** Why an answer is not complete, for messages: `installation:a is UNREACHABLE (connection refused)`. */
export function reasonsOf(sources: readonly SourceCoverage[]): string {
  const reasons = sources
    .filter(({ status }) => status !== 'OK')
    .map(({ id, status, message }) => `${id} is ${status}${message === null ? '' : ` (${message})`}`);
  return reasons.length === 0 ? 'there is no source to ask' : reasons.join(', ');
}
