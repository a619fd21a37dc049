import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { createSlotMap } from '../../src/inventory/slot-map.ts';
import { createSnapshot, type Snapshot } from '../../src/inventory/snapshot.ts';
import type { Order } from '../../src/model/order.ts';
import type { SortedRows } from '../../src/model/page.ts';
import type { Change, Row } from '../../src/model/resource.ts';
import type { VmOrderField } from '../../src/model/vm-list.ts';
import type { Vm } from '../../src/model/vm.ts';
import { inventory, vm } from '../support/builders.ts';
import { vmFields, vmOrder, vms } from './arbitraries.ts';

const listed = (rows: SortedRows<Row<'VirtualMachine'>>): Row<'VirtualMachine'>[] =>
  Array.from({ length: rows.length }, (_, at) => rows.at(at));

function expectSame(patched: Snapshot, fresh: Snapshot, orders: readonly Order<VmOrderField>[]): void {
  expect(patched.count('VirtualMachine')).toBe(fresh.count('VirtualMachine'));
  for (const row of fresh.rows('VirtualMachine')) {
    expect(patched.get('VirtualMachine', row.localId)).toEqual(row);
  }
  for (const order of orders) {
    expect(listed(patched.sorted('VirtualMachine', order))).toEqual(listed(fresh.sorted('VirtualMachine', order)));
    for (const host of ['h1', 'h2', 'h3', 'none']) {
      expect(listed(patched.vmsOnHost(host, order))).toEqual(listed(fresh.vmsOnHost(host, order)));
    }
  }
}

const steps = fc.array(
  fc.record({
    changes: fc.array(fc.record({ target: fc.nat({ max: 30 }), fields: fc.option(vmFields) }), { maxLength: 8 }),
    whole: fc.boolean(),
  }),
  { maxLength: 6 },
);

test('a patched snapshot equals one built from scratch, in every order, and the old one stays as it was', () => {
  fc.assert(
    fc.property(vms, fc.array(vmOrder, { maxLength: 4 }), steps, (all, orders, script) => {
      const present = new Map<string, Vm>(all.map((one) => [one.localId, one]));
      let snapshot = createSnapshot('a', inventory({ VirtualMachine: all }));
      for (const { changes, whole } of script) {
        // Orders that were asked for are the ones a patch has to carry over.
        const before = orders.map((order) => listed(snapshot.sorted('VirtualMachine', order)));
        const old = snapshot;
        const batch = changes.map(({ target, fields }): Change => {
          const localId = String(target);
          if (fields === null) {
            present.delete(localId);
            return { type: 'remove', kind: 'VirtualMachine', localId };
          }
          const resource = vm({ ...fields, localId });
          present.set(localId, resource);
          return { type: 'upsert', kind: 'VirtualMachine', resource };
        });
        const now = inventory({ VirtualMachine: [...present.values()] });
        snapshot = whole ? snapshot.replace(now) : snapshot.patch(batch);
        expectSame(snapshot, createSnapshot('a', now), orders);
        expect(orders.map((order) => listed(old.sorted('VirtualMachine', order)))).toEqual(before);
      }
    }),
    { numRuns: 200 },
  );
});

test('a slot map answers as a native map does, and never changes in place', () => {
  const entries = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.option(fc.nat())), { maxLength: 300 });
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 4 }), (batches) => {
      const native = new Map<string, number>();
      let map = createSlotMap(native);
      for (const batch of batches) {
        const old = { map, entries: new Map(native) };
        const changes = new Map(batch.map(([key, slot]) => [String(key), slot]));
        changes.forEach((slot, key) => (slot === null ? native.delete(key) : native.set(key, slot)));
        map = map.with(changes);
        expect(map.size).toBe(native.size);
        for (let key = 0; key <= 400; key += 1) {
          expect(map.get(String(key))).toBe(native.get(String(key)));
          expect(old.map.get(String(key))).toBe(old.entries.get(String(key)));
        }
      }
    }),
    { numRuns: 30 },
  );
});
