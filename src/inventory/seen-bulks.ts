import { seenBulk } from '../model/bulk.ts';
import { isBulk } from '../model/operation-list.ts';
import type { Row } from '../model/resource.ts';
import { sees, type Sight } from '../model/sight.ts';
import type { ChangedRow } from './changed-rows.ts';
import type { Snapshot } from './snapshot.ts';

// Bulks of others, for somebody who sees some of their parts: what those have come to, and nothing of the other parts.

interface Settling {
  /** With everything. */
  readonly snapshot: Snapshot;
  readonly sight: Sight;
  /** The operations that have changed. */
  readonly changed: readonly ChangedRow[];
}

/** The restricted snapshot with the bulks whose parts, or who themselves, have changed. */
export function settleBulks(seen: Snapshot, { snapshot, sight, changed }: Settling): Snapshot {
  const parts = new Map<string, Row<'Operation'>[]>();
  for (const { before, row } of changed) {
    for (const one of [before, row]) {
      const bulk = one === null ? null : bulkOf(one as Row<'Operation'>);
      if (bulk !== null) parts.set(bulk, []);
    }
  }
  if (parts.size === 0) {
    return seen;
  }
  for (const row of seen.rows('Operation')) {
    if (row.parent !== null) parts.get(row.parent)?.push(row);
  }
  const changes = [...parts].flatMap(([localId, found]) => {
    const whole = snapshot.get('Operation', localId);
    const isWhole = whole !== null && sees(sight, 'Operation', whole);
    const after = whole === null || found.length === 0 ? null : seenBulk(whole, found);
    return isWhole ? [] : [{ kind: 'Operation' as const, localId, before: null, after }];
  });
  return seen.patch(changes);
}

/** The local id of the bulk that this is, or that it is a part of. */
function bulkOf({ kind, localId, parent }: Row<'Operation'>): string | null {
  return isBulk(kind) ? localId : parent;
}
