import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ExecutionResult, parse } from 'graphql';

import type { Deadline } from '../../../src/core/deadline.ts';
import { createSchemaSubscriptions } from '../../../src/http/subscription-executor.ts';
import { createSnapshot, type Snapshot } from '../../../src/inventory/snapshot.ts';
import { createStateBox, type StateBox } from '../../../src/inventory/state.ts';
import { anyCoverage, type CoverageWanted } from '../../../src/model/coverage.ts';
import type { Vm } from '../../../src/model/vm.ts';
import { host, inventory, vm } from '../../support/builders.ts';
import { createManualClock, type ManualClock, settle } from '../../support/manual-clock.ts';
import { askSchema, contextOf, schemaOf } from '../../support/subgraph.ts';

// The live page of one installation, with the time in the test's hands.

let clock: ManualClock;
let box: StateBox;
let snapshot: Snapshot;
let stop: AbortController;

beforeEach(() => {
  clock = createManualClock();
  box = createStateBox(clock);
  stop = new AbortController();
  const VirtualMachine = ['m1', 'm2', 'm3'].map((name) => vm({ name, host: { localId: 'h', name: 'h' } }));
  snapshot = createSnapshot('a', inventory({ VirtualMachine, Host: [host({ name: 'h' })] }));
  box.reached(snapshot);
});
afterEach(() => stop.abort(new Error('The test is over.')));

const change = (given: Partial<Vm> & { readonly name: string }): void => {
  const known = snapshot.get('VirtualMachine', given.name);
  const resource = vm({ host: { localId: 'h', name: 'h' }, ...known, ...given });
  snapshot = snapshot.patch([{ type: 'upsert', kind: 'VirtualMachine', resource }]);
  box.reached(snapshot);
};

/** What has been told so far. */
async function watch(
  selection: string,
  args = 'first: 2',
  wanted: Partial<CoverageWanted> = {},
): Promise<{ readonly told: ExecutionResult[]; readonly refusal: ExecutionResult | null }> {
  const { signal } = stop;
  const deadline: Deadline = {
    signal,
    timeoutMs: Infinity,
    remainingMs: () => Infinity,
    [Symbol.dispose]: () => undefined,
  };
  const newContext = () => ({
    ...contextOf(deadline),
    wanted: { ...anyCoverage, ...wanted },
    [Symbol.dispose]: () => undefined,
  });
  const told: ExecutionResult[] = [];
  const begun = await createSchemaSubscriptions(schema()).subscribe({
    document: parse(`subscription { virtualMachinesLive(${args}) { ${selection} } }`),
    operationName: null,
    variables: {},
    signal,
    newContext,
    turn: async () => undefined,
  });
  if (!(Symbol.asyncIterator in begun)) {
    return { told, refusal: begun };
  }
  void (async () => {
    for await (const result of begun) {
      told.push(JSON.parse(JSON.stringify(result)) as ExecutionResult);
    }
  })().catch(() => undefined);
  await settle();
  return { told, refusal: null };
}

const schema = () => schemaOf({ current: box.current, changed: box.changed, clock });

const namesOf = ({ data }: ExecutionResult): string[] =>
  (data as { virtualMachinesLive: { nodes: { name: string }[] } }).virtualMachinesLive.nodes.map(({ name }) => name);

const statusOf = ({ extensions }: ExecutionResult): unknown =>
  (extensions as { coverage: { virtualMachinesLive: { sources: { status: string }[] } } }).coverage.virtualMachinesLive
    .sources[0]!.status;

