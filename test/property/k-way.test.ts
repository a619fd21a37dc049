import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { mergeSorted, type Place, type SortedKeys } from '../../src/merge/k-way.ts';

const lists = fc.array(fc.array(fc.stringMatching(/^[-0-9A-Z_a-z]{0,3}$/)), { maxLength: 9 });

test('merging any partition of any list gives the sorted whole', () => {
  fc.assert(
    fc.property(lists, fc.nat({ max: 40 }), fc.boolean(), (unsorted, limit, fromEnd) => {
      const sorted = unsorted.map((list) => [...list].sort(byUnits));
      const { places, starved } = mergeSorted(sorted.map(keysOf), { limit, fromEnd });
      expect(keysAt(sorted, places)).toEqual(endOf(sorted.flat().sort(byUnits), limit, fromEnd));
      expect(starved).toBeNull();
    }),
  );
});

test('no row is taken twice and the rows of one list keep their order', () => {
  fc.assert(
    fc.property(lists, fc.boolean(), (unsorted, fromEnd) => {
      const sorted = unsorted.map((list) => [...list].sort(byUnits));
      const { places } = mergeSorted(sorted.map(keysOf), { limit: 1_000, fromEnd });
      for (const [at, list] of sorted.entries()) {
        expect(places.filter((place) => place.list === at).map(({ row }) => row)).toEqual([...list.keys()]);
      }
    }),
  );
});

test('of lists of which a part is there, it takes what is certain and names the one that it needs more of', () => {
  const batches = fc.array(fc.nat({ max: 5 }), { minLength: 9, maxLength: 9 });
  fc.assert(
    fc.property(lists, batches, fc.integer({ min: 1, max: 40 }), fc.boolean(), (unsorted, sizes, limit, fromEnd) => {
      const sorted = unsorted.map((list) => [...list].sort(byUnits));
      const wanted = endOf(sorted.flat().sort(byUnits), limit, fromEnd);
      const taken = sizes.slice();
      for (;;) {
        const parts = sorted.map((list, at) => endOf(list, taken[at]!, fromEnd));
        const keys = parts.map((part, at) => ({ ...keysOf(part), hasMore: part.length < sorted[at]!.length }));
        const { places, starved } = mergeSorted(keys, { limit, fromEnd });
        const found = keysAt(parts, places);
        expect(found).toEqual(endOf(wanted, found.length, fromEnd));
        if (starved === null) {
          expect(found).toEqual(wanted);
          break;
        }
        expect(keys[starved]!.hasMore).toBe(true);
        taken[starved]! += 1;
      }
    }),
  );
});

function keysOf(list: readonly string[]): SortedKeys {
  return { length: list.length, key: (at) => list[at]! };
}

function keysAt(sorted: readonly (readonly string[])[], places: readonly Place[]): (string | undefined)[] {
  return places.map(({ list, row }) => sorted[list]![row]);
}

function endOf(list: readonly string[], count: number, fromEnd: boolean): string[] {
  return fromEnd ? list.slice(Math.max(0, list.length - count)) : list.slice(0, count);
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
