import { describe, expect, test } from '@jest/globals';

import { differenceOf, newsOf } from '../../../src/inventory/difference.ts';
import { createSnapshot } from '../../../src/inventory/snapshot.ts';
import type { Change } from '../../../src/model/resource.ts';
import { host, inventory, vm } from '../../support/builders.ts';

const upsert = (name: string, rest = {}): Change => ({
  type: 'upsert',
  kind: 'VirtualMachine',
  resource: vm({ name, ...rest }),
});
const remove = (localId: string): Change => ({ type: 'remove', kind: 'VirtualMachine', localId });
const known = createSnapshot(
  'a',
  inventory({ VirtualMachine: [vm({ name: 'web' }), vm({ name: 'db' })], Host: [host({ name: 'h' })] }),
);

describe('the difference to an inventory', () => {
  test('is everything if nothing is known, and nothing if all is known', async () => {
    const machines = { VirtualMachine: [vm({ name: 'web' })] };
    expect(await differenceOf(null, inventory(machines), [])).toEqual([upsert('web')]);
    expect(await differenceOf(createSnapshot('a', inventory(machines)), inventory(machines), [])).toEqual([]);
  });

  test('is what came, changed and went, and what has changed since the inventory was taken', async () => {
    const now = inventory({
      VirtualMachine: [vm({ name: 'web', cpuCount: 8 }), vm({ name: 'gone since' })],
      Host: [host({ name: 'h' })],
    });
    const since = [remove('gone since'), upsert('new since')];
    expect(await differenceOf(known, now, since)).toEqual([
      remove('db'),
      upsert('web', { cpuCount: 8 }),
      upsert('new since'),
    ]);
  });
});

describe('the news among changes', () => {
  test('are the last word on each resource that was not known', () => {
    const changes = [
      upsert('web', { cpuCount: 8 }),
      upsert('web'),
      upsert('db', { cpuCount: 1 }),
      upsert('db', { cpuCount: 3 }),
    ];
    expect(newsOf(known, changes)).toEqual([upsert('db', { cpuCount: 3 })]);
    expect(newsOf(known, [remove('web'), remove('never there')])).toEqual([remove('web')]);
  });
});
