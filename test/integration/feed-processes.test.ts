import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { eventually } from '../contract/eventually.ts';
import { spawnBroker, type BrokerProcess } from '../support/broker-process.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { ask, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { simulatorConsole, spawnSimulator } from '../support/simulator.ts';

let postgres: TestPostgres;
const everything = new AsyncDisposableStack();

beforeAll(async () => {
  postgres = everything.use(await startPostgres());
});
afterAll(() => everything.disposeAsync());

interface Listing {
  readonly errors?: unknown;
  readonly data: {
    readonly virtualMachines: {
      readonly nodes: readonly { readonly name: string }[];
      readonly coverage: { readonly sources: readonly { readonly status: string }[] };
    };
  };
}

/** The names of all machines as a broker lists them, once it does so with current data. */
async function namesAt({ url }: BrokerProcess): Promise<string[]> {
  const query = '{ virtualMachines(first: 1000) { nodes { name } coverage { sources { status } } } }';
  const response = await fetch(`${url}/installation/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(5_000),
  });
  const { data, errors } = (await response.json()) as Listing;
  expect(errors).toBeUndefined();
  expect(data.virtualMachines.coverage.sources).toEqual([{ status: 'OK' }]);
  return data.virtualMachines.nodes.map(({ name }) => name).sort();
}

interface WatchRow {
  readonly owner: string;
  readonly epoch: string;
}

test('a watcher that is killed, or stopped for a while, is replaced within 5 s, and no change is lost or made twice', async () => {
  const url = await postgres.newDatabase();
  const simulator = everything.use(await spawnSimulator('--installation', 'a', '--vms', '20', '--usage-interval', '0'));
  const world = simulatorConsole(simulator.url);
  const port = await findFreePorts(2);
  const ids = ['a-1', 'a-2'] as const;
  const urlOf = (id: string): string => `http://127.0.0.1:${port + ids.indexOf(id as 'a-1')}`;
  const site = { id: 'test', installations: [{ id: 'a', brokers: ids.map((id) => ({ id, url: urlOf(id) })) }] };
  const start = async (broker: string): Promise<BrokerProcess> => {
    const driver = { kind: 'simulator', url: simulator.url };
    const config = { site, installation: 'a', broker, driver, database: { url }, log: { level: 'error' } };
    return everything.use(await spawnBroker(urlOf(broker), config));
  };
  const brokers = new Map(await Promise.all(ids.map(async (id) => [id as string, await start(id)] as const)));
  const watch = async (): Promise<{ id: string; epoch: number }> => {
    const [row] = await ask<WatchRow>(url, 'select owner, epoch from watch where expires_at > now()');
    return { id: row!.owner.split(' ')[0]!, epoch: Number(row!.epoch) };
  };
  const untilCurrent = (...among: BrokerProcess[]): Promise<void> =>
    eventually(async () => {
      const wanted = (await world.vms()).map(({ name }) => name).sort();
      for (const broker of among) expect(await namesAt(broker)).toEqual(wanted);
    }, 8_000);
  const otherThan = (id: string): string => ids.find((each) => each !== id)!;
  /** The other broker takes over in time, and the change made meanwhile is seen. */
  const untilReplaced = async (lost: string, epoch: number): Promise<void> => {
    const lostAt = Date.now();
    await world.add({ name: `after-${epoch}` });
    const survivor = brokers.get(otherThan(lost))!;
    const complaints: unknown[] = [];
    const next = await eventually(async () => {
      await namesAt(survivor).catch((complaint: unknown) => complaints.push(complaint));
      const found = await watch();
      expect(found).toEqual({ id: otherThan(lost), epoch: expect.any(Number) });
      return found;
    }, 8_000);
    expect(Date.now() - lostAt).toBeLessThan(5_000);
    expect(next.epoch).toBeGreaterThan(epoch);
    expect(complaints).toEqual([]);
    await untilCurrent(brokers.get(next.id)!);
  };
  await untilCurrent(...brokers.values());

  const first = await watch();
  await brokers.get(first.id)![Symbol.asyncDispose]();
  await untilReplaced(first.id, first.epoch);
  brokers.set(first.id, await start(first.id));
  await untilCurrent(...brokers.values());

  const second = await watch();
  const { pid } = brokers.get(second.id)!;
  process.kill(pid, 'SIGSTOP');
  try {
    await untilReplaced(second.id, second.epoch);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await world.add({ name: 'after waking' });
  await untilCurrent(...brokers.values());
  expect((await watch()).id).toBe(otherThan(second.id));
  const [counted] = await ask<Record<'appends' | 'revision' | 'names' | 'ids', string>>(
    url,
    `select count(distinct c.revision) as appends, max(h.revision) as revision,
       count(*) filter (where v -> 'after' ->> 'name' like 'after%') as names,
       count(distinct v -> 'after' ->> 'name')
         filter (where v -> 'after' ->> 'name' like 'after%') as ids
     from feed_head h, feed_change c, json_array_elements(c.changes) v`,
  );
  expect(counted!.appends).toBe(counted!.revision);
  expect(counted!.names).toBe(counted!.ids);
});
