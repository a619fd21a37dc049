import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { createSnapshot, type Snapshot } from '../../src/inventory/snapshot.ts';
import type { Order } from '../../src/model/order.ts';
import { page, type Page, type PageSize } from '../../src/model/page.ts';
import type { Change, Row } from '../../src/model/resource.ts';
import type { VmOrderField } from '../../src/model/vm-list.ts';
import { inventory, vm } from '../support/builders.ts';
import { vmFields, vmOrder, vms } from './arbitraries.ts';

type VmRow = Row<'VirtualMachine'>;

interface Walk {
  readonly snapshot: Snapshot;
  readonly order: Order<VmOrderField>;
  readonly size: PageSize;
  readonly predicate?: (row: VmRow) => boolean;
  /** What happens between two pages. */
  readonly next?: (snapshot: Snapshot, pages: number) => Snapshot;
}

/** Reads a whole list page by page and gives the pages in the order of the list. */
function walk({ snapshot, order, size, predicate, next }: Walk): Page<VmRow>[] {
  const pages: Page<VmRow>[] = [];
  let key: string | null = null;
  for (let at = snapshot; ; at = next?.(at, pages.length) ?? at) {
    const rows = at.sorted('VirtualMachine', order);
    const forwards = size.from === 'START';
    const ends = { after: forwards ? key : null, before: forwards ? null : key };
    const found = page(rows, { ...size, ...ends, predicate: predicate ?? null });
    pages.push(found);
    const end = found.positions.at(forwards ? -1 : 0);
    if (end === undefined || !(forwards ? found.hasNextPage : found.hasPreviousPage)) {
      return forwards ? pages : pages.reverse();
    }
    key = rows.key(end);
  }
}

const size = fc.record({ limit: fc.integer({ min: 1, max: 7 }), from: fc.constantFrom('START', 'END') } as const);
const localIds = (pages: readonly Page<VmRow>[]): string[] =>
  pages.flatMap(({ rows }) => rows.map((row) => row.localId));

test('pages of any size in any order, from either end, visit each matching row once and in order', () => {
  fc.assert(
    fc.property(vms, vmOrder, size, fc.boolean(), (all, order, wanted, filtered) => {
      const snapshot = createSnapshot('a', inventory({ VirtualMachine: all }));
      const predicate = (row: VmRow): boolean => !filtered || row.powerState === 'RUNNING';
      const sorted = snapshot.sorted('VirtualMachine', order);
      const expected = Array.from({ length: sorted.length }, (_, at) => sorted.at(at)).filter(predicate);
      const pages = walk({ snapshot, order, size: wanted, predicate });
      expect(localIds(pages)).toEqual(expected.map((row) => row.localId));
      pages.forEach((one, at) => {
        expect(one.hasNextPage).toBe(at < pages.length - 1);
        expect(one.hasPreviousPage).toBe(at > 0);
      });
    }),
    { numRuns: 500 },
  );
});

test('a list is in the order of its keys', () => {
  fc.assert(
    fc.property(vms, vmOrder, (all, order) => {
      const rows = createSnapshot('a', inventory({ VirtualMachine: all })).sorted('VirtualMachine', order);
      const keys = Array.from({ length: rows.length }, (_, at) => rows.key(at));
      expect(keys).toEqual([...keys].sort((a, b) => (a < b ? -1 : 1)));
      expect(rows.length).toBe(all.length);
    }),
  );
});

test('rows between two keys are counted and paged as the list says', () => {
  fc.assert(
    fc.property(vms, vmOrder, size, fc.nat(), fc.nat(), (all, order, wanted, from, to) => {
      const rows = createSnapshot('a', inventory({ VirtualMachine: all })).sorted('VirtualMachine', order);
      fc.pre(rows.length > 0);
      const [low, high] = [from % rows.length, to % rows.length];
      const found = page(rows, { ...wanted, predicate: null, after: rows.key(low), before: rows.key(high) });
      const between = Array.from({ length: Math.max(0, high - low - 1) }, (_, at) => low + 1 + at);
      const expected = wanted.from === 'START' ? between.slice(0, wanted.limit) : between.slice(-wanted.limit);
      expect(found.positions).toEqual(expected);
      if (expected.length > 0) {
        expect([found.hasPreviousPage, found.hasNextPage]).toEqual([
          expected[0]! > 0,
          expected.at(-1)! < rows.length - 1,
        ]);
      }
    }),
  );
});

const change = fc.record({ target: fc.nat({ max: 40 }), fields: fc.option(vmFields) });

test('rows that stay as they are are seen exactly once, whatever happens to others between the pages', () => {
  fc.assert(
    fc.property(vms, vmOrder, size, fc.array(fc.array(change, { maxLength: 5 })), (all, order, wanted, script) => {
      const snapshot = createSnapshot('a', inventory({ VirtualMachine: all }));
      const touched = new Set<string>();
      const next = (at: Snapshot, pages: number): Snapshot => {
        const changes = (script[pages - 1] ?? []).map(({ target, fields }): Change => {
          const localId = String(target);
          touched.add(localId);
          return fields === null
            ? { type: 'remove', kind: 'VirtualMachine', localId }
            : { type: 'upsert', kind: 'VirtualMachine', resource: vm({ ...fields, localId }) };
        });
        return at.patch(changes);
      };
      const seen = localIds(walk({ snapshot, order, size: wanted, next })).filter((localId) => !touched.has(localId));
      const rows = snapshot.sorted('VirtualMachine', order);
      const expected = Array.from({ length: rows.length }, (_, at) => rows.at(at).localId);
      expect(seen).toEqual(expected.filter((localId) => !touched.has(localId)));
    }),
    { numRuns: 500 },
  );
});
