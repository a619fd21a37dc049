import type { FeedChange, RecordKind } from '../model/resource.ts';
import { masked, sees, type Sight } from '../model/sight.ts';
import { changedRows } from './changed-rows.ts';
import { settleBulks } from './seen-bulks.ts';
import { createSnapshot, type Snapshot, withOperations } from './snapshot.ts';

// Snapshots as somebody sees them who does not see everything. They are snapshots like any other, so that whatever is made of
// them costs what it always costs and cannot tell more than they hold. One is made of the last one and what has changed since:
// who sees the same machines shares it, and whoever sees everything never comes here.

/** Gives restricted snapshots. */
export interface Restriction {
  /** What somebody sees of a snapshot. */
  of(snapshot: Snapshot, sight: Sight): Snapshot;
}

/** A part of what somebody sees. */
interface Part {
  /** What it was made of; null for nothing. */
  readonly base: Snapshot | null;
  readonly seen: Snapshot;
}

/** As many as there are people who look at the same time at a large installation; whoever comes later waits some milliseconds. */
const mostParts = 256;
/** As much as ten whole installations of the largest size, some hundred bytes each. */
const mostRows = 500_000;

/** The restricted snapshots of one installation. */
export function createRestriction(): Restriction {
  const parts = new Map<string, Part>();
  const keep = (name: string, part: Part): Snapshot => {
    // Out and in again, so that the first one is the one that was used least lately.
    parts.delete(name);
    parts.set(name, part);
    dropOldest(parts);
    return part.seen;
  };
  return {
    of(snapshot, sight) {
      const { installation } = snapshot;
      const known = (name: string): Part => parts.get(name) ?? { base: null, seen: nothingOf(installation) };
      const operationsName = JSON.stringify([sight.name, sight.actor]);
      const machines = keep(sight.name, followed(known(sight.name), 'VirtualMachine', { snapshot, sight }));
      const operations = keep(operationsName, followed(known(operationsName), 'Operation', { snapshot, sight }));
      return withOperations(machines, operations, snapshot);
    },
  };
}

function nothingOf(installation: string): Snapshot {
  return createSnapshot(installation, { VirtualMachine: [], Host: [], Datastore: [], Network: [] });
}

function dropOldest(parts: Map<string, Part>): void {
  let rows = 0;
  for (const { seen } of parts.values()) {
    rows += seen.count('VirtualMachine') + seen.count('Operation');
  }
  for (const [name, { seen }] of parts) {
    if (parts.size <= 2 || (parts.size <= mostParts && rows <= mostRows)) return;
    rows -= seen.count('VirtualMachine') + seen.count('Operation');
    parts.delete(name);
  }
}

interface Looked {
  readonly snapshot: Snapshot;
  readonly sight: Sight;
}

/** The part as it is in this snapshot. */
function followed(part: Part, kind: RecordKind, { snapshot, sight }: Looked): Part {
  if (part.base === snapshot) {
    return part;
  }
  const changed = changedRows(part.base?.slots(kind) ?? [], snapshot.slots(kind));
  const changes = changed.flatMap(({ localId, row }) => {
    const after = row !== null && sees(sight, kind, row) ? masked(kind, row) : null;
    // Most of what changes is neither seen nor was it.
    const isNothing = after === null && part.seen.get(kind, localId) === null;
    return isNothing ? [] : [{ kind, localId, before: null, after } as FeedChange];
  });
  const seen = part.seen.patch(changes);
  return { base: snapshot, seen: kind === 'Operation' ? settleBulks(seen, { snapshot, sight, changed }) : seen };
}
