import { describe, expect, test } from '@jest/globals';

import { summarize, validateGroupBy } from '../../../src/model/vm-summary.ts';
import { row, vm } from '../../support/builders.ts';

const machines = [
  row('VirtualMachine', vm({ name: 'a', memoryMiB: 1024, cpuCount: 1, labels: { tier: '\uffff' } })),
  row('VirtualMachine', vm({ name: 'b', memoryMiB: null, cpuCount: null, labels: { tier: '😀' } })),
  row('VirtualMachine', vm({ name: 'c', memoryMiB: 3072, cpuCount: 3, powerState: 'STOPPED' })),
];

describe('a summary', () => {
  test('counts machines with unknown sizes, which add nothing', () => {
    expect(summarize(machines, [], 'lyon')).toEqual({
      ...{ count: 3, cpuCount: 4, memoryMiB: 4096, averageCpuCount: 4 / 3, averageMemoryMiB: 4096 / 3 },
      ...{ minMemoryMiB: 1024, maxMemoryMiB: 3072, facets: [] },
    });
  });

  test('of no machines has no averages', () => {
    expect(summarize([], [{ field: 'HOST' }], 'lyon')).toEqual({
      ...{ count: 0, cpuCount: 0, memoryMiB: 0, averageCpuCount: null, averageMemoryMiB: null },
      ...{ minMemoryMiB: null, maxMemoryMiB: null },
      facets: [{ position: 0, field: 'HOST', label: null, buckets: [] }],
    });
  });

  test('sorts its buckets by code point, machines without a value last', () => {
    const [facet] = summarize(machines, [{ field: 'LABEL', label: 'tier' }], 'lyon').facets;
    expect(facet?.buckets.map(({ key }) => key)).toEqual(['\uffff', '😀', null]);
  });

  test('puts all machines of a site under its id', () => {
    const [facet] = summarize(machines, [{ field: 'SITE' }], 'lyon').facets;
    expect(facet?.buckets).toMatchObject([{ key: 'lyon', name: 'lyon', count: 3 }]);
  });

  test('groups by a label named like a property of every object', () => {
    const [facet] = summarize(machines, [{ field: 'LABEL', label: 'constructor' }], 'lyon').facets;
    expect(facet?.buckets).toMatchObject([{ key: null, count: 3 }]);
  });

  test('refuses more than eight groupings, a missing label and one out of place', () => {
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => validateGroupBy(Array.from({ length: 9 }, () => ({ field: 'HOST' })))).toThrow(refused);
    expect(() => validateGroupBy([{ field: 'LABEL' }])).toThrow(refused);
    expect(() => validateGroupBy([{ field: 'HOST', label: 'x' }])).toThrow(refused);
    expect(() => validateGroupBy(Array.from({ length: 8 }, () => ({ field: 'LABEL', label: 'x' })))).not.toThrow();
  });
});
