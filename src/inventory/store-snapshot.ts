import { setImmediate as nextTurn } from 'node:timers/promises';

import { recordKinds, type Row } from '../model/resource.ts';
import type { Database } from '../store/database.ts';
import type { Lease } from '../store/lease.ts';
import { publishSnapshot, writeSnapshotPart } from '../store/snapshot.ts';
import type { StoredRecords } from '../store/tables.ts';
import { recordOf } from './difference.ts';
import type { Snapshot } from './snapshot.ts';

// Keeps a snapshot in the database, so that the changes before it may be dropped.

/** As many records as become one JSON text at a time: some milliseconds' worth. */
const recordsPerPart = 500;

interface Storing {
  readonly database: Database;
  readonly lease: Lease;
  /** How many changes led to the snapshot. */
  readonly changes: number;
  /** How many changes are kept whatever the snapshot has. */
  readonly keepChanges: number;
}

/** Stores a snapshot; false if another broker has the lease. Throws as every query. */
export async function storeSnapshot(snapshot: Snapshot, storing: Storing, signal: AbortSignal): Promise<boolean> {
  const { database, lease, changes, keepChanges } = storing;
  const place = { ...lease, revision: snapshot.revision };
  let part = 0;
  for (const content of partsOf(snapshot)) {
    await writeSnapshotPart(database, { ...place, part, content }, signal);
    await nextTurn();
    part += 1;
  }
  const { lastChanges } = snapshot;
  return publishSnapshot(database, { ...place, changes, keepChanges, lastChanges }, signal);
}

/** Every kind has a part, so that a snapshot of an empty installation is one as well. */
function* partsOf(snapshot: Snapshot): Iterable<StoredRecords> {
  for (const kind of recordKinds) {
    const rows: readonly Row[] = [...snapshot.rows(kind)];
    for (let from = 0; from === 0 || from < rows.length; from += recordsPerPart) {
      yield { kind, records: rows.slice(from, from + recordsPerPart).map(recordOf) } as StoredRecords;
    }
  }
}
