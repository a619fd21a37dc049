import { describe, expect, test } from '@jest/globals';
import { graphql } from 'graphql';

import { createDeadline } from '../../../src/core/deadline.ts';
import { openTrace } from '../../../src/core/trace.ts';
import { createSnapshot, type Snapshot } from '../../../src/inventory/snapshot.ts';
import { anyCoverage } from '../../../src/model/coverage.ts';
import { createSubgraph } from '../../../src/subgraph/subgraph.ts';
import { datastore, host, inventory, vm } from '../../support/builders.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { operation } from '../../support/operation.ts';

// A page says which revision it is of. Where nothing changed that it shows, it says the same as before, to the byte.

const clock = createManualClock();
const web = vm({ name: 'web', host: { localId: 'h', name: 'h' }, labels: { app: 'shop' }, cpuUsage: 0.1 });
const store = datastore({ name: 'd', freeBytes: 10 });
const first = createSnapshot(
  'a',
  inventory({ VirtualMachine: [web, vm({ name: 'db' })], Host: [host({ name: 'h' })], Datastore: [store] }),
);

/** The text of the answer to a query from a snapshot. */
async function answer(source: string, snapshot: Snapshot): Promise<string> {
  const { schema } = createSubgraph({
    installation: { id: 'a', name: 'A', site: 'lyon', driver: 'simulator' },
    broker: { id: 'a-1' },
    inventory: { current: () => ({ revision: 1, snapshot, status: 'OK', asOf: 0, message: null }) },
    siteView: () => ({ id: 'lyon', name: 'Lyon', answeredBy: 'a-1', installations: [] }),
    clock,
  });
  using deadline = createDeadline({ clock, timeoutMs: 1_000 });
  const trace = openTrace({}, Math.random);
  const contextValue = { requestId: 'r', trace, deadline, wanted: anyCoverage, coverage: new Map() };
  const result = await graphql({ schema, source, contextValue });
  expect(result.errors).toBeUndefined();
  return JSON.stringify(result.data);
}

const end = 'pageInfo { endCursor }';
const moved = first.patch([{ type: 'upsert', kind: 'VirtualMachine', resource: { ...web, cpuUsage: 0.2 } }]);

describe('when only usage has moved', () => {
  test.each([
    ['machines', `{ virtualMachines { nodes { name labels { key value } } ${end} } }`],
    ['hosts with their machines', `{ hosts { nodes { name virtualMachines { nodes { name } ${end} } } ${end} } }`],
    ['operations', `{ operations { nodes { id } ${end} } }`],
  ])('a page of %s is what it was', async (_, query) => {
    expect(await answer(query, moved)).toBe(await answer(query, first));
  });

  test.each([
    ['shows usage', `{ virtualMachines(filter: { name: { eq: "db" } }) { nodes { cpuUsage } ${end} } }`],
    [
      'shows usage through a fragment',
      `{ virtualMachines(filter: { name: { eq: "db" } }) { nodes { ...U } ${end} } } fragment U on VirtualMachine { memoryUsageMiB }`,
    ],
    ['filters by usage', `{ virtualMachines(filter: { or: [{ cpuUsage: { lt: 2 } }] }) { nodes { name } ${end} } }`],
    [
      'shows the usage of machines on hosts',
      `{ hosts { nodes { virtualMachines { nodes { memoryUsageMiB } ${end} } } ${end} } }`,
    ],
  ])('a page that %s is of the new revision', async (_, query) => {
    expect(await answer(query, moved)).not.toBe(await answer(query, first));
  });
});

test('datastores by name are what they were when only their free space moved, and those by free space are not', async () => {
  const filled = first.patch([{ type: 'upsert', kind: 'Datastore', resource: { ...store, freeBytes: 9 } }]);
  const byName = `{ datastores { nodes { name } ${end} } }`;
  expect(await answer(byName, filled)).toBe(await answer(byName, first));
  const byFree = `{ datastores(orderBy: { field: FREE }) { nodes { name } ${end} } }`;
  expect(await answer(byFree, filled)).not.toBe(await answer(byFree, first));
});

test('operations that go on change no page of machines', async () => {
  const running = operation({ localId: 'o', state: 'RUNNING' });
  const busy = first.patch([{ kind: 'Operation', localId: 'o', before: null, after: running }]);
  const machines = `{ virtualMachines { nodes { name } ${end} } }`;
  expect(await answer(machines, busy)).toBe(await answer(machines, first));
});

test('a change of anything else gives every page a new revision', async () => {
  const down = first.patch([{ type: 'upsert', kind: 'Host', resource: host({ name: 'h', state: 'DOWN' }) }]);
  const machines = `{ virtualMachines { nodes { name } ${end} } }`;
  expect(await answer(machines, down)).not.toBe(await answer(machines, first));
});
