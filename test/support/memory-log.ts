import { abortable } from '../../src/core/abort.ts';
import type { Place } from '../../src/core/revision-vector.ts';
import type { FeedLog, LogBatch } from '../../src/inventory/feed-log.ts';
import type { FeedChange } from '../../src/model/resource.ts';

// The feed of an installation in memory, for tests of what reads it.

/** A feed that a test appends to. */
export interface MemoryLog extends FeedLog {
  /** Gives the number of the append. */
  append(...changes: readonly FeedChange[]): number;
  /** Forgets all appends so far, so that who lags gets a gap. */
  truncate(): void;
  /** Whether the broker knows its feed; one that has just started does not for a while. */
  know(isKnown: boolean): void;
  /** How many readers follow it. */
  readonly readers: number;
}

/** An empty feed. */
export function createMemoryLog(feed = 'f'): MemoryLog {
  const appends: { readonly revision: number; readonly changes: readonly FeedChange[] }[] = [];
  let keptAfter = 0;
  let readers = 0;
  let isKnown = true;
  let wake = Promise.withResolvers<void>();
  const place = (): Place => ({ feed, revision: appends.length, part: 0 });
  const read = ({ revision, part, ...known }: Place): LogBatch =>
    known.feed !== feed || revision < keptAfter || revision > appends.length
      ? { kind: 'gap', place: place() }
      : { kind: 'appends', feed, appends: appends.slice(revision), skip: part };
  return {
    get readers() {
      return readers;
    },
    append(...changes) {
      appends.push({ revision: appends.length + 1, changes });
      wake.resolve();
      wake = Promise.withResolvers();
      return appends.length;
    },
    truncate() {
      keptAfter = appends.length;
    },
    know: (now) => void (isKnown = now),
    place: () => (isKnown ? place() : null),
    reach: (wanted) => Promise.resolve(wanted.feed === feed && wanted.revision <= appends.length),
    async *follow(after, signal) {
      readers += 1;
      try {
        for (let at = after ?? place(); !signal.aborted;) {
          const isAtEnd = at.feed === feed && at.revision === appends.length;
          if (isAtEnd) {
            await abortable(wake.promise, signal).catch(() => undefined);
            continue;
          }
          const batch = read(at);
          at = place();
          yield batch;
        }
      } finally {
        readers -= 1;
      }
    },
  };
}
