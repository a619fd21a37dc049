import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { createRoll } from '../../../src/core/roll.ts';

test('a roll has those who came and did not leave, whoever leaves first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 60 }), (steps) => {
      const roll = createRoll<number>();
      const here = new Map<number, () => void>();
      steps.forEach((step, at) => {
        const [someone] = [...here.keys()].slice(step % 5);
        if (step % 2 === 1 && someone !== undefined) {
          here.get(someone)!();
          here.delete(someone);
        } else {
          here.set(at, roll.enter(at));
        }
      });
      expect([...roll].sort((a, b) => a - b)).toEqual([...here.keys()]);
    }),
  );
});

test('who leaves twice takes nobody else out', () => {
  const roll = createRoll<string>();
  const leave = roll.enter('a');
  leave();
  roll.enter('b');
  leave();
  expect([...roll]).toEqual(['b']);
});
