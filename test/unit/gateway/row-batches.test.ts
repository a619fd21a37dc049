import { describe, expect, test } from '@jest/globals';

import { createBatchMemory } from '../../../src/gateway/row-batches.ts';

const sources = Array.from({ length: 8 }, (_, at) => ({ id: `installation:${at}`, tier: 'INSTALLATION' }));
const page = { hash: Buffer.from('list'), limit: 50, fromEnd: false };

/** How many rows are asked for at first, of each source; a page's worth where nothing says less. */
function batches(memory: ReturnType<typeof createBatchMemory>, wanted = page): number[] {
  const plan = memory.plan(wanted, sources);
  return sources.map((source) => plan(source)?.limit ?? wanted.limit);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

describe('first batches', () => {
  test('are even shares with a margin as long as nothing is known', () => {
    expect(batches(createBatchMemory())).toEqual(Array.from({ length: 8 }, () => 15));
  });

  test.each([
    ['evenly', [6, 6, 6, 6, 6, 6, 7, 7]],
    ['by chance', [3, 11, 5, 7, 2, 9, 6, 7]],
    ['from one source only', [0, 0, 50, 0, 0, 0, 0, 0]],
    ['from two', [25, 0, 0, 0, 0, 0, 0, 25]],
  ])('are enough once a page is known whose rows come %s, and less than three pages', (_, contributed) => {
    const memory = createBatchMemory();
    memory.learn(page, new Map(sources.map(({ id }, at) => [id, contributed[at]!])));
    const planned = batches(memory);
    contributed.forEach((rows, at) => expect(planned[at]!).toBeGreaterThanOrEqual(rows));
    // One more than it gave, so that its next row is known as well.
    expect(sum(planned)).toBeLessThanOrEqual(3 * page.limit);
  });

  test('forget slowly that a source had more', () => {
    const memory = createBatchMemory();
    const learn = (rows: number): void => memory.learn(page, new Map([[sources[0]!.id, rows]]));
    learn(40);
    const before = batches(memory)[0]!;
    learn(0);
    const after = batches(memory)[0]!;
    expect(after).toBeLessThan(before);
    expect(after).toBeGreaterThan(30);
    learn(45);
    expect(batches(memory)[0]).toBe(50);
  });

  test('are of one page, and not of another list, size or end', () => {
    const memory = createBatchMemory();
    memory.learn(page, new Map(sources.map(({ id }) => [id, 1])));
    for (const other of [{ hash: Buffer.from('other') }, { limit: 60 }, { fromEnd: true }]) {
      expect(batches(memory, { ...page, ...other })[0]).toBeGreaterThan(10);
    }
  });

  test.each([
    ['a small page', { limit: 32 }, sources],
    ['a page that is refused', { limit: 1_001 }, sources],
    ['one source', {}, sources.slice(0, 1)],
    ['another site', {}, sources.map((source) => ({ ...source, tier: 'SITE' }))],
  ])('are whole pages for %s', (_, other, asked) => {
    const plan = createBatchMemory().plan({ ...page, ...other }, asked);
    expect(asked.map(plan)).toEqual(asked.map(() => null));
  });
});
