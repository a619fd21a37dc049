import { type Coverage, coverageOf, type SourceCoverage } from '../model/coverage.ts';
import type { SourceIdentity } from './source.ts';
import { blankRecord, nestedRecords, skippedRecords, withLack } from './source-records.ts';
import type { StartOutcome } from './stream-start.ts';

// With which sources a stream began, in the words of every other answer.

/** The coverage of a beginning. Sources without an outcome are not concerned. */
export function coverageAtStart(
  sources: readonly SourceIdentity[],
  outcomes: ReadonlyMap<string, StartOutcome>,
): Coverage {
  return coverageOf(sources.flatMap((source) => recordsOf(source, outcomes.get(source.id))));
}

function recordsOf(source: SourceIdentity, outcome: StartOutcome | undefined): readonly SourceCoverage[] {
  if (!outcome) {
    return skippedRecords(source, 'it has no part in the stream');
  }
  const { reached, message, attempts, endpoint, latencyMs, nested, lack } = outcome;
  const status = reached ? 'OK' : (outcome.status ?? 'UNREACHABLE');
  const record = { ...blankRecord(source, status, message), attempts, endpoint, latencyMs };
  const assumed = nestedRecords(source, status, reached ? null : `its site: ${message}`);
  return [record, ...(nested.length > 0 ? nested : assumed)].map((one) => withLack(one, lack));
}
