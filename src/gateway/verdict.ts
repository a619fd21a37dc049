import { SitewideError } from '../core/errors.ts';
import {
  answered,
  areForbidden,
  type Coverage,
  coverageOf,
  reasonsOf,
  type SourceCoverage,
} from '../model/coverage.ts';
import type { FieldQuestion } from './field-question.ts';

// Whether what the sources gave may be answered at all.

/**
 * The coverage of a field, reported.
 * @throws SitewideError `NO_SOURCE_ANSWERED` if nobody answered, `FORBIDDEN` if nobody may answer, `COVERAGE_NOT_MET` if the caller refuses a partial answer.
 */
export function judgeCoverage(question: FieldQuestion, records: readonly SourceCoverage[]): Coverage {
  const coverage = coverageOf(records);
  const field = question.subquery.responseName;
  question.report(coverage);
  if (!records.some(answered)) {
    const code = areForbidden(records) ? 'FORBIDDEN' : 'NO_SOURCE_ANSWERED';
    throw new SitewideError(code, { field, reasons: reasonsOf(records) }, { details: { coverage } });
  }
  if (question.context.wanted.require === 'ALL' && !coverage.complete) {
    const lacking = records.filter(({ status }) => status !== 'SKIPPED');
    throw new SitewideError('COVERAGE_NOT_MET', { field, reasons: reasonsOf(lacking) }, { details: { coverage } });
  }
  return coverage;
}
