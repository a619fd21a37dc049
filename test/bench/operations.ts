import { randomUUID } from 'node:crypto';

import pg from 'pg';
import { Pool } from 'undici';

import { findFreePorts } from '../support/free-ports.ts';
import { spawnBroker } from '../support/broker-process.ts';
import { ask, startPostgres } from '../support/postgres.ts';
import { spawnSimulator } from '../support/simulator.ts';

// How many operations one broker accepts a second over HTTP, against what the database can take: bare inserts of rows of that
// size in the same run. And how long they take to be carried out when the manager takes no time. Run: npm run bench:operations

const perRun = 400;
const concurrencies = [1, 16];

await using postgres = await startPostgres();
await using simulator = await spawnSimulator(
  '--installation',
  'a',
  '--port',
  '0',
  '--vms',
  '4000',
  '--action-time',
  '0',
);
const database = await postgres.newDatabase();
const port = await findFreePorts(1);
const url = `http://127.0.0.1:${port}`;
await using _broker = await spawnBroker(url, {
  site: { id: 'bench', installations: [{ id: 'a', brokers: [{ id: 'a-1', url }] }] },
  installation: 'a',
  broker: 'a-1',
  listen: { port },
  driver: { kind: 'simulator', url: simulator.url },
  database: { url: database },
  log: { level: 'error' },
});
const http = new Pool(url, { connections: Math.max(...concurrencies) });
const running = await runningMachines();
await accept(running.splice(0, 100), 4);
const inserted = new pg.Pool({ connectionString: database, max: Math.max(...concurrencies) });
await inserted.query('create table bare (id uuid primary key, content jsonb not null)');
const [row] = await ask<{ content: unknown }>(database, 'select content from operation limit 1');
const content = JSON.stringify(row!.content);
for (const concurrency of concurrencies) {
  const bare = await perSecond(Array.from({ length: perRun }), concurrency, async () => {
    await inserted.query('insert into bare values ($1, $2)', [randomUUID(), content]);
  });
  const startedAt = performance.now();
  const accepted = await accept(running.splice(0, perRun), concurrency);
  await untilAllEnded();
  const ended = perRun / ((performance.now() - startedAt) / 1_000);
  process.stdout.write(
    `concurrency ${concurrency}: accepted ${accepted.toFixed(0)}/s, carried out ${ended.toFixed(0)}/s, ` +
      `bare inserts ${bare.toFixed(0)}/s, ratio ${(bare / accepted).toFixed(1)}\n`,
  );
}
await inserted.end();
await http.destroy();

async function accept(ids: readonly string[], concurrency: number): Promise<number> {
  const query = `mutation($input: SetPowerStateInput!) {
    setPowerState(input: $input) { operation { id } userErrors { message } }
  }`;
  return perSecond(ids, concurrency, async (id) => {
    const input = { id, action: 'PAUSE', idempotencyKey: randomUUID() };
    const data = await send<{ setPowerState: { operation: unknown; userErrors: unknown } }>(query, { input });
    if (data.setPowerState.operation === null) throw new Error(JSON.stringify(data.setPowerState.userErrors));
  });
}

async function runningMachines(): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = null; ;) {
    const { virtualMachines: page }: { readonly virtualMachines: Page } = await send(
      `query($after: String) {
        virtualMachines(filter: { powerState: [RUNNING] }, first: 1000, after: $after) {
          nodes { id } pageInfo { hasNextPage endCursor }
        }
      }`,
      { after },
    );
    ids.push(...page.nodes.map(({ id }) => id));
    if (!page.pageInfo.hasNextPage) return ids;
    after = page.pageInfo.endCursor;
  }
}

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

async function send<Data>(query: string, variables: unknown): Promise<Data> {
  const { body } = await http.request({
    path: '/installation/graphql',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await body.json()) as { readonly data: Data; readonly errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function untilAllEnded(): Promise<void> {
  for (;;) {
    const [{ count }] = (await ask<{ count: number }>(
      database,
      `select count(*)::int as count from operation where state in ('QUEUED', 'RUNNING')`,
    )) as [{ readonly count: number }];
    if (count === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** So many at a time, each once; gives how many a second. */
async function perSecond<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < items.length) {
      next += 1;
      await work(items[next - 1]!);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, one));
  return items.length / ((performance.now() - startedAt) / 1_000);
}
