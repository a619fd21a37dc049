import type { Change } from '../../model/resource.ts';
import type { EventLine } from './protocol.ts';

// The latest batches of changes as lines that are ready to be sent, so that every reader of the event stream reads the same
// text at its own pace. Bounded by size: who falls behind further than this has to take a new inventory.

/** The latest batches. */
export interface Journal {
  /** Keeps a batch; revisions follow each other without gaps. */
  append(revision: number, changes: readonly Change[]): void;
  /**
   * The line of the batch with that revision, with its line end.
   * @returns Null if it is no longer kept or does not exist yet.
   */
  lineOf(revision: number): string | null;
}

/** Room for about 15 ticks of usage of 50,000 machines, in UTF-16 units. */
const defaultCapacity = 32 * 2 ** 20;

/** An empty journal. */
export function createJournal(capacity = defaultCapacity): Journal {
  const lines = new Map<number, string>();
  let size = 0;
  return {
    append(revision, changes) {
      const line = `${JSON.stringify({ type: 'changes', revision, changes } satisfies EventLine)}\n`;
      lines.set(revision, line);
      size += line.length;
      // A Map keeps the order of insertion, so the first entry is the oldest. The newest always stays.
      for (const [oldest, { length }] of lines) {
        if (size <= capacity || oldest === revision) {
          break;
        }
        lines.delete(oldest);
        size -= length;
      }
    },
    lineOf: (revision) => lines.get(revision) ?? null,
  };
}
