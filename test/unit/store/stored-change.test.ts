import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { FeedChange } from '../../../src/model/resource.ts';
import { readStored, textOf, type StoredChange } from '../../../src/store/stored-change.ts';
import { vm } from '../../support/builders.ts';

const roundTrip = (changes: readonly FeedChange[]): FeedChange[] =>
  readStored(JSON.parse(textOf(changes)) as StoredChange[], 7);

const machine = fc
  .record({
    powerState: fc.constantFrom('RUNNING', 'STOPPED'),
    cpuUsage: fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map((usage) => usage + 0)),
    labels: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2')),
    ipAddresses: fc.array(fc.ipV4(), { maxLength: 3 }),
  })
  .map((fields) => vm({ name: 'one', ...(fields as object) }));

test('a change is read as it was made, whichever of its values moved', () => {
  fc.assert(
    fc.property(fc.option(machine), fc.option(machine), (before, after) => {
      const change = { kind: 'VirtualMachine', localId: 'one', before, after } as const;
      expect(roundTrip([change])).toEqual(JSON.parse(JSON.stringify([change])));
    }),
  );
});

test('what moved is kept beside what is there now, and nothing else of what was', () => {
  const before = vm({ name: 'one', cpuUsage: 0.1, labels: { tier: 'production' } });
  const text = textOf([{ kind: 'VirtualMachine', localId: 'one', before, after: { ...before, cpuUsage: 0.2 } }]);
  expect(JSON.parse(text)).toMatchObject([{ was: { cpuUsage: 0.1 } }]);
  expect(text.match(/production/g)).toHaveLength(1);
});

test('a record that an older broker wrote without a field is read without it', () => {
  const after = vm({ name: 'one' });
  const { cpuUsage: _, ...before } = after;
  const change = { kind: 'VirtualMachine', localId: 'one', before, after } as FeedChange;
  expect(roundTrip([change])).toEqual([change]);
});

test('an operation says the number of the append that it is read from', () => {
  const operation = { localId: 'op', kind: 'SET_POWER_STATE', revision: 0 };
  const change = { kind: 'Operation', localId: 'op', before: null, after: operation } as unknown as FeedChange;
  expect(roundTrip([change])[0]!.after).toMatchObject({ revision: 7 });
});
