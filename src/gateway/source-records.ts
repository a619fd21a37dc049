import type { Lack } from '../merge/combine.ts';
import { answered, type SourceCoverage, type SourceStatus } from '../model/coverage.ts';
import { installationSource } from '../model/source-name.ts';
import type { SourceIdentity } from './source.ts';

// The records of sources that say nothing of themselves: of those that are not asked, and of the installations of a site
// that could not be asked.

/** A record in which nothing is known but the status and why. */
export function blankRecord(
  { id, tier, parent }: Pick<SourceIdentity, 'id' | 'tier' | 'parent'>,
  status: SourceStatus,
  message: string | null,
): SourceCoverage {
  return {
    id,
    tier,
    parent,
    status,
    message,
    endpoint: null,
    attempts: 0,
    latencyMs: null,
    rows: null,
    asOf: null,
  };
}

/** The records of a source that is not asked: a site brings its installations along. */
export function skippedRecords(source: SourceIdentity, message: string): readonly SourceCoverage[] {
  return [blankRecord(source, 'SKIPPED', message), ...nestedRecords(source, 'SKIPPED', message)];
}

/** What holds for a whole site, of each of its installations as configured; nothing for an installation. */
export function nestedRecords(
  { id, tier, installations }: SourceIdentity,
  status: SourceStatus,
  message: string | null,
): readonly SourceCoverage[] {
  return tier === 'INSTALLATION'
    ? []
    : [...installations]
        .sort()
        .map((one) => blankRecord({ id: installationSource(one), tier: 'INSTALLATION', parent: id }, status, message));
}

/** The record of a source that answered, with what is null in its answer because it is of another version. */
export function withLack(record: SourceCoverage, lack: Lack | undefined): SourceCoverage {
  if (!lack || !answered(record)) {
    return record;
  }
  const messages = [record.message, lack.message].filter((message) => message !== null);
  return {
    ...record,
    // That its data is old says more.
    status: record.status === 'STALE' ? 'STALE' : 'UNSUPPORTED',
    message: messages.join('; '),
    unsupportedFields: [...new Set([...(record.unsupportedFields ?? []), ...lack.fields])].sort(),
  };
}
