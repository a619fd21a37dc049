import type { Place } from '../core/revision-vector.ts';
import type { Predicate } from './filter.ts';
import type { FeedChange, RecordKind, Records, Row } from './resource.ts';

// From changes of the feed to the events that one reader gets: what comes into the reader's filter is ADDED, what leaves
// it is REMOVED. Pure. Whoever keeps rows by id, puts what is ADDED or MODIFIED and drops what is REMOVED has at each
// event's place what the filter meets there.

/** An event of one record. */
export interface RecordEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'REMOVED';
  readonly kind: RecordKind;
  /** As it is since the change; of one that is REMOVED, as it last met the filter. */
  readonly row: Row;
  /** The number of the first append that the event covers. */
  readonly fromSequence: number;
  /** The number of the last one. */
  readonly sequence: number;
  /** Right after the change: where a reader who has this event goes on. */
  readonly place: Place;
}

/** Which records a reader wants, by kind: a kind that is not there is not wanted, one with null is wanted whole. */
export type Wanted = { readonly [Kind in RecordKind]?: Predicate<Row<Kind>> | null };

/** Appends that follow each other, read at once. */
export interface ReadAppends {
  readonly feed: string;
  readonly appends: readonly { readonly revision: number; readonly changes: readonly FeedChange[] }[];
  /** How many changes of the first one the reader has seen before. */
  readonly skip: number;
}

/** Makes a row of a record. `revision` is the number of the append that made it so; null if that is not known. */
export interface ToRow {
  (kind: RecordKind, record: Records[RecordKind], revision: number | null): Row;
}

/** A reader that is so many changes behind gets those of a record as one event. */
const laggingChanges = 500;

/** The events of what was read, in the order of the changes; those of a reader who lags are coalesced. */
export function* eventsOf(read: ReadAppends, wanted: Wanted, toRow: ToRow): Iterable<RecordEvent> {
  const events = everyEventOf(read, wanted, toRow);
  yield* isLagging(read) ? coalesce(events) : events;
}

/** Where a reader is who has seen all that was read. */
export function placeAfter({ feed, appends }: ReadAppends): Place | null {
  const last = appends.at(-1);
  return last === undefined ? null : { feed, revision: last.revision, part: 0 };
}

/**
 * One event for each record: from what the reader knew before to what is so in the end, at the place of the last one. What
 * came and went is no event. A reader who goes on after one of these gets what follows as it happened, so that something
 * may be MODIFIED that it never saw, or REMOVED.
 */
export function coalesce(events: Iterable<RecordEvent>): readonly RecordEvent[] {
  const byRecord = new Map<string, RecordEvent>();
  for (const event of events) {
    const { id } = event.row;
    const known = byRecord.get(id);
    // Out and in again, so that the records stay in the order of their last changes.
    byRecord.delete(id);
    byRecord.set(id, known === undefined ? event : joined(known, event));
  }
  return [...byRecord.values()].filter((event) => !isNothing(event));
}

interface JoinedEvent extends RecordEvent {
  /** Whether the reader had the record before the first of the events. */
  readonly wasKnown: boolean;
}

function joined(first: RecordEvent | JoinedEvent, last: RecordEvent): JoinedEvent {
  const wasKnown = wasKnownBefore(first);
  const type = last.type === 'REMOVED' ? 'REMOVED' : wasKnown ? 'MODIFIED' : 'ADDED';
  return { ...last, type, fromSequence: first.fromSequence, wasKnown };
}

function isNothing(event: RecordEvent | JoinedEvent): boolean {
  return event.type === 'REMOVED' && !wasKnownBefore(event);
}

function wasKnownBefore(event: RecordEvent | JoinedEvent): boolean {
  return 'wasKnown' in event ? event.wasKnown : event.type !== 'ADDED';
}

/** The changes of one append come at once, so that they do not make anybody late. */
function isLagging({ appends }: ReadAppends): boolean {
  let behind = 0;
  for (const { changes } of appends.slice(1)) {
    behind += changes.length;
  }
  return behind > laggingChanges;
}

function* everyEventOf({ feed, appends, skip }: ReadAppends, wanted: Wanted, toRow: ToRow): Iterable<RecordEvent> {
  for (const [at, { revision, changes }] of appends.entries()) {
    for (let part = at === 0 ? skip : 0; part < changes.length; part += 1) {
      const found = transition(changes[part]!, wanted, { toRow, revision });
      if (found !== null) {
        const isLast = part + 1 === changes.length;
        const place = isLast ? { feed, revision, part: 0 } : { feed, revision: revision - 1, part: part + 1 };
        yield { ...found, fromSequence: revision, sequence: revision, place };
      }
    }
  }
}

/** Null if the reader neither had the record nor wants it now. */
function transition(
  { kind, before, after }: FeedChange,
  wanted: Wanted,
  { toRow, revision }: { readonly toRow: ToRow; readonly revision: number },
): Pick<RecordEvent, 'type' | 'kind' | 'row'> | null {
  const predicate = wanted[kind] as Predicate<Row> | null | undefined;
  if (predicate === undefined) {
    return null;
  }
  const ifMet = (row: Row | null): Row | null => (row === null || (predicate !== null && !predicate(row)) ? null : row);
  const old = ifMet(before === null ? null : toRow(kind, before, null));
  const now = ifMet(after === null ? null : toRow(kind, after, revision));
  if (now !== null) {
    return { type: old === null ? 'ADDED' : 'MODIFIED', kind, row: now };
  }
  return old === null ? null : { type: 'REMOVED', kind, row: old };
}