describe('a live page of an installation', () => {
  test('is told at once, and as a whole when something on it changes', async () => {
    const { told } = await watch('nodes { name cpuCount } totalCount');
    expect(told.map(namesOf)).toEqual([['m1', 'm2']]);
    await clock.advance(10_000);
    expect(told).toHaveLength(1);
    change({ name: 'm2', cpuCount: 8 });
    await settle();
    expect(told.at(-1)!.data).toEqual({
      virtualMachinesLive: {
        nodes: [
          { name: 'm1', cpuCount: 2 },
          { name: 'm2', cpuCount: 8 },
        ],
        totalCount: 3,
      },
    });
  });

  test('is told four times a second at most, and at last as it is', async () => {
    const { told } = await watch('nodes { cpuCount }');
    for (let count = 3; count <= 102; count += 1) {
      change({ name: 'm1', cpuCount: count });
      await clock.advance(20);
    }
    // Two seconds, and the page that it began with.
    expect(told.length).toBeGreaterThanOrEqual(8);
    expect(told.length).toBeLessThanOrEqual(9);
    await clock.advance(250);
    expect(JSON.stringify(told.at(-1)!.data)).toContain('"cpuCount":102');
  });

  test('is not told again for what is not on it', async () => {
    const { told } = await watch('nodes { name host { name } } pageInfo { hasNextPage endCursor }');
    change({ name: 'm3', cpuCount: 8 });
    await clock.advance(5_000);
    change({ name: 'm1', cpuUsage: 0.9 });
    await clock.advance(5_000);
    expect(told).toHaveLength(1);
    change({ name: 'm0' });
    await clock.advance(5_000);
    expect(told.map(namesOf)).toEqual([
      ['m1', 'm2'],
      ['m0', 'm1'],
    ]);
  });

  test('is told for usage if it shows usage', async () => {
    const { told } = await watch('nodes { cpuUsage }');
    change({ name: 'm1', cpuUsage: 0.9 });
    await clock.advance(1_000);
    expect(told).toHaveLength(2);
  });

  test('is told as STALE when the manager is lost, and as OK when it is back', async () => {
    const { told } = await watch('nodes { name } totalCountRelation');
    box.lost('the manager hung up');
    await clock.advance(1_000);
    box.reached(snapshot);
    await clock.advance(1_000);
    expect(told.map(statusOf)).toEqual(['OK', 'STALE', 'OK']);
    expect(JSON.stringify(told[1])).toContain('"AT_LEAST"');
  });

  test('says of a manager that was never reached that nobody answered, and goes on when it is reached', async () => {
    box = createStateBox(clock);
    const { told } = await watch('nodes { name }');
    expect(told).toMatchObject([{ data: { virtualMachinesLive: null }, errors: [{ path: ['virtualMachinesLive'] }] }]);
    box.reached(snapshot);
    await clock.advance(1_000);
    expect(namesOf(told.at(-1)!)).toEqual(['m1', 'm2']);
  });

  test('has the cursors of the list that it shows', async () => {
    const { told } = await watch('edges { cursor } pageInfo { endCursor }', 'last: 1');
    const source = '{ virtualMachines(last: 1) { edges { cursor } pageInfo { endCursor } } }';
    const { data } = await askSchema(schema(), clock, { source });
    expect(told[0]!.data!['virtualMachinesLive']).toEqual(data.virtualMachines);
    const { endCursor } = data.virtualMachines.pageInfo as { endCursor: string };
    const before = await watch('nodes { name }', `last: 1, before: "${endCursor}"`);
    expect(before.told.map(namesOf)).toEqual([['m2']]);
  });

  test.each([
    ['more than 200 rows', 'first: 201', 'INVALID_ARGUMENT'],
    ['both ends', 'first: 1, last: 1', 'INVALID_ARGUMENT'],
    ['a cursor that is none', 'after: "x"', 'CURSOR_INVALID'],
  ])('refuses %s', async (_, args, code) => {
    const { refusal } = await watch('nodes { name }', args);
    expect(refusal?.errors?.[0]?.extensions).toMatchObject({ code });
  });

  test('leaves nothing behind', async () => {
    await watch('nodes { name }');
    stop.abort(new Error('Enough.'));
    await settle();
    expect(clock.sleepers).toBe(0);
  });
});
