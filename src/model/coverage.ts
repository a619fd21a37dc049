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
  | 'CANCELLED';

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

/** True if the source gave data, be it old or only a part. */
export function answered({ status }: Pick<SourceCoverage, 'status'>): boolean {
  return status === 'OK' || status === 'STALE' || status === 'MISSED';
}

/** True if a total over these sources is exact: none is missing and none is old. */
export function isExact(sources: readonly SourceCoverage[]): boolean {
  return sources.every(({ status }) => status === 'OK' || status === 'MISSED' || status === 'SKIPPED');
}

/** Why an answer is not complete, for messages: `installation:a is UNREACHABLE (connection refused)`. */
export function reasonsOf(sources: readonly SourceCoverage[]): string {
  const reasons = sources
    .filter(({ status }) => status !== 'OK')
    .map(({ id, status, message }) => `${id} is ${status}${message === null ? '' : ` (${message})`}`);
  return reasons.length === 0 ? 'there is no source to ask' : reasons.join(', ');
}
