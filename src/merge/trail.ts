import type { Trail } from '../core/cursor.ts';
import { answered, type SourceCoverage } from '../model/coverage.ts';

// What the pages of a list so far rest on, carried from page to page in the page cursors, so that a source that was away
// on one page is named on the later ones: no silent hole.

/** The records as they are in view of the earlier pages: a source that answers now but was absent then is MISSED. */
export function markMissed(records: readonly SourceCoverage[], earlier: Trail | null): SourceCoverage[] {
  if (earlier === null) {
    return [...records];
  }
  const known = new Set(records.map(({ id }) => id));
  const gone = Object.keys(earlier.seen).filter((id) => !known.has(id));
  return [...records.map((record) => markOne(record, earlier)), ...gone.map(leftRecord)];
}

/** The trail for the cursors of this page. */
export function extendTrail(
  records: readonly SourceCoverage[],
  revisions: Readonly<Record<string, number>>,
  earlier: Trail | null,
): Trail {
  // Of a site, its installations tell more.
  const concerned = records.filter(({ status, tier }) => status !== 'SKIPPED' && tier === 'INSTALLATION');
  const missed = new Set(earlier?.missed ?? []);
  const seen: Record<string, number> = {};
  for (const record of concerned) {
    if (answered(record)) {
      seen[record.id] = revisions[record.id] ?? 0;
    }
    if (!answered(record) || record.status === 'MISSED' || isLate(record, earlier)) {
      missed.add(record.id);
    }
  }
  return { seen, missed: [...missed].sort() };
}

/** True if it was not asked for an earlier page, which of one of another version is not said. */
function isLate({ id, status }: SourceCoverage, earlier: Trail | null): boolean {
  return status === 'UNSUPPORTED' && earlier !== null && !(id in earlier.seen);
}

function markOne(record: SourceCoverage, earlier: Trail): SourceCoverage {
  const absent = earlier.missed.includes(record.id);
  if (record.status !== 'OK' || record.tier !== 'INSTALLATION' || (!absent && record.id in earlier.seen)) {
    return record;
  }
  const message = absent ? 'it was absent on an earlier page' : 'it was not asked for an earlier page';
  return { ...record, status: 'MISSED', message };
}

/** A source that contributed to an earlier page and is no longer configured. */
function leftRecord(id: string): SourceCoverage {
  return {
    id,
    tier: 'INSTALLATION',
    parent: null,
    status: 'SKIPPED',
    message: 'it contributed to an earlier page and has left since',
    endpoint: null,
    attempts: 0,
    latencyMs: null,
    rows: null,
    asOf: null,
  };
}
