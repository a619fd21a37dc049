import { SitewideError } from '../core/errors.ts';
import { compareText } from './code-point.ts';
import type { Row } from './resource.ts';
import { hostIdOf } from './vm-list.ts';

// Counts, sums, averages and facets over virtual machines. An unknown number of CPUs or amount of memory adds nothing.

/** How many facets a summary has at most. */
const maximumGroupings = 8;

/** What machines are grouped by. */
export type VmGroupField = 'POWER_STATE' | 'HOST' | 'INSTALLATION' | 'SITE' | 'LABEL';

/** One way of grouping. */
export interface VmGrouping {
  readonly field: VmGroupField;
  readonly label?: string | null | undefined;
}

/** The machines that share one value. */
export interface VmBucket {
  readonly key: string | null;
  readonly name: string | null;
  readonly count: number;
  readonly cpuCount: number;
  readonly memoryMiB: number;
}

/** The machines divided by one grouping. */
export interface VmFacet {
  readonly position: number;
  readonly field: VmGroupField;
  readonly label: string | null;
  /** By key in the order of code points, null last. */
  readonly buckets: readonly VmBucket[];
}

/** The numbers over all machines; averages are null over none, as are the least and the greatest of none. */
export interface VmSummary {
  readonly count: number;
  readonly cpuCount: number;
  readonly memoryMiB: number;
  readonly averageCpuCount: number | null;
  readonly averageMemoryMiB: number | null;
  readonly minMemoryMiB: number | null;
  readonly maxMemoryMiB: number | null;
  readonly facets: readonly VmFacet[];
}

type VmRow = Row<'VirtualMachine'>;

/**
 * Checks the groupings asked.
 * @throws SitewideError `INVALID_ARGUMENT` if there are too many, or a label is missing or out of place.
 */
export function validateGroupBy(groupBy: readonly VmGrouping[]): void {
  if (groupBy.length > maximumGroupings) {
    const problem = `at most ${maximumGroupings} groupings are allowed`;
    throw new SitewideError('INVALID_ARGUMENT', { argument: 'groupBy', problem, found: groupBy.length });
  }
  groupBy.forEach(({ field, label }, position) => {
    const given = typeof label === 'string';
    if (given !== (field === 'LABEL')) {
      const problem = given ? `"label" is allowed for LABEL only` : 'LABEL needs "label", the key to group by';
      const found = given ? `${field} with label "${label}"` : 'none';
      throw new SitewideError('INVALID_ARGUMENT', { argument: `groupBy.${position}.label`, problem, found });
    }
  });
}

/**
 * The summary of these machines, with one facet for each grouping in the order asked.
 * @param site The id of the site that all of them are in.
 */
export function summarize(vms: Iterable<VmRow>, groupBy: readonly VmGrouping[], site: string): VmSummary {
  const total = newTally(null);
  const groups = groupBy.map((grouping) => ({
    grouping,
    of: groupOf(grouping, site),
    tallies: new Map<string | null, Tally>(),
  }));
  let minMemoryMiB: number | null = null;
  let maxMemoryMiB: number | null = null;
  for (const vm of vms) {
    add(total, vm);
    if (vm.memoryMiB !== null) {
      minMemoryMiB = Math.min(minMemoryMiB ?? vm.memoryMiB, vm.memoryMiB);
      maxMemoryMiB = Math.max(maxMemoryMiB ?? vm.memoryMiB, vm.memoryMiB);
    }
    for (const { of, tallies } of groups) {
      addTo(tallies, of(vm), vm);
    }
  }
  const { count, cpuCount, memoryMiB } = total;
  return {
    count,
    cpuCount,
    memoryMiB,
    averageCpuCount: count === 0 ? null : cpuCount / count,
    averageMemoryMiB: count === 0 ? null : memoryMiB / count,
    minMemoryMiB,
    maxMemoryMiB,
    facets: groups.map(({ grouping, tallies }, position) => ({
      position,
      field: grouping.field,
      label: grouping.label ?? null,
      buckets: bucketsOf(tallies, grouping),
    })),
  };
}

interface Tally {
  /** Any machine of the group: it knows the group's key and name for people. */
  readonly example: VmRow | null;
  count: number;
  cpuCount: number;
  memoryMiB: number;
}

function newTally(example: VmRow | null): Tally {
  return { example, count: 0, cpuCount: 0, memoryMiB: 0 };
}

function addTo(tallies: Map<string | null, Tally>, value: string | null, vm: VmRow): void {
  let tally = tallies.get(value);
  if (tally === undefined) {
    tally = newTally(vm);
    tallies.set(value, tally);
  }
  add(tally, vm);
}

function add(tally: Tally, vm: VmRow): void {
  tally.count += 1;
  tally.cpuCount += vm.cpuCount ?? 0;
  tally.memoryMiB += vm.memoryMiB ?? 0;
}

/** What tells the groups apart; for a host its local id, as making a global id for each machine is slow. */
function groupOf({ field, label }: VmGrouping, site: string): (vm: VmRow) => string | null {
  switch (field) {
    case 'POWER_STATE':
      return (vm) => vm.powerState;
    case 'HOST':
      return (vm) => (vm.host === null ? null : `${vm.installation}|${vm.host.localId}`);
    case 'INSTALLATION':
      return (vm) => vm.installation;
    case 'SITE':
      return () => site;
    case 'LABEL':
      return (vm) => (Object.hasOwn(vm.labels, label!) ? vm.labels[label!]! : null);
  }
}

function bucketsOf(tallies: ReadonlyMap<string | null, Tally>, { field }: VmGrouping): VmBucket[] {
  const buckets = Array.from(tallies, ([value, { example, count, cpuCount, memoryMiB }]) => {
    const host = field === 'HOST';
    const key = host ? hostIdOf(example!) : value;
    return { key, name: host ? (example!.host?.name ?? null) : value, count, cpuCount, memoryMiB };
  });
  return buckets.sort((a, b) => compareKeys(a.key, b.key));
}

function compareKeys(a: string | null, b: string | null): number {
  return a === null || b === null ? Number(a === null) - Number(b === null) : compareText(a, b);
}
