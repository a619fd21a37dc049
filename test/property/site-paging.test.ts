import { randomUUID } from 'node:crypto';

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'graphql';

import { systemClock } from '../../src/core/clock.ts';
import { createDeadline } from '../../src/core/deadline.ts';
import { openTrace } from '../../src/core/trace.ts';
import { createEngine } from '../../src/gateway/engine.ts';
import { createLocalSource } from '../../src/gateway/local-source.ts';
import type { Source } from '../../src/gateway/source.ts';
import { createSnapshot, type Snapshot } from '../../src/inventory/snapshot.ts';
import { anyCoverage } from '../../src/model/coverage.ts';
import { anonymous } from '../../src/model/principal.ts';
import type { SiteView } from '../../src/model/site.ts';
import type { Vm } from '../../src/model/vm.ts';
import { createSubgraph } from '../../src/subgraph/subgraph.ts';
import { vm } from '../support/builders.ts';

// The paging promise over a whole site: real installations' subgraphs, merged by the real engine, while machines come, go
// and change, and while sources die and return.

const site = 'lyon';
const ids = ['a', 'b', 'c'];
const fields = ['NAME', 'MEMORY', 'BOOTED_AT', 'INSTALLATION'] as const;

const machine = fc.record({
  name: fc.constantFrom('', 'a', 'a b', 'ä', 'z', '\u{1F600}', '￿', 'web'),
  memoryMiB: fc.constantFrom(512, 1024, 1024, 2048, null),
  bootedAt: fc.constantFrom(null, 0, 1_700_000_000_000),
});
const fleet = fc.array(fc.array(machine, { maxLength: 9 }), { minLength: ids.length, maxLength: ids.length });
const order = fc.record({ field: fc.constantFrom(...fields), direction: fc.constantFrom('ASC', 'DESC') });
const disturbance = fc.record({
  installation: fc.nat({ max: ids.length - 1 }),
  kind: fc.constantFrom('none', 'insert', 'remove', 'change'),
  at: fc.nat({ max: 8 }),
  machine,
  /** Which sources are away during the next page. */
  away: fc.subarray(ids),
});
const scenario = fc.record({
  fleet,
  order,
  size: fc.integer({ min: 1, max: 7 }),
  backwards: fc.boolean(),
  disturbances: fc.array(disturbance, { maxLength: 12 }),
});

test('every machine that stayed as it was is seen exactly once, whatever others do between the pages', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ disturbances, ...rest }) => {
      const together = disturbances.map((one) => ({ ...one, away: [] }));
      const { seen, stayed } = await play({ ...rest, disturbances: together });
      expect(repeated(seen, stayed)).toEqual([]);
      expect(seen).toEqual(expect.arrayContaining([...stayed]));
    }),
    { numRuns: 150 },
  );
});

test('a source that was away is named on every later page, and the rows of the others are seen once', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const { seen, stayed, absences, pages } = await play(given);
      expect(repeated(seen, stayed)).toEqual([]);
      const present = stayed.filter((id) => !absences.has(installationOf(id)));
      expect(seen).toEqual(expect.arrayContaining(present));
      for (const { absentSoFar, incomplete } of pages) {
        expect(incomplete).toEqual(expect.arrayContaining([...absentSoFar].map((id) => `installation:${id}`)));
      }
    }),
    { numRuns: 150 },
  );
});

type Machine = Partial<Vm> & Pick<Vm, 'name'>;

interface Scenario {
  readonly fleet: readonly (readonly Machine[])[];
  readonly order: { readonly field: string; readonly direction: string };
  readonly size: number;
  readonly backwards: boolean;
  readonly disturbances: readonly {
    readonly installation: number;
    readonly kind: string;
    readonly at: number;
    readonly machine: Machine;
    readonly away: readonly string[];
  }[];
}

const calm = { away: [], kind: 'none', installation: 0, at: 0, machine: { name: '' } };

interface Played {
  readonly seen: readonly string[];
  /** The machines that were there all the time and did not change. */
  readonly stayed: readonly string[];
  readonly absences: ReadonlySet<string>;
  readonly pages: readonly { readonly absentSoFar: ReadonlySet<string>; readonly incomplete: readonly string[] }[];
}

async function play({ fleet: machines, order: orderBy, size, backwards, disturbances }: Scenario): Promise<Played> {
  const world = createWorld(machines);
  const stayed = new Set(world.ids());
  const seen: string[] = [];
  const absences = new Set<string>();
  const pages: { absentSoFar: ReadonlySet<string>; incomplete: readonly string[] }[] = [];
  let cursor: string | null = null;
  for (let at = 0; at < 200; at += 1) {
    const { away: gone, ...change } = disturbances[at] ?? calm;
    away.clear();
    gone.slice(0, ids.length - 1).forEach((id) => away.add(id));
    const paging = backwards ? { last: size, before: cursor } : { first: size, after: cursor };
    const page = await askPage({ orderBy, ...paging });
    away.forEach((id) => absences.add(id));
    if (backwards) {
      seen.unshift(...page.rows);
    } else {
      seen.push(...page.rows);
    }
    pages.push({ absentSoFar: new Set(absences), incomplete: page.incomplete });
    const next = backwards ? page.startCursor : page.endCursor;
    if (next === null || !(backwards ? page.hasPreviousPage : page.hasNextPage)) {
      return { seen, stayed: [...stayed], absences, pages };
    }
    cursor = next;
    const touched = world.disturb(change);
    if (touched !== null) {
      stayed.delete(touched);
    }
  }
  throw new Error('The pages never end.');
}

