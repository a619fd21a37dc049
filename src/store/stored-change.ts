import { isDeepStrictEqual } from 'node:util';

import type { FeedChange, RecordKind, Records } from '../model/resource.ts';

// Changes as the feed keeps them. Most changes move one or two values of a record, so what was before is kept as the values
// that were other ones: half the text, and half the work of reading it.

/** A change as it is kept. One that somebody kept whole is read as well. */
export type StoredChange = FeedChange | PatchedChange;

/** A change of a record that was there before and still is. */
interface PatchedChange {
  readonly kind: RecordKind;
  readonly localId: string;
  readonly after: object;
  /** The fields that had other values, with those. */
  readonly was: object;
}

/** The JSON text of some changes. */
export function textOf(changes: readonly FeedChange[]): string {
  return JSON.stringify(changes.map(stored));
}

/**
 * Changes as they were made.
 * @param revision The number of their append: an operation says where it last changed, which whoever appended it did not know.
 */
export function readStored(changes: readonly StoredChange[], revision: number): FeedChange[] {
  return changes.map((change) => {
    const whole = 'was' in change ? unpatched(change) : change;
    return whole.kind === 'Operation' && whole.after !== null
      ? { ...whole, after: { ...whole.after, revision } }
      : whole;
  });
}

function stored(change: FeedChange): StoredChange {
  const { kind, localId, before, after } = change;
  if (before === null || after === null || !haveSameFields(before, after)) {
    return change;
  }
  const was = Object.entries(before).filter(([field, value]) => {
    const now: unknown = after[field as keyof Records[RecordKind]];
    return value !== now && !isDeepStrictEqual(value, now);
  });
  return { kind, localId, was: Object.fromEntries(was), after };
}

function unpatched({ kind, localId, was, after }: PatchedChange): FeedChange {
  return { kind, localId, before: { ...after, ...was }, after } as FeedChange;
}

/** An older broker wrote records with fewer fields; a patch could not say that there was none. */
function haveSameFields(a: object, b: object): boolean {
  const fields = Object.keys(a);
  return fields.length === Object.keys(b).length && fields.every((field) => field in b);
}
