import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { compileFilter } from '../../src/model/filter.ts';
import type { Row } from '../../src/model/resource.ts';
import { settleSite } from '../../src/model/site-filter.ts';
import { vmList, type VmFilter } from '../../src/model/vm-list.ts';
import { row } from '../support/builders.ts';
import { vms } from './arbitraries.ts';

const site = 'lyon';

type Conditions = Readonly<Record<string, unknown>>;

/** The meaning of a condition, read off schema/filter.graphql one key at a time. */
function meets(value: string | number | null, condition: Conditions): boolean {
  const fold = (one: unknown): unknown =>
    condition['ignoreCase'] === true && typeof one === 'string' ? one.toLowerCase() : one;
  return Object.entries(condition).every(([key, wanted]) => {
    if (wanted === null || key === 'ignoreCase') return true;
    if (key === 'isNull') return wanted === (value === null);
    if (value === null) return false;
    const [found, sought] = [fold(value), fold(wanted)] as [never, never];
    switch (key) {
      case 'eq':
        return found === sought;
      case 'in':
        return (wanted as unknown[]).map(fold).includes(found);
      case 'contains':
        return String(found).split(sought).length > 1 || sought === '';
      case 'startsWith':
        return String(found).slice(0, String(sought).length) === sought;
      case 'endsWith':
        return sought === '' || String(found).slice(-String(sought).length) === sought;
      case 'gt':
        return found > sought;
      case 'gte':
        return found > sought || found === sought;
      case 'lt':
        return found < sought;
      case 'lte':
        return found < sought || found === sought;
      default:
        throw new Error(`The oracle does not know "${key}".`);
    }
  });
}

function oracle(vm: Row<'VirtualMachine'>, filter: VmFilter): boolean {
  return Object.entries(filter).every(([key, wanted]): boolean => {
    if (wanted === null) return true;
    switch (key) {
      case 'and':
        return (wanted as VmFilter[]).every((one) => oracle(vm, one));
      case 'or':
        return (wanted as VmFilter[]).some((one) => oracle(vm, one));
      case 'not':
        return !oracle(vm, wanted as VmFilter);
      case 'site':
        return meets(site, wanted as Conditions);
      case 'powerState':
        return (wanted as string[]).includes(vm.powerState);
      case 'host':
        return meets(vm.host?.name ?? null, wanted);
      case 'ipAddress':
        return vm.ipAddresses.length === 0 ? meets(null, wanted) : vm.ipAddresses.some((one) => meets(one, wanted));
      case 'label':
        return (wanted as (Conditions & { key: string })[]).every(({ key: name, exists, ...rest }) => {
          const found = Object.entries(vm.labels).find(([label]) => label === name)?.[1] ?? null;
          return meets(found, { ...rest, isNull: typeof exists === 'boolean' ? !exists : null });
        });
      default:
        return meets(vm[key as 'name'], wanted);
    }
  });
}

const partly = <T extends object>(shape: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<Partial<T>> =>
  fc.record(shape, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
const word = fc.constantFrom('a', 'B', 'b', '', 'Debian', 'debian', 'i', 'h1', '10.0.0.1', '10', '😀', 'é');
const text = partly({
  eq: fc.option(word),
  in: fc.option(fc.array(word, { maxLength: 3 })),
  contains: fc.option(word),
  startsWith: fc.option(word),
  endsWith: fc.option(word),
  ignoreCase: fc.boolean(),
  isNull: fc.option(fc.boolean()),
});
const amount = fc.constantFrom(0, 1, 2, 0.5, 4096);
const range = partly({
  gt: fc.option(amount),
  gte: fc.option(amount),
  lt: fc.option(amount),
  lte: fc.option(amount),
  isNull: fc.option(fc.boolean()),
});
const long = fc
  .tuple(range, partly({ eq: amount, in: fc.array(amount, { maxLength: 2 }) }))
  .map(([a, b]) => ({ ...a, ...b }));
const label = fc
  .tuple(
    fc.constantFrom('app', 'zone', 'constructor', 'toString'),
    partly({ eq: fc.constantFrom('', 'x'), in: fc.array(fc.constantFrom('x', 'y')), exists: fc.option(fc.boolean()) }),
  )
  .map(([key, rest]) => ({ key, ...rest }));

const siteId = fc.constantFrom(site, 'paris');

const { filter } = fc.letrec<{ filter: VmFilter }>((tie) => ({
  filter: fc.record(
    {
      name: text,
      guestOs: fc.option(text),
      host: text,
      ipAddress: text,
      powerState: fc.array(fc.constantFrom('RUNNING', 'STOPPED')),
      cpuCount: long,
      memoryMiB: fc.option(long),
      createdAt: range,
      cpuUsage: range,
      label: fc.array(label, { maxLength: 2 }),
      site: partly({ eq: fc.option(siteId), in: fc.option(fc.array(siteId, { maxLength: 2 })) }),
      and: fc.option(fc.array(tie('filter'), { maxLength: 2 }), { depthSize: 'small' }),
      or: fc.option(fc.array(tie('filter'), { maxLength: 2 }), { depthSize: 'small' }),
      not: fc.option(tie('filter'), { depthSize: 'small' }),
    },
    { requiredKeys: [] },
  ),
}));
/** Filters of a single field are more likely to hold for something than those of ten. */
const anyFilter = fc.oneof(
  { weight: 1, arbitrary: filter },
  {
    weight: 4,
    arbitrary: fc.tuple(filter, fc.nat()).map(([all, at]): VmFilter => {
      const entries = Object.entries(all);
      return entries.length === 0 ? {} : Object.fromEntries([entries[at % entries.length]!]);
    }),
  },
);

test('filters agree with a naive reading of the schema', () => {
  let held = 0;
  fc.assert(
    fc.property(vms, anyFilter, (all, wanted) => {
      const predicate = compileFilter(vmList.filter, settleSite(wanted, site));
      for (const one of all) {
        const machine = row('VirtualMachine', one);
        const expected = oracle(machine, wanted);
        held += expected ? 1 : 0;
        expect(predicate === null || predicate(machine)).toBe(expected);
      }
    }),
    { numRuns: 800 },
  );
  // A generator whose filters never hold would prove nothing.
  expect(held).toBeGreaterThan(100);
});
