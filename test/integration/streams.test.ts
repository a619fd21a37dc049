import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { decodeRevisions } from '../../src/core/revision-vector.ts';
import { createSimulatorDriver } from '../../src/drivers/simulator/driver.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { createSharedInventory } from '../../src/inventory/shared-inventory.ts';
import { createDatabase } from '../../src/store/database.ts';
import { eventually } from '../contract/eventually.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { simulatorConsole, type SimulatorConsole } from '../support/simulator.ts';
import { askSchema, follow, schemaOf } from '../support/subgraph.ts';

// The streams of an installation whose brokers share a database: what the manager does is told at each of them, and a reader
// goes from one to the other without missing anything or hearing it twice.

const everything = new AsyncDisposableStack();
const stop = new AbortController();
let postgres: TestPostgres;

beforeAll(async () => {
  postgres = everything.use(await startPostgres());
});
afterAll(async () => {
  stop.abort(new Error('The tests are over.'));
  await everything.disposeAsync();
});

interface Event {
  readonly type: string;
  readonly node: { readonly name: string; readonly powerState: string } | null;
  readonly sequence: number;
  readonly resumeToken: string;
}

/** What one broker of the installation answers. */
interface Broker {
  names(token: string): Promise<{ readonly names: readonly string[]; readonly complete: boolean | undefined }>;
  /** The events of machines whose name begins with this. */
  events(prefix: string, after?: string): AsyncGenerator<Event, void>;
}

function joinBroker(databaseUrl: string, simulatorUrl: string, owner: string): Broker {
  const driver = everything.use(createSimulatorDriver({ url: simulatorUrl, clock: systemClock }));
  const database = everything.use(createDatabase({ url: databaseUrl, clock: systemClock }));
  const setup = { driver, installation: 'a', clock: systemClock, random: Math.random };
  const { current, log } = everything.use(createSharedInventory({ ...setup, database, owner }));
  const schema = schemaOf({ current, clock: systemClock, log: log! });
  return {
    async names(token) {
      const source = '{ virtualMachines(first: 1000) { nodes { name } } }';
      const wanted = { atLeast: decodeRevisions(token) };
      const { data, errors, coverage } = await askSchema(schema, systemClock, { source, wanted });
      expect(errors).toEqual([]);
      const nodes = data.virtualMachines.nodes as readonly { name: string }[];
      return { names: nodes.map(({ name }) => name), complete: coverage.virtualMachines?.complete };
    },
    async *events(prefix, after) {
      const source = `subscription ($after: String) { inventoryChanged(after: $after, types: [VIRTUAL_MACHINE],
        filter: { virtualMachine: { name: { startsWith: "${prefix}" } } }) {
        type node { ... on VirtualMachine { name powerState } } sequence resumeToken } }`;
      for await (const answer of follow(schema, { source, variables: { after }, signal: stop.signal })) {
        expect(answer.errors).toEqual([]);
        yield answer.data.inventoryChanged as Event;
      }
    },
  };
}

/** Two brokers of an installation that both know it, and a hand on its manager. */
async function newInstallation(): Promise<{ one: Broker; two: Broker; manager: SimulatorConsole }> {
  const url = await postgres.newDatabase();
  const simulator = everything.use(await startSimulator({ installation: 'a', vms: 20, usageIntervalMs: 0 }));
  const [one, two] = [joinBroker(url, simulator.url, 'one'), joinBroker(url, simulator.url, 'two')];
  await eventually(async () => {
    const token = await placeOf(one);
    expect((await one.names(token)).names).toHaveLength(20);
    expect(await two.names(token)).toMatchObject({ complete: true });
  });
  return { one, two, manager: simulatorConsole(simulator.url) };
}

async function placeOf(broker: Broker): Promise<string> {
  return (await next(broker.events('nothing'))).resumeToken;
}

async function next(events: AsyncGenerator<Event, void>): Promise<Event> {
  const { value, done } = await events.next();
  if (done === true) throw new Error('The stream has ended.');
  return value;
}

/** The next event of a machine, in words. */
async function nextWord(events: AsyncGenerator<Event, void>): Promise<string> {
  const { type, node } = await next(events);
  return node === null ? nextWord(events) : `${type} ${node.name} ${node.powerState}`;
}

const twice = (word: string): readonly string[] => [word, word];

describe('streams of an installation whose brokers share a database', () => {
  test('tell at each broker what the manager does, the same at all', async () => {
    const { one, two, manager } = await newInstallation();
    const streams = [one.events('new-'), two.events('new-')];
    await Promise.all(streams.map(next));
    const { localId } = await manager.add({ name: 'new-1', powerState: 'STOPPED' });
    const both = (): Promise<string[]> => Promise.all(streams.map(nextWord));
    expect(await both()).toEqual(twice('ADDED new-1 STOPPED'));
    await manager.add({ name: 'other' });
    await manager.edit(localId, { powerState: 'RUNNING' });
    expect(await both()).toEqual(twice('MODIFIED new-1 RUNNING'));
    await manager.edit(localId, { name: 'old-1' });
    expect(await both()).toEqual(twice('REMOVED new-1 RUNNING'));
  });

  test('go on at another broker after any event, with exactly what follows', async () => {
    const { one, two, manager } = await newInstallation();
    let events = one.events('new-');
    await next(events);
    for (const at of Array.from({ length: 30 }).keys()) {
      await manager.add({ name: `new-${at}` });
    }
    const seen: string[] = [];
    while (seen.length < 30) {
      const { node, resumeToken } = await next(events);
      if (node === null) continue;
      seen.push(node.name);
      if (seen.length % 7 === 0) {
        await events.return();
        events = (seen.length % 2 === 0 ? one : two).events('new-', resumeToken);
      }
    }
    expect(seen).toEqual(Array.from({ length: 30 }, (_, at) => `new-${at}`));
  });

  test('give tokens that no broker answers older than', async () => {
    const { one, two, manager } = await newInstallation();
    const events = one.events('new-');
    await next(events);
    for (const at of Array.from({ length: 10 }).keys()) {
      await manager.add({ name: `new-${at}` });
      const { resumeToken } = await next(events);
      const { names, complete } = await two.names(resumeToken);
      expect(complete).toBe(true);
      expect(names).toContain(`new-${at}`);
    }
  });
});
