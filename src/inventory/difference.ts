import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import {
  resourceKinds,
  type Change,
  type FeedChange,
  type Inventory,
  type RecordKind,
  type Records,
  type ResourceKind,
  type Resources,
  type Row,
} from '../model/resource.ts';
import { shareValues } from '../model/pace.ts';
import type { Snapshot } from './snapshot.ts';

// What has to be told to those who know a snapshot, and nothing that they know already.

/** As many comparisons as are made before others get a turn: some milliseconds' worth. */
const comparisonsPerTurn = 1_000;

/**
 * The changes that lead from a snapshot to an inventory and what changed since that was taken.
 * @param from Null for nothing at all.
 */
export async function differenceOf(
  from: Snapshot | null,
  inventory: Inventory,
  since: readonly Change[],
): Promise<readonly Change[]> {
  const result: Change[] = [];
  for (const kind of resourceKinds) {
    const there = new Map<string, Resources[ResourceKind]>(inventory[kind].map((each) => [each.localId, each]));
    for (const change of since) {
      if (change.kind !== kind) continue;
      if (change.type === 'remove') there.delete(change.localId);
      else there.set(change.resource.localId, change.resource);
    }
    for (const { localId } of from?.rows(kind) ?? []) {
      if (!there.has(localId)) result.push({ type: 'remove', kind, localId });
    }
    let compared = 0;
    for (const [localId, resource] of there) {
      if (!isKnown(from, kind, localId, resource)) result.push({ type: 'upsert', kind, resource } as Change);
      compared += 1;
      if (compared % comparisonsPerTurn === 0) await nextTurn();
    }
  }
  return result;
}

/** The last of these changes for each resource, without those that change nothing. */
export function newsOf(from: Snapshot | null, changes: readonly Change[]): readonly Change[] {
  const last = new Map<string, Change>();
  for (const change of changes) {
    last.set(`${change.kind} ${localIdOf(change)}`, change);
  }
  return [...last.values()].filter(
    (change) => !isKnown(from, change.kind, localIdOf(change), change.type === 'remove' ? null : change.resource),
  );
}

/** The changes as the feed has them: each with what it replaces. No resource may be changed by two of them. */
export function withBefore(from: Snapshot | null, changes: readonly Change[]): readonly FeedChange[] {
  return changes.map((change) => {
    const localId = localIdOf(change);
    const row = from?.get(change.kind, localId) ?? null;
    const before = row === null ? null : recordOf(row);
    const resource = change.type === 'upsert' ? change.resource : null;
    const after = resource === null || before === null ? resource : shareValues<object>(resource, before);
    return { kind: change.kind, localId, before, after } as FeedChange;
  });
}

/** A row without its place in the world, which every broker adds by itself. */
export function recordOf<Kind extends RecordKind>({ id: _, installation: __, ...record }: Row<Kind>): Records[Kind] {
  return record as unknown as Records[Kind];
}

function localIdOf(change: Change): string {
  return change.type === 'upsert' ? change.resource.localId : change.localId;
}

/** Whether the snapshot says the same of a resource; null: that it is not there. */
function isKnown(
  from: Snapshot | null,
  kind: ResourceKind,
  localId: string,
  resource: Resources[ResourceKind] | null,
): boolean {
  const row = from?.get(kind, localId) ?? null;
  if (row === null || resource === null) {
    return row === resource;
  }
  // A row has its place in the world besides.
  return Object.entries(resource).every(([key, value]) => isDeepStrictEqual(value, row[key as keyof typeof row]));
}
