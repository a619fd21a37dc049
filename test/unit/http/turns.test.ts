import { expect, test } from '@jest/globals';

import { createTurns } from '../../../src/http/turns.ts';
import { settle } from '../../support/manual-clock.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('turns are given at once as long as there are few', async () => {
  const turns = createTurns(3);
  const given: number[] = [];
  [1, 2, 3].forEach((number) => void turns.take().then(() => given.push(number)));
  await Promise.resolve();
  await Promise.resolve();
  expect(given).toEqual([1, 2, 3]);
});

test('many are spread over turns of the event loop, first come, first served', async () => {
  const turns = createTurns(2);
  const given: number[] = [];
  [1, 2, 3, 4, 5].forEach((number) => void turns.take().then(() => given.push(number)));
  const counts: number[] = [];
  while (given.length < 5) {
    counts.push(given.length);
    await nextTurn();
  }
  expect(given).toEqual([1, 2, 3, 4, 5]);
  expect(counts).toEqual([0, 4]);
});

test('whoever takes one turn after the other lets others in between', async () => {
  const turns = createTurns(4);
  let taken = 0;
  let others = 0;
  const other = setInterval(() => (others += 1), 0);
  while (others < 3) {
    await turns.take();
    taken += 1;
    expect(taken).toBeLessThan(1_000_000);
  }
  clearInterval(other);
  await settle();
  await turns.take();
});
