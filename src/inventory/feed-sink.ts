import { resourceKinds, type Change } from '../model/resource.ts';
import type { Database } from '../store/database.ts';
import { appendChanges, readHead, type FeedHead } from '../store/feed.ts';
import { reportWatch, type Lease } from '../store/lease.ts';
import { differenceOf, newsOf, withBefore } from './difference.ts';
import type { Replica } from './replica.ts';
import { storeSnapshot } from './store-snapshot.ts';
import type { InventorySink } from './watch-driver.ts';

// What a manager tells becomes appends of the feed, one after the other, each only what is new. It ends with the first
// append that is refused or fails: whether that one was made is found out by whoever begins again.

/** What an appending sink needs. */
export interface FeedSinkOptions {
  readonly database: Database;
  readonly lease: Lease;
  /** Has everything up to `head`. */
  readonly replica: Replica;
  /** The head when the lease was taken. */
  readonly head: FeedHead;
  /** How many changes the feed keeps at least; a broker that is further behind reads the stored snapshot. */
  readonly keepChanges: number;
}

/** A sink that appends to the feed. */
export interface FeedSink extends InventorySink {
  /** True from an inventory of the manager on until it is lost. */
  readonly isInForce: boolean;
  /** True once an append was refused or failed. */
  readonly failed: boolean;
  /** Tells everybody that the manager cannot be reached. */
  lost(message: string): Promise<void>;
}

/** Storing a snapshot costs as much as so many changes at least, however small the installation is. */
const fewestChangesPerSnapshot = 5_000;
/** A tick of usage changes every machine: a snapshot after each would cost half as much again. */
const changesPerResource = 4;

/** Starts to append. */
export function createFeedSink(options: FeedSinkOptions, signal: AbortSignal): FeedSink {
  const { database, lease, replica, head, keepChanges } = options;
  let { changes, snapshotChanges } = head;
  let isInForce = false;
  let failed = false;
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => {
      failed = true;
    });
    return done;
  };
  const append = async (news: readonly Change[]): Promise<void> => {
    if (news.length === 0) return;
    const feedChanges = withBefore(replica.current(), news);
    const seen = replica.revision();
    const appended = heldLease(await appendChanges(database, { ...lease, seen, changes: feedChanges }, signal));
    changes = appended.total;
    if (!replica.apply(appended.revision, feedChanges)) {
      // Operations were appended in between.
      await replica.follow(await readHead(database, signal), signal);
    }
    const snapshot = replica.current()!;
    const size = resourceKinds.reduce((sum, kind) => sum + snapshot.count(kind), 0);
    if (
      snapshotChanges === null ||
      changes - snapshotChanges >= Math.max(fewestChangesPerSnapshot, changesPerResource * size)
    ) {
      heldLease(await storeSnapshot(snapshot, { database, lease, changes, keepChanges }, signal));
      snapshotChanges = changes;
    }
  };
  const report = async (state: 'WATCHING' | 'LOST', message: string | null): Promise<void> => {
    heldLease(await reportWatch(database, { ...lease, state, message }, signal));
    isInForce = state === 'WATCHING';
  };
  return {
    get isInForce() {
      return isInForce;
    },
    get failed() {
      return failed;
    },
    replace: (inventory, since) =>
      inTurn(async () => {
        await append(await differenceOf(replica.current(), inventory, since));
        if (!isInForce) await report('WATCHING', null);
      }),
    patch: (news) => inTurn(() => append(newsOf(replica.current(), news))),
    lost: (message) => inTurn(() => report('LOST', message)),
  };
}

/** A query that another broker's lease keeps from doing anything gives null or false. */
function heldLease<T>(result: T | null | false): T {
  if (result === null || result === false) {
    throw new Error('Another broker has the lease.');
  }
  return result;
}
