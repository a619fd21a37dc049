import { performance } from 'node:perf_hooks';

import { createSnapshot } from '../../src/inventory/snapshot.ts';
import { compileFilter } from '../../src/model/filter.ts';
import { page } from '../../src/model/page.ts';
import type { Change } from '../../src/model/resource.ts';
import { vmList } from '../../src/model/vm-list.ts';
import { summarize } from '../../src/model/vm-summary.ts';
import type { Vm } from '../../src/model/vm.ts';
import { host, inventory, vm } from '../support/builders.ts';

// Prints what lists over one large installation cost. Run it with `node test/bench/page.ts`; it asserts nothing, because
// times depend on the machine.

const machines = 50_000;
const hosts = 500;

const hostOf = (at: number): { localId: string; name: string } => ({
  localId: `h${at % hosts}`,
  name: `host-${at % hosts}`,
});
const all: Vm[] = Array.from({ length: machines }, (_, at) =>
  vm({
    name: `vm-${(at * 7919) % machines}-prod`,
    localId: `5f3c9a2e-0000-4000-8000-${String(at).padStart(12, '0')}`,
    host: hostOf(at),
    memoryMiB: 1024 * (1 + (at % 16)),
    labels: { app: `app-${at % 40}` },
  }),
);
const given = inventory({
  VirtualMachine: all,
  Host: Array.from({ length: hosts }, (_, at) => host({ ...hostOf(at), memoryMiB: 262_144 })),
});

const order = { field: 'NAME', direction: 'ASC' } as const;
const orders = [order, { field: 'MEMORY', direction: 'DESC' }, { field: 'HOST', direction: 'ASC' }] as const;
const wanted = { limit: 50, from: 'START', predicate: null, after: null, before: null } as const;

const snapshot = timed('snapshot of 50,000 machines', 1, () => createSnapshot('a', given));
timed('first sort by name', 1, () => snapshot.sorted('VirtualMachine', order));
orders.forEach((one) => snapshot.sorted('VirtualMachine', one));
const rows = snapshot.sorted('VirtualMachine', order);
const middle = rows.key(machines / 2);

const quick = timing(500, () => page(rows, { ...wanted, after: middle }));
report('page of 50, unfiltered, from the middle', quick);
report(
  'the same with its 50 keys',
  timing(200, () => page(rows, { ...wanted, after: middle }).positions.map(rows.key)),
);
const naive = timing(5, () =>
  [...all]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .filter(({ name }) => name > 'vm-5')
    .slice(0, 50),
);
report('naive: sort all, take 50', naive);
process.stdout.write(`${'ratio'.padEnd(48)} ${Math.round(naive / quick)} to 1\n`);
const rare = compileFilter(vmList.filter, { name: { eq: 'none' } });
report(
  'page with a filter that nothing meets',
  timing(20, () => page(rows, { ...wanted, predicate: rare })),
);
report(
  'summary with two facets',
  timing(10, () =>
    summarize(snapshot.rows('VirtualMachine'), [{ field: 'HOST' }, { field: 'LABEL', label: 'app' }], 'lyon'),
  ),
);
report(
  'machines of 50 hosts',
  timing(10, () => Array.from({ length: 50 }, (_, at) => page(snapshot.vmsOnHost(`h${at}`, order), wanted))),
);

report(
  'patch of 100 usages, 3 orders kept',
  timing(50, () => snapshot.patch(patchOf((one) => ({ ...one, cpuUsage: 0.5 })))),
);
report(
  'patch of 100 new names, 3 orders kept',
  timing(50, () => snapshot.patch(patchOf((one) => ({ ...one, name: `${one.name}x` })))),
);
report(
  'patch of 100 new machines, 3 orders kept',
  timing(50, () => snapshot.patch(patchOf((one, at) => ({ ...one, localId: `new-${at}` })))),
);
report(
  'resync of 50,000 unchanged machines',
  timing(3, () => snapshot.replace(given)),
);

function patchOf(change: (one: Vm, at: number) => Vm): Change[] {
  return Array.from({ length: 100 }, (_, at) => ({
    type: 'upsert',
    kind: 'VirtualMachine',
    resource: change(all[at * 491]!, at),
  }));
}

function timed<T>(what: string, times: number, work: () => T): T {
  let result: T | undefined;
  report(
    what,
    timing(times, () => (result = work())),
  );
  return result!;
}

/** Milliseconds a time, on average. */
function timing(times: number, work: () => unknown): number {
  const start = performance.now();
  for (let at = 0; at < times; at += 1) work();
  return (performance.now() - start) / times;
}

function report(what: string, milliseconds: number): void {
  process.stdout.write(`${what.padEnd(48)} ${milliseconds.toFixed(3)} ms\n`);
}
