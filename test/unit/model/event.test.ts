import { describe, expect, test } from '@jest/globals';

import { eventsOf, type ReadAppends, type ToRow } from '../../../src/model/event.ts';
import { rowOf, type FeedChange } from '../../../src/model/resource.ts';
import { vm } from '../../support/builders.ts';

const toRow: ToRow = (kind, record) => rowOf(kind, record, 'a');
const all = { VirtualMachine: null };

const change = (localId: string, cpuCount: number): FeedChange => ({
  kind: 'VirtualMachine',
  localId,
  before: vm({ name: localId, cpuCount: cpuCount - 1 }),
  after: vm({ name: localId, cpuCount }),
});

const read = (...appends: readonly (readonly FeedChange[])[]): ReadAppends => ({
  feed: 'f',
  appends: appends.map((changes, at) => ({ revision: at + 1, changes })),
  skip: 0,
});

describe('a reader', () => {
  test('who is not behind gets each change, however large an append is', () => {
    const changes = Array.from({ length: 600 }, (_, at) => change('m', at));
    const events = [...eventsOf(read(changes), all, toRow)];
    expect(events).toHaveLength(600);
    expect(events[0]).toMatchObject({ sequence: 1, place: { revision: 0, part: 1 } });
    expect(events.at(-1)).toMatchObject({ sequence: 1, place: { revision: 1, part: 0 } });
  });

  test('who is more than 500 changes behind gets one event for each machine, marked from the first to the last', () => {
    const appends = Array.from({ length: 502 }, (_, at) => [change(at % 2 === 0 ? 'even' : 'odd', at)]);
    expect([...eventsOf(read(...appends), all, toRow)]).toMatchObject([
      { type: 'MODIFIED', fromSequence: 1, sequence: 501, row: { name: 'even', cpuCount: 500 } },
      { type: 'MODIFIED', fromSequence: 2, sequence: 502, row: { name: 'odd', cpuCount: 501 } },
    ]);
  });

  test('gets nothing of a kind it does not want', () => {
    expect([...eventsOf(read([change('m', 1)]), { Host: null }, toRow)]).toEqual([]);
  });
});
