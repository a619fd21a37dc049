import { expect, test } from '@jest/globals';

import { createSnapshot } from '../../../src/inventory/snapshot.ts';
import { buildIndex, patchIndex } from '../../../src/inventory/sorted-index.ts';
import { host, inventory, row, vm } from '../../support/builders.ts';
import { operation } from '../../support/operation.ts';

const first = inventory({ VirtualMachine: [vm({ name: 'web' }), vm({ name: 'db' })], Host: [host({ name: 'h1' })] });

test('a patch that changes nothing gives the same snapshot', () => {
  const snapshot = createSnapshot('a', first);
  expect(snapshot.patch([])).toBe(snapshot);
  expect(snapshot.patch([{ type: 'remove', kind: 'Host', localId: 'none' }])).toBe(snapshot);
});

test('a patch gives a new revision and leaves the old one as it was', () => {
  const snapshot = createSnapshot('a', first);
  const next = snapshot.patch([{ type: 'upsert', kind: 'Host', resource: host({ name: 'h1', state: 'DOWN' }) }]);
  expect(next.revision).toBe(snapshot.revision + 1);
  expect(next.get('Host', 'h1')?.state).toBe('DOWN');
  expect(snapshot.get('Host', 'h1')?.state).toBe('UP');
});

test('kinds have local ids of their own', () => {
  const snapshot = createSnapshot('a', inventory({ VirtualMachine: [vm({ name: 'x' })], Host: [host({ name: 'x' })] }));
  const next = snapshot.patch([{ type: 'remove', kind: 'Host', localId: 'x' }]);
  expect([next.count('Host'), next.count('VirtualMachine')]).toEqual([0, 1]);
});

test('a change of usage touches no index', () => {
  const order = { valueOf: ({ name }: { name: string }) => name, direction: 'ASC' } as const;
  const before = ['b', 'a'].map((name) => row('VirtualMachine', vm({ name })));
  const index = buildIndex(before, order);
  const to = { ...before[0]!, cpuUsage: 0.9 };
  const changes = [{ slot: 0, from: before[0]!, to }];
  expect(patchIndex(index, order, { before, after: [to, before[1]!], changes })).toBe(index);
});

test('it is known when usage, operations and everything else changed last', () => {
  const web = vm({ name: 'web', labels: { a: 'b' } });
  const snapshot = createSnapshot('a', inventory({ VirtualMachine: [web] })).at(10);
  expect(snapshot.lastChanges).toEqual({ inventory: 10, usage: 10, operations: 10 });
  const same = { ...web, labels: { a: 'b' } };
  const busier = snapshot
    .patch([{ type: 'upsert', kind: 'VirtualMachine', resource: { ...same, cpuUsage: 0.9 } }])
    .at(11);
  expect(busier.lastChanges).toEqual({ inventory: 10, usage: 11, operations: 10 });
  const started = operation({ localId: 'o' });
  const operating = busier.patch([{ kind: 'Operation', localId: 'o', before: null, after: started }]).at(12);
  expect(operating.lastChanges).toEqual({ inventory: 10, usage: 11, operations: 12 });
  const larger = { ...same, cpuCount: 8 };
  const changed = operating.patch([{ kind: 'VirtualMachine', localId: 'web', before: same, after: larger }]).at(13);
  expect(changed.lastChanges).toEqual({ inventory: 13, usage: 11, operations: 12 });
  expect(changed.patch([{ type: 'remove', kind: 'VirtualMachine', localId: 'web' }]).lastChanges.inventory).toBe(14);
});
