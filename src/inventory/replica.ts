import { setImmediate as nextTurn } from 'node:timers/promises';

import type { FeedChange, RecordKind, Records } from '../model/resource.ts';
import type { Database } from '../store/database.ts';
import { readChanges, type Append, type FeedHead } from '../store/feed.ts';
import { readSnapshot, type StoredSnapshot } from '../store/snapshot.ts';
import { createSnapshot, type Snapshot } from './snapshot.ts';

// A broker's copy of the installation, made of the feed alone: each revision is what the same revision is at every other
// broker. It follows; it never appends.

/** A copy of what the feed says. */
export interface Replica {
  /** Null as long as the feed is empty. */
  current(): Snapshot | null;
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
  /** Told when a stored snapshot took the place of appends. */
  readonly onJump: (feed: string, revision: number) => void;
}

/** An empty copy. */
export function createReplica({ database, installation, onAppend, onJump }: ReplicaOptions): Replica {
  let snapshot: Snapshot | null = null;
  let feed: string | null = null;
  const revision = (): number => snapshot?.revision ?? 0;
  const apply = (next: number, changes: readonly FeedChange[]): boolean => {
    if (next <= revision()) {
      return true;
    }
    if (next > revision() + 1) {
      return false;
    }
    const taken = numbered(changes, next);
    snapshot = (snapshot ?? createSnapshot(installation, nothing)).patch(taken).at(next);
    onAppend(feed ?? '', { revision: next, changes: taken });
    return true;
  };
  const reload = async (signal: AbortSignal): Promise<void> => {
    const stored = await readSnapshot(database, signal);
    if (stored === null || stored.revision <= revision()) return;
    const records = recordsOf(stored.parts);
    snapshot = (snapshot?.replace(records) ?? createSnapshot(installation, records)).at(stored.revision);
    onJump(feed ?? '', stored.revision);
  };
  return {
    current: () => snapshot,
    revision,
    apply,
    async follow(head, signal) {
      if (head.feed !== feed) {
        // Another database, with numbers of its own.
        feed = head.feed;
        snapshot = null;
      }
      if (snapshot === null || revision() < head.keptAfter) {
        await reload(signal);
      }
      while (revision() < head.revision) {
        const before = revision();
        for (const append of await readChanges(database, before, signal)) {
          if (!apply(append.revision, append.changes)) break;
          await nextTurn();
        }
        if (revision() === before) {
          // They were dropped since the head was read, for a snapshot that is newer.
          await reload(signal);
          if (revision() === before) {
            throw new Error(`The feed lacks the change after revision ${before}.`);
          }
        }
      }
    },
  };
}

const nothing: RecordLists = { VirtualMachine: [], Host: [], Datastore: [], Network: [], Operation: [] };

type RecordLists = { readonly [Kind in RecordKind]: readonly Records[Kind][] };

/** An operation says in which append it last changed, which whoever made the append did not know. */
export function numbered(changes: readonly FeedChange[], revision: number): readonly FeedChange[] {
  return changes.map((change) =>
    change.kind === 'Operation' && change.after !== null ? { ...change, after: { ...change.after, revision } } : change,
  );
}

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
