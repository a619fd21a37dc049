import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Place } from '../core/revision-vector.ts';
import type { FeedChange, RecordKind, Records } from '../model/resource.ts';
import type { Database } from '../store/database.ts';
import { readChanges, type Append, type FeedHead } from '../store/feed.ts';
import { readSnapshot, type StoredSnapshot } from '../store/snapshot.ts';
import { createSnapshot, type Snapshot } from './snapshot.ts';

// A broker's copy of the installation, made of the feed alone: each revision is what the same revision is at every other
// broker. It follows; it never appends.

/** A copy of what the feed says. */
export interface Replica {
  /** Null before the feed was read for the first time. */
  current(): Snapshot | null;
  /** The same; null also before there was an inventory: operations alone do not make one. */
  inventory(): Snapshot | null;
  /** Where it is; null before the feed was read for the first time. */
  place(): Place | null;
  /** The number of the last append it has; 0 if it has none. */
  revision(): number;
  /** Takes an append if it is the next one; one that it has is nothing new. False if some before it are missing. */
  apply(revision: number, changes: readonly FeedChange[]): boolean;
  /** Reads until it has what the head says. Throws as every query. */
  follow(head: FeedHead, signal: AbortSignal): Promise<void>;
}

interface ReplicaOptions {
  readonly database: Database;
  /** The configured id of the installation. */
  readonly installation: string;
  /** Told of each append that was taken. */
  readonly onAppend: (feed: string, append: Append) => void;
  /** Told when a stored snapshot, or another life of the feed, took the place of appends. */
  readonly onJump: (feed: string, revision: number) => void;
}

/** A copy as far as it got. */
interface Copy {
  readonly feed: string;
  readonly snapshot: Snapshot;
  /** Whether a manager has ever told what there is. */
  readonly isTaken: boolean;
}

/** An empty copy. */
export function createReplica({ database, installation, onAppend, onJump }: ReplicaOptions): Replica {
  let copy: Copy | null = null;
  const revision = (): number => copy?.snapshot.revision ?? 0;
  const apply = (next: number, changes: readonly FeedChange[]): boolean => {
    if (next <= revision()) {
      return true;
    }
    if (copy === null || next > revision() + 1) {
      return false;
    }
    const isTaken = copy.isTaken || changes.some(({ kind }) => kind !== 'Operation');
    copy = { ...copy, snapshot: copy.snapshot.patch(changes).at(next), isTaken };
    onAppend(copy.feed, { revision: next, changes });
    return true;
  };
  const begin = (feed: string): void => {
    copy = { feed, snapshot: createSnapshot(installation, nothing).at(0), isTaken: false };
    onJump(feed, 0);
  };
  const reload = async (signal: AbortSignal): Promise<void> => {
    const stored = await readSnapshot(database, signal);
    if (copy === null || stored?.feed !== copy.feed || stored.revision <= revision()) return;
    // Only watchers store snapshots, and they have an inventory.
    const { revision: at, lastChanges } = stored;
    copy = { ...copy, snapshot: copy.snapshot.replace(recordsOf(stored.parts)).at(at, lastChanges), isTaken: true };
    onJump(copy.feed, stored.revision);
  };
  const readOn = async (feed: string, signal: AbortSignal): Promise<void> => {
    const before = revision();
    for (const append of await readChanges(database, { feed, revision: before }, signal)) {
      if (copy?.feed !== feed || !apply(append.revision, append.changes)) break;
      await nextTurn();
    }
    if (revision() === before) {
      // They were dropped since the head was read, for a snapshot that is newer.
      await reload(signal);
      if (revision() === before) {
        throw new Error(`The feed lacks the change after revision ${before}.`);
      }
    }
  };
  return {
    current: () => copy?.snapshot ?? null,
    inventory: () => (copy?.isTaken === true ? copy.snapshot : null),
    place: () => (copy === null ? null : { feed: copy.feed, revision: copy.snapshot.revision, part: 0 }),
    revision,
    apply,
    async follow(head, signal) {
      if (head.feed !== copy?.feed) {
        // Another database, with numbers of its own.
        begin(head.feed);
      }
      if (head.snapshotChanges !== null && (revision() === 0 || revision() < head.keptAfter)) {
        await reload(signal);
      }
      while (revision() < head.revision) {
        await readOn(head.feed, signal);
      }
      if (head.confirmedMsAgo !== null && copy?.feed === head.feed && !copy.isTaken) {
        // There is an inventory, and nothing in it.
        copy = { ...copy, isTaken: true };
      }
    },
  };
}

const nothing: RecordLists = { VirtualMachine: [], Host: [], Datastore: [], Network: [], Operation: [] };

type RecordLists = { readonly [Kind in RecordKind]: readonly Records[Kind][] };

function recordsOf(parts: StoredSnapshot['parts']): RecordLists {
  const byKind: { [Kind in RecordKind]: Records[Kind][] } = {
    VirtualMachine: [],
    Host: [],
    Datastore: [],
    Network: [],
    Operation: [],
  };
  for (const { kind, records } of parts) {
    (byKind[kind] as unknown[]).push(...records);
  }
  return byKind;
}
