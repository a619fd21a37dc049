import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { mergeSorted } from '../../src/merge/k-way.ts';

const lists = fc.array(fc.array(fc.stringMatching(/^[-0-9A-Z_a-z]{0,3}$/)), { maxLength: 9 });

test('merging any partition of any list gives the sorted whole', () => {
  fc.assert(
    fc.property(lists, fc.nat({ max: 40 }), fc.boolean(), (unsorted, limit, fromEnd) => {
      const sorted = unsorted.map((list) => [...list].sort(byUnits));
      const whole = sorted.flat().sort(byUnits);
      const wanted = fromEnd ? whole.slice(Math.max(0, whole.length - limit)) : whole.slice(0, limit);
      const places = mergeSorted(sorted, { limit, fromEnd });
      expect(places.map(({ list, row }) => sorted[list]![row])).toEqual(wanted);
    }),
  );
});

test('no row is taken twice and the rows of one list keep their order', () => {
  fc.assert(
    fc.property(lists, fc.boolean(), (unsorted, fromEnd) => {
      const sorted = unsorted.map((list) => [...list].sort(byUnits));
      const places = mergeSorted(sorted, { limit: 1_000, fromEnd });
      for (const [at, list] of sorted.entries()) {
        expect(places.filter((place) => place.list === at).map(({ row }) => row)).toEqual([...list.keys()]);
      }
    }),
  );
});

function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
