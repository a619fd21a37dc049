import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { encodeId } from '../../src/core/ids.ts';
import { concerns } from '../../src/gateway/filter-concern.ts';
import { mayMeet } from '../../src/gateway/filter-reach.ts';
import { identifyInstallation, identifySite } from '../../src/gateway/source.ts';
import { compileFilter } from '../../src/model/filter.ts';
import { bulkIdOf } from '../../src/model/operation-list.ts';
import { rowOf } from '../../src/model/resource.ts';
import { settleSite } from '../../src/model/site-filter.ts';
import { vmList, type VmFilter } from '../../src/model/vm-list.ts';
import { vm } from '../support/builders.ts';

// Sources are left out by what the filter says of places, and rows are filtered by what it says of rows. Whatever the
// filter, no source is left out that has a row which meets it.

const places = [
  { installation: 'a', site: 'lyon' },
  { installation: 'b', site: 'lyon' },
  { installation: 'c', site: 'paris' },
];
const names = ['web', 'db'];
const idsOf = (type: string, localIds: readonly string[]): string[] =>
  places.flatMap(({ installation }) => localIds.map((localId) => encodeId({ type, installation, localId })));
const everyId = [
  'not an id',
  bulkIdOf('x'),
  encodeId({ type: 'VirtualMachine', installation: 'gone', localId: 'web' }),
];

const oneOf = (values: readonly string[]) => {
  const value = fc.constantFrom(...values);
  return fc.record(
    { eq: fc.option(value), in: fc.option(fc.array(value, { maxLength: 3 })) },
    { requiredKeys: [], noNullPrototype: true },
  );
};

type PlacedFilter = VmFilter & { readonly site?: unknown };

/** Filters of one or two fields are more likely to hold for something than those of eight. */
const few = (all: PlacedFilter, at: number): PlacedFilter => {
  const entries = Object.entries(all);
  return Object.fromEntries(entries.slice(at % (entries.length + 1), (at % (entries.length + 1)) + 2));
};

const { filter } = fc.letrec<{ filter: PlacedFilter }>((tie) => {
  const all = fc.record(
    {
      site: oneOf(['lyon', 'paris', 'rome']),
      installation: fc.option(oneOf(['a', 'b', 'c', 'd'])),
      id: oneOf([...idsOf('VirtualMachine', names), ...everyId]),
      hostId: oneOf([...idsOf('Host', ['h1']), ...everyId]),
      name: oneOf(names),
      and: fc.array(tie('filter'), { maxLength: 2, depthIdentifier: 'filter' }),
      or: fc.option(fc.array(tie('filter'), { maxLength: 3, depthIdentifier: 'filter' })),
      not: tie('filter'),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  const leaf = fc.record({ site: oneOf(['lyon', 'paris']) }, { noNullPrototype: true });
  const inner = fc.tuple(all, fc.nat()).map(([some, at]) => few(some, at));
  return {
    filter: fc.oneof({ depthSize: 'small', depthIdentifier: 'filter' }, leaf, inner),
  };
});

test('a source that has a row which meets the filter is never left out', () => {
  const count = { met: 0, leftOut: 0 };
  fc.assert(
    fc.property(filter, (wanted) => {
      for (const place of places) {
        const isMet = isMetAt(wanted, place);
        const isAsked = mayMeet(wanted, place);
        expect(isAsked || !isMet).toBe(true);
        count.met += isMet ? 1 : 0;
        count.leftOut += isAsked ? 0 : 1;
      }
    }),
    { numRuns: 1_000 },
  );
  // A filter that never holds, or sources that are always asked, would prove nothing.
  expect(count.met).toBeGreaterThan(200);
  expect(count.leftOut).toBeGreaterThan(200);
});

test('another site is never left out that has such a row, though we know but a part of its installations', () => {
  const sources = [
    ...['a', 'b'].map((id) => identifyInstallation('lyon', id)),
    identifySite('paris', ['c']),
    identifySite('rome', ['e']),
  ];
  const world = [...places, { installation: 'd', site: 'paris' }, { installation: 'e', site: 'rome' }];
  const count = { met: 0, leftOut: 0 };
  fc.assert(
    fc.property(filter, (wanted) => {
      for (const place of world) {
        const source = sources.find(({ id, installations }) =>
          place.site === 'lyon' ? installations.has(place.installation) : id === `site:${place.site}`,
        )!;
        const isAsked = concerns(wanted, source, sources);
        expect(isAsked || !isMetAt(wanted, place)).toBe(true);
        count.met += isMetAt(wanted, place) ? 1 : 0;
        count.leftOut += isAsked ? 0 : 1;
      }
    }),
    { numRuns: 1_000 },
  );
  expect(count.met).toBeGreaterThan(200);
  expect(count.leftOut).toBeGreaterThan(200);
});

/** True if one of the machines of a place meets a filter. */
function isMetAt(wanted: PlacedFilter, { installation, site }: { installation: string; site: string }): boolean {
  const predicate = compileFilter(vmList.filter, settleSite<VmFilter>(wanted, site));
  const machines = names.map((name) => vm({ name, host: { localId: 'h1', name: 'h1' } }));
  return machines.some((one) => predicate === null || predicate(rowOf('VirtualMachine', one, installation)));
}

test.each<[unknown, string]>([
  [null, 'abc'],
  [{}, 'abc'],
  [{ site: { eq: 'lyon' } }, 'ab'],
  [{ not: { site: { eq: 'lyon' } } }, 'c'],
  [{ not: { installation: { in: ['a', 'c'] } } }, 'b'],
  [{ not: { installation: { eq: 'a' }, name: { eq: 'web' } } }, 'abc'],
  [{ or: [{ installation: { eq: 'a' } }, { site: { eq: 'paris' }, name: { eq: 'db' } }] }, 'ac'],
  [{ or: [{ installation: { eq: 'a' } }, { name: { eq: 'db' } }] }, 'abc'],
  [{ or: [] }, ''],
  [{ and: [{ site: { eq: 'lyon' } }, { installation: { in: ['b', 'c'] } }] }, 'b'],
  [{ id: { in: [idsOf('VirtualMachine', ['x'])[0], idsOf('VirtualMachine', ['x'])[2]] } }, 'ac'],
  [{ hostId: { eq: idsOf('Host', ['h1'])[1] } }, 'b'],
  [{ targetId: { eq: idsOf('VirtualMachine', ['web'])[1] } }, 'b'],
  [{ parentId: { eq: bulkIdOf('x') } }, 'abc'],
  [{ id: { eq: 'not an id' } }, 'abc'],
])('%j leaves %s', (wanted, left) => {
  const found = places.filter((place) => mayMeet(wanted, place)).map(({ installation }) => installation);
  expect(found.join('')).toBe(left);
});
