import { isDeepStrictEqual } from 'node:util';

import { isBulk } from '../model/operation-list.ts';
import type { Operation } from '../model/operation.ts';
import type { FeedChange, Records, RecordKind } from '../model/resource.ts';
import { masked, sees, type Sight } from '../model/sight.ts';
import type { LogBatch } from './feed-log.ts';
import type { Snapshot } from './snapshot.ts';
import type { InventoryState } from './state.ts';

// Changes of the feed as somebody sees them. A machine that leaves what they see is gone, one that comes into it is new, and
// what they do not see at all is a change of nothing, which is no event.

/** Where somebody looks up what a change alone does not tell. */
export interface SeenInventory {
  current(): InventoryState;
  changed?(revision: number, signal: AbortSignal): Promise<InventoryState>;
  /** What somebody sees of a snapshot. */
  seen(snapshot: Snapshot, sight: Sight): Snapshot;
}

/** The bulks of others that a follower has been told of, as they were told, by local id. */
export type BulkMemory = Map<string, Operation>;

/** Of a follower who has been told nothing. */
export function createBulkMemory(): BulkMemory {
  return new Map();
}

interface Seeing {
  readonly sight: Sight;
  readonly bulks: BulkMemory;
  readonly inventory: SeenInventory;
}

/** What somebody sees of a batch. */
export async function seenChanges(batch: LogBatch, seeing: Seeing, signal: AbortSignal): Promise<LogBatch> {
  if (batch.kind === 'gap') {
    seeing.bulks.clear();
    return batch;
  }
  const appends = [];
  for (const { revision, changes, ...rest } of batch.appends) {
    const bulks = changes.some((change) => isOfOthers(change, seeing.sight))
      ? await seenAt(revision, seeing, signal)
      : null;
    appends.push({ ...rest, revision, changes: changes.map((change) => seenChange(change, seeing, bulks)) });
  }
  return { ...batch, appends };
}

/** What is not seen has neither been there nor is it there. */
function seenChange(change: FeedChange, seeing: Seeing, snapshot: Snapshot | null): FeedChange {
  const { kind, localId } = change;
  const [before, after] = isOfOthers(change, seeing.sight)
    ? seenBulk(localId, seeing.bulks, snapshot)
    : [seenRecord(change.before, kind, seeing), seenRecord(change.after, kind, seeing)];
  const isNothing = kind === 'VirtualMachine' && isDeepStrictEqual(before, after);
  return { kind, localId, before: isNothing ? null : before, after: isNothing ? null : after } as FeedChange;
}

/** Many follow the same machines, and each of those becomes a row once. */
const maskedRecords = new WeakMap<object, Records[RecordKind]>();

function seenRecord(
  record: Records[RecordKind] | null,
  kind: RecordKind,
  { sight }: Seeing,
): Records[RecordKind] | null {
  if (record === null || !sees(sight, kind, record)) {
    return null;
  }
  const known = maskedRecords.get(record) ?? masked(kind, record);
  maskedRecords.set(record, known);
  return known;
}

/** A bulk of somebody else is what those of its parts have come to that are seen. */
function isOfOthers({ kind, before, after }: FeedChange, sight: Sight): boolean {
  const operation = (after ?? before) as Operation | null;
  return kind === 'Operation' && operation !== null && isBulk(operation.kind) && !sees(sight, kind, operation);
}

function seenBulk(
  localId: string,
  told: BulkMemory,
  snapshot: Snapshot | null,
): [before: Operation | null, after: Operation | null] {
  const before = told.get(localId) ?? null;
  const after = snapshot?.get('Operation', localId) ?? null;
  if (isDeepStrictEqual(before, after)) {
    return [null, null];
  }
  if (after === null) {
    told.delete(localId);
  } else {
    told.set(localId, after);
  }
  return [before, after];
}

/** What is seen once the broker knows everything up to a number of the feed. */
async function seenAt(revision: number, { sight, inventory }: Seeing, signal: AbortSignal): Promise<Snapshot | null> {
  let state = inventory.current();
  while (inventory.changed && (state.snapshot?.revision ?? 0) < revision) {
    state = await inventory.changed(state.revision, signal);
  }
  return state.snapshot === null ? null : inventory.seen(state.snapshot, sight);
}
