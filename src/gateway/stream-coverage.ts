import { type Coverage, coverageOf, type SourceCoverage } from '../model/coverage.ts';
import type { Source } from './source.ts';
import { blankRecord } from './source-records.ts';
import type { StartOutcome } from './stream-start.ts';

// With which sources a stream began, in the words of every other answer.

/** The coverage of a beginning. Sources without an outcome are not concerned. */
export function coverageAtStart(sources: readonly Source[], outcomes: ReadonlyMap<string, StartOutcome>): Coverage {
  return coverageOf(
    sources.map((source): SourceCoverage => {
      const skipped = blankRecord(source, 'SKIPPED', 'it has no part in the stream');
      const outcome = outcomes.get(source.id);
      if (!outcome) {
        return skipped;
      }
      const { reached, message, attempts } = outcome;
      return { ...skipped, status: reached ? 'OK' : 'UNREACHABLE', message, attempts };
    }),
  );
}
