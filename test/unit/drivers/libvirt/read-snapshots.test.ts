import { expect, test } from '@jest/globals';

import { byAge } from '../../../../src/drivers/libvirt/read-snapshots.ts';
import type { VmSnapshot } from '../../../../src/model/vm.ts';

function snapshot(name: string, createdAt: number | null, parent: string | null): VmSnapshot {
  return { name, createdAt, parent, description: null, isCurrent: false, powerState: 'RUNNING' };
}

test('snapshots of the same second stand in the order of their kinship', () => {
  const found = [
    snapshot('a', 2_000, 'b'),
    snapshot('b', 2_000, 'c'),
    snapshot('c', 2_000, 'd'),
    snapshot('d', 1_000, null),
  ];
  expect(byAge(found).map(({ name }) => name)).toEqual(['d', 'c', 'b', 'a']);
});

test('snapshots without kinship stand by age, then by name', () => {
  const found = [
    snapshot('z', 1_000, null),
    snapshot('y', 2_000, 'gone'),
    snapshot('x', 2_000, null),
    snapshot('n', null, null),
  ];
  expect(byAge(found).map(({ name }) => name)).toEqual(['n', 'z', 'x', 'y']);
});

test('kinship in a circle ends', () => {
  expect(byAge([snapshot('a', 1, 'b'), snapshot('b', 1, 'a')])).toHaveLength(2);
});
