import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { Place } from '../../src/core/revision-vector.ts';
import {
  coalesce,
  eventsOf,
  type ReadAppends,
  type RecordEvent,
  type ToRow,
  type Wanted,
} from '../../src/model/event.ts';
import { rowOf, type FeedChange, type Row } from '../../src/model/resource.ts';
import type { Vm } from '../../src/model/vm.ts';
import { vm } from '../support/builders.ts';

// A history of a few machines: in each append some of them come, change or go. Whatever filter a reader has and wherever it
// is cut off, the events must bring it from the filtered list at the start to the filtered list at the end.

const toRow: ToRow = (kind, record) => rowOf(kind, record, 'a');
const wanted: Wanted = { VirtualMachine: (row) => row.cpuCount === 1 };

interface History {
  readonly initial: ReadonlyMap<string, Vm>;
  readonly read: ReadAppends;
}

const machine = fc.constantFrom('m1', 'm2', 'm3');
const cpus = fc.constantFrom(null, 1, 1, 2);
const step = fc.record({ name: machine, cpuCount: cpus, memoryMiB: fc.nat(9) });

const histories: fc.Arbitrary<History> = fc
  .tuple(fc.array(step, { maxLength: 3 }), fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 8 }))
  .map(([before, steps]) => {
    const now = new Map<string, Vm>();
    before.forEach((one) => changeOf(now, one));
    const initial = new Map(now);
    const appends = steps.map((changes, at) => ({
      revision: at + 1,
      changes: changes.map((one) => changeOf(now, one)),
    }));
    return { initial, read: { feed: 'f', appends, skip: 0 } };
  });

/** Without a number of CPUs the machine is gone. */
function changeOf(
  now: Map<string, Vm>,
  { name, cpuCount, memoryMiB }: { name: string; cpuCount: number | null; memoryMiB: number },
): FeedChange {
  const before = now.get(name) ?? null;
  const after = cpuCount === null ? null : vm({ name, cpuCount, memoryMiB });
  if (after === null) {
    now.delete(name);
  } else {
    now.set(name, after);
  }
  return { kind: 'VirtualMachine', localId: name, before, after };
}

/** What the filter meets at a place. */
function listAt({ initial, read }: History, { revision, part }: Place): ReadonlyMap<string, Row> {
  const now = new Map<string, Vm | null>(initial);
  for (const append of read.appends) {
    const seen = append.revision <= revision ? append.changes.length : append.revision === revision + 1 ? part : 0;
    append.changes.slice(0, seen).forEach(({ localId, after }) => now.set(localId, after as Vm | null));
  }
  const rows = [...now.values()].filter((one) => one?.cpuCount === 1).map((one) => toRow('VirtualMachine', one!, null));
  return new Map(rows.map((row) => [row.id, row]));
}

function readFrom({ appends, feed }: ReadAppends, { revision, part }: Place): ReadAppends {
  return { feed, appends: appends.slice(revision), skip: part };
}

function replay(list: ReadonlyMap<string, Row>, events: Iterable<RecordEvent>): ReadonlyMap<string, Row> {
  const now = new Map(list);
  for (const { type, row } of events) {
    if (type === 'REMOVED') {
      now.delete(row.id);
    } else {
      now.set(row.id, row);
    }
  }
  return now;
}

const start: Place = { feed: 'f', revision: 0, part: 0 };
const endOf = ({ read }: History): Place => ({ ...start, revision: read.appends.length });

describe('the events of any filter over any history', () => {
  test('lead from the list at the start to the list at each of their places', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const events = [...eventsOf(history.read, wanted, toRow)];
        events.forEach(({ place }, at) => {
          expect(replay(listAt(history, start), events.slice(0, at + 1))).toEqual(listAt(history, place));
        });
        expect(replay(listAt(history, start), events)).toEqual(listAt(history, endOf(history)));
      }),
    );
  });

  test('say ADDED of what the reader has not, and MODIFIED and REMOVED of what it has', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const has = new Set(listAt(history, start).keys());
        for (const { type, row } of eventsOf(history.read, wanted, toRow)) {
          expect(has.has(row.id)).toBe(type !== 'ADDED');
          if (type === 'REMOVED') has.delete(row.id);
          else has.add(row.id);
        }
      }),
    );
  });

  test('go on at any of their places with exactly the rest', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const events = [...eventsOf(history.read, wanted, toRow)];
        events.forEach(({ place }, at) => {
          expect([...eventsOf(readFrom(history.read, place), wanted, toRow)]).toEqual(events.slice(at + 1));
        });
      }),
    );
  });
});

describe('coalesced events', () => {
  test('are at most one for each machine, say what each is in the end, and cover all that they stand for', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const events = [...eventsOf(history.read, wanted, toRow)];
        const few = coalesce(events);
        expect(new Set(few.map(({ row }) => row.id)).size).toBe(few.length);
        expect(replay(listAt(history, start), few)).toEqual(listAt(history, endOf(history)));
        const known = listAt(history, start);
        for (const { type, row, fromSequence, sequence } of few) {
          expect(known.has(row.id)).toBe(type !== 'ADDED');
          const all = events.filter((event) => event.row.id === row.id);
          expect([fromSequence, sequence]).toEqual([all[0]?.sequence, all.at(-1)?.sequence]);
        }
      }),
    );
  });

  test('lead to the same list when the reader is cut off among them', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const few = coalesce(eventsOf(history.read, wanted, toRow));
        few.forEach(({ place }, at) => {
          const until = replay(listAt(history, start), few.slice(0, at + 1));
          const rest = eventsOf(readFrom(history.read, place), wanted, toRow);
          expect(replay(until, rest)).toEqual(listAt(history, endOf(history)));
        });
      }),
    );
  });
});