/** A machine whose key changed may be seen before and after; one that stayed as it was may not. */
function repeated(seen: readonly string[], stayed: readonly string[]): string[] {
  return stayed.filter((id) => seen.indexOf(id) !== seen.lastIndexOf(id));
}

/** The present state of the world; the subgraphs, which are dear to build, are built once and look here. */
const states = new Map<string, Snapshot>();
const away = new Set<string>();

const siteView = (): SiteView => ({
  id: site,
  name: site,
  answeredBy: 'a-1',
  installations: ids.map((id) => ({ id, name: id, driver: null, brokers: [] })),
});
const schemas = ids.map(
  (id) =>
    createSubgraph({
      installation: { id, name: id, site, driver: 'test' },
      broker: { id: `${id}-1` },
      inventory: {
        current: () => ({ revision: 1, snapshot: states.get(id)!, status: 'OK', asOf: 0, message: null }),
      },
      siteView,
      clock: systemClock,
    }).schema,
);
const sources: readonly Source[] = ids.map((installation, at) => {
  const source = createLocalSource({ site, installation, schema: schemas[at]!, clock: systemClock, onFault: fail });
  return {
    ...source,
    ask: async (request, asking) =>
      away.has(installation)
        ? { status: 'UNREACHABLE', message: 'away', endpoint: null, attempts: [], latencyMs: 0 }
        : source.ask(request, asking),
  };
});
const engine = createEngine({
  schema: schemas[0]!,
  where: `site "${site}"`,
  sources: () => sources,
  clock: systemClock,
  newId: randomUUID,
});

function createWorld(machines: Scenario['fleet']) {
  let count = 0;
  const fresh = (machine: Machine): Vm => vm({ ...machine, localId: `m${(count += 1)}` });
  ids.forEach((id, at) => {
    const inventory = { VirtualMachine: machines[at]!.map(fresh), Host: [], Datastore: [], Network: [] };
    states.set(id, createSnapshot(id, inventory));
  });
  return {
    ids: () => [...states.values()].flatMap((snapshot) => idsOf(snapshot)),
    disturb({ installation, kind, at, machine: given }: Omit<Scenario['disturbances'][number], 'away'>): string | null {
      const id = ids[installation]!;
      const snapshot = states.get(id)!;
      const rows = [...snapshot.rows('VirtualMachine')];
      const row = rows.length === 0 ? undefined : rows[at % rows.length];
      switch (kind) {
        case 'insert':
          states.set(id, snapshot.patch([{ type: 'upsert', kind: 'VirtualMachine', resource: fresh(given) }]));
          return null;
        case 'remove':
          if (row) {
            states.set(id, snapshot.patch([{ type: 'remove', kind: 'VirtualMachine', localId: row.localId }]));
          }
          return row?.id ?? null;
        case 'change':
          if (row) {
            const resource = vm({ ...given, localId: row.localId });
            states.set(id, snapshot.patch([{ type: 'upsert', kind: 'VirtualMachine', resource }]));
          }
          return row?.id ?? null;
        default:
          return null;
      }
    },
  };
}

function idsOf(snapshot: Snapshot): string[] {
  return [...snapshot.rows('VirtualMachine')].map(({ id }) => id);
}

const document =
  parse(`query ($orderBy: VirtualMachineOrder, $first: Int, $after: String, $last: Int, $before: String) {
  virtualMachines(orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    edges { node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    coverage { sources { id status } }
  }
}`);

interface PageRead {
  readonly rows: readonly string[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
  /** The sources that are not OK. */
  readonly incomplete: readonly string[];
}

async function askPage(variables: Record<string, unknown>): Promise<PageRead> {
  using deadline = createDeadline({ clock: systemClock, timeoutMs: 5_000 });
  const trace = openTrace({}, Math.random);
  const context = {
    requestId: 'test',
    trace,
    deadline,
    principal: anonymous,
    wanted: anyCoverage,
    coverage: new Map(),
  };
  const { data, errors } = await engine.answer({ document, variables, context });
  expect(errors).toEqual([]);
  const page = data!['virtualMachines'] as {
    edges: { node: { id: string } }[];
    pageInfo: Omit<PageRead, 'rows' | 'incomplete'>;
    coverage: { sources: { id: string; status: string }[] };
  };
  return {
    ...page.pageInfo,
    rows: page.edges.map(({ node }) => node.id),
    incomplete: page.coverage.sources.filter(({ status }) => status !== 'OK').map(({ id }) => id),
  };
}

function installationOf(id: string): string {
  return Buffer.from(id, 'base64url').toString('utf8').split('|')[2]!;
}

function fail(thrown: unknown): never {
  throw thrown;
}
