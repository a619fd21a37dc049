import type { Place } from '../core/revision-vector.ts';
import { placeAfter } from '../model/event.ts';
import type { Sight } from '../model/sight.ts';
import type { FeedLog, LogBatch } from './feed-log.ts';
import { createBulkMemory, seenChanges, type SeenInventory } from './seen-changes.ts';

// The feed as somebody follows it who need not see everything, and whose rights may change meanwhile. What is not seen is no
// change at all, and keeps its place, so that tokens go on meaning the same. When the rights change there is a gap: whoever
// follows looks at everything anew, by the rights that they have then.

/** Who follows, as it is now. */
export interface Follower {
  /** Throws if nothing may be seen any more. The name is the same as long as the rights are. */
  rights(): { readonly name: string; readonly sight: Sight | null };
  /** Aborts when the rights may have changed. */
  lasting(): AbortSignal;
}

/** The feed for one follower. */
export function seenLog(log: FeedLog, follower: Follower, inventory: SeenInventory): FeedLog {
  return {
    place: () => log.place(),
    reach: (place, signal) => log.reach(place, signal),
    follow: (after, signal) => follow({ log, follower, inventory }, after, signal),
  };
}

interface Following {
  readonly log: FeedLog;
  readonly follower: Follower;
  readonly inventory: SeenInventory;
}

async function* follow(
  { log, follower, inventory }: Following,
  after: Place | null,
  signal: AbortSignal,
): AsyncGenerator<LogBatch, void, undefined> {
  let place = after ?? log.place();
  let lasting = follower.lasting();
  let rights = follower.rights();
  let bulks = createBulkMemory();
  const batches = log.follow(after, signal)[Symbol.asyncIterator]();
  try {
    for (let next = batches.next(); ;) {
      const batch = await awaitOr(next, lasting);
      if (batch === 'aborted' || lasting.aborted) {
        lasting = follower.lasting();
        const before = rights.name;
        rights = follower.rights();
        bulks = createBulkMemory();
        if (rights.name !== before && place !== null) yield { kind: 'gap', place };
      }
      if (batch === 'aborted') continue;
      if (batch.done === true) return;
      const { sight } = rights;
      yield sight === null ? batch.value : await seenChanges(batch.value, { sight, bulks, inventory }, signal);
      place = endOf(batch.value) ?? place;
      next = batches.next();
    }
  } finally {
    // It may still wait, and then ends with the signal.
    batches.return?.().catch(() => undefined);
  }
}

function endOf(batch: LogBatch): Place | null {
  return batch.kind === 'gap' ? batch.place : placeAfter(batch);
}

/** What comes first; the promise can then be waited for again, and nothing grows meanwhile. */
async function awaitOr<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | 'aborted'> {
  if (signal.aborted) {
    return 'aborted';
  }
  const aborted = Promise.withResolvers<'aborted'>();
  const abort = (): void => aborted.resolve('aborted');
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
