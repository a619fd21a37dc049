import type { Row } from '../model/resource.ts';

// What is different between two snapshots of which one came from the other. Rows that did not change are the same objects at
// the same places, so that comparing costs next to nothing.

/** A row that is not what it was at its place. */
export interface ChangedRow {
  readonly localId: string;
  /** What it was; null if there was none. */
  readonly before: Row | null;
  /** What it is; null if there is none. */
  readonly row: Row | null;
}

type Slots = readonly (Row | undefined)[];

/** The rows that are different, those that are gone first: one of them may be back at another place. */
export function changedRows(before: Slots, after: Slots): readonly ChangedRow[] {
  if (before === after) {
    return [];
  }
  const gone: ChangedRow[] = [];
  const come: ChangedRow[] = [];
  const slots = Math.max(before.length, after.length);
  for (let slot = 0; slot < slots; slot += 1) {
    const old = before[slot];
    const now = after[slot];
    if (old === now) continue;
    if (old !== undefined && old.localId !== now?.localId) {
      gone.push({ localId: old.localId, before: old, row: null });
    }
    if (now !== undefined) {
      come.push({ localId: now.localId, before: old ?? null, row: now });
    }
  }
  return [...gone, ...come];
}
