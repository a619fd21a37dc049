import { describe, expect, test } from '@jest/globals';

import { createRestriction } from '../../../src/inventory/restriction.ts';
import { createSnapshot, type Snapshot } from '../../../src/inventory/snapshot.ts';
import type { Sight } from '../../../src/model/sight.ts';
import { host, inventory, vm } from '../../support/builders.ts';
import { operation } from '../../support/operation.ts';

const sightOf = (team: string, actor = 'alice'): Sight => ({
  name: team,
  actor,
  seesLabels: (labels) => labels['team'] === team,
});

const place = { localId: 'h1', name: 'h1' };
const machine = (name: string, team: string) => vm({ name, labels: { team }, host: place });
const whole = createSnapshot('a', {
  ...inventory({ VirtualMachine: [machine('w1', 'web'), machine('d1', 'db')], Host: [host({ name: 'h1' })] }),
  Operation: [operation({ localId: 'o1', actor: 'bob' }), operation({ localId: 'o2', actor: 'alice' })],
});

function namesIn(snapshot: Snapshot): readonly string[] {
  return [...snapshot.rows('VirtualMachine')].map(({ name }) => name).sort();
}

describe('a restricted snapshot', () => {
  test('has what is seen, under the numbers of the whole', () => {
    const seen = createRestriction().of(whole, sightOf('web'));
    expect([namesIn(seen), seen.count('Host'), seen.count('Operation')]).toEqual([['w1'], 0, 1]);
    expect([seen.revision, seen.lastChanges]).toEqual([whole.revision, whole.lastChanges]);
    expect(seen.get('VirtualMachine', 'w1')).toMatchObject({ id: whole.get('VirtualMachine', 'w1')!.id, host: null });
  });

  test('follows what comes, goes and is labelled otherwise, forwards and back', () => {
    const restriction = createRestriction();
    const sight = sightOf('web');
    const before = restriction.of(whole, sight);
    const later = whole.patch([
      { type: 'upsert', kind: 'VirtualMachine', resource: machine('d1', 'web') },
      { type: 'upsert', kind: 'VirtualMachine', resource: machine('w2', 'web') },
      { type: 'remove', kind: 'VirtualMachine', localId: 'w1' },
    ]);
    expect(namesIn(restriction.of(later, sight))).toEqual(['d1', 'w2']);
    expect(namesIn(restriction.of(whole, sight))).toEqual(['w1']);
    expect(namesIn(before)).toEqual(['w1']);
  });

  test('leaves the rows alone that did not change', () => {
    const restriction = createRestriction();
    const row = restriction.of(whole, sightOf('web')).get('VirtualMachine', 'w1');
    const later = whole.patch([{ type: 'upsert', kind: 'VirtualMachine', resource: machine('d1', 'ops') }]);
    expect(restriction.of(later, sightOf('web')).get('VirtualMachine', 'w1')).toBe(row);
    // Who sees the same machines shares them, whoever they are.
    expect(restriction.of(later, sightOf('web', 'bob')).get('VirtualMachine', 'w1')).toBe(row);
  });

  test('is forgotten when many others were looked at since', () => {
    const restriction = createRestriction();
    const first = restriction.of(whole, sightOf('web')).get('VirtualMachine', 'w1');
    for (let other = 0; other < 300; other += 1) restriction.of(whole, sightOf(`team-${other}`));
    const again = restriction.of(whole, sightOf('web')).get('VirtualMachine', 'w1');
    expect(again).toEqual(first);
    expect(again).not.toBe(first);
  });
});
