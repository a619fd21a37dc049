import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import type { Acceptance } from '../../src/operations/operations.ts';
import { eventually } from '../contract/eventually.ts';
import {
  accept,
  createTestInstallation,
  ended,
  found,
  power,
  type TestBroker,
  type TestInstallation,
} from '../support/operations-installation.ts';
import { ask, startPostgres, type TestPostgres } from '../support/postgres.ts';

// What becomes of operations when brokers or the database are lost, in one process; test/chaos does it to real ones.

let postgres: TestPostgres;
let cleanup = new AsyncDisposableStack();

beforeAll(async () => {
  postgres = await startPostgres();
});
afterEach(async () => {
  const done = cleanup;
  cleanup = new AsyncDisposableStack();
  await done.disposeAsync();
});
afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
});

async function newInstallation(): Promise<TestInstallation> {
  return cleanup.use(createTestInstallation(await postgres.newDatabase()));
}

/** Lets another owner, which does nothing any more, have an operation for a moment. */
async function usurp({ url }: TestInstallation, localId: string): Promise<void> {
  await ask(
    url,
    `update operation set owner = 'lost', epoch = epoch + 1, lease_until = clock_timestamp() + interval '300 ms'
     where local_id = '${localId}'`,
  );
}

/** A broker that has begun an operation, which it never ends. */
async function begun(installation: TestInstallation, broker: TestBroker, action: 'FORCE_STOP' | 'RESET') {
  installation.manager.actionMs = 60_000;
  const accepted = await accept(broker, power('vm-0', action));
  // It runs a moment before the manager hears of it, who would then do it at once.
  await found(broker, accepted, ({ steps }) => steps.some(({ message }) => message === 'The manager is at it.'));
  return accepted;
}

describe('an operation whose broker is lost', () => {
  test('is taken over when the lease ends, and done if it was not', async () => {
    const installation = await newInstallation();
    const [one, two] = [await installation.newBroker(), await installation.newBroker()];
    const accepted = await begun(installation, one, 'FORCE_STOP');
    installation.manager.actionMs = 0;
    await usurp(installation, accepted.operation!.localId);
    expect(await ended(two, accepted)).toMatchObject({ state: 'SUCCEEDED' });
    expect(installation.manager.effects).toMatchObject([{ what: 'FORCE_STOP', epoch: 3 }]);
    expect([...one.errors, ...two.errors]).toEqual([]);
  });

  test('ends as unknown if nobody can tell, and is not done again', async () => {
    const installation = await newInstallation();
    const [one, two] = [await installation.newBroker(), await installation.newBroker()];
    const accepted = await begun(installation, one, 'RESET');
    installation.manager.actionMs = 0;
    await usurp(installation, accepted.operation!.localId);
    expect(await ended(two, accepted)).toMatchObject({ state: 'FAILED', error: { code: 'OUTCOME_UNKNOWN' } });
    expect(installation.manager.effects).toEqual([]);
  });

  test('succeeds without being done again if it was done', async () => {
    const installation = await newInstallation();
    const [one, two] = [await installation.newBroker(), await installation.newBroker()];
    const accepted = await begun(installation, one, 'FORCE_STOP');
    const { vms } = installation.manager;
    vms.set('vm-0', { ...vms.get('vm-0')!, powerState: 'STOPPED' });
    await usurp(installation, accepted.operation!.localId);
    const operation = await ended(two, accepted);
    expect(operation.state).toBe('SUCCEEDED');
    expect(installation.manager.effects).toEqual([]);
  });

  test('is not kept for ever by a broker that does not know that it has it', async () => {
    const installation = await newInstallation();
    const broker = await installation.newBroker();
    // It goes on renewing this one.
    const other = await begun(installation, broker, 'FORCE_STOP');
    const [row] = await ask<{ local_id: string }>(
      installation.url,
      `insert into operation (local_id, serial_key, action, input_hash, owner, epoch, lease_until, revision, content)
       select 'forgotten', 'vm vm-1', '{"kind":"SET_POWER_STATE","vm":"vm-1","action":"PAUSE"}', 'hash', owner, 1,
         clock_timestamp() + interval '1 second', revision,
         content || '{"localId":"forgotten","state":"QUEUED","idempotencyKey":"forgotten"}'
       from operation where local_id = '${other.operation!.localId}' returning local_id`,
    );
    installation.manager.actionMs = 0;
    const accepted = { ...other, operation: { ...other.operation!, localId: row!.local_id } };
    expect(await ended(broker, accepted, 8_000)).toMatchObject({ state: 'SUCCEEDED' });
  });
});

test('a broker that ends leaves what takes longer to another one at once', async () => {
  const installation = await newInstallation();
  const one = await installation.newBroker();
  const accepted = await begun(installation, one, 'FORCE_STOP');
  // Only now, or it might have taken the operation itself.
  const two = await installation.newBroker({ concurrent: 1 });
  installation.manager.actionMs = 0;
  await one[Symbol.asyncDispose]();
  const [row] = await ask<{ isFree: boolean }>(
    installation.url,
    `select lease_until is null or owner = '${two.owner}' as "isFree" from operation
     where local_id = '${accepted.operation!.localId}'`,
  );
  expect(row).toEqual({ isFree: true });
  expect(await ended(two, accepted)).toMatchObject({ state: 'SUCCEEDED' });
  expect(installation.manager.effects).toHaveLength(1);
});

test('only so many that have ended are kept, and the feed says which went', async () => {
  const { newBroker, url } = await newInstallation();
  const broker = await newBroker();
  const all: Acceptance[] = [];
  for (const action of ['PAUSE', 'RESUME', 'PAUSE'] as const) {
    all.push(await accept(broker, power('vm-0', action)));
    await ended(broker, all.at(-1)!);
  }
  await broker[Symbol.asyncDispose]();
  const next = await newBroker({ keepMost: 1 });
  await eventually(() => {
    const kept = [...next.inventory.current().snapshot!.rows('Operation')];
    expect(kept.map(({ localId }) => localId)).toEqual([all[2]!.operation!.localId]);
  });
  const removed = await ask<{ count: number }>(
    url,
    `select count(*)::int as count from feed_change, json_array_elements(changes) change
     where change ->> 'kind' = 'Operation' and change ->> 'after' is null`,
  );
  expect(removed).toEqual([{ count: 2 }]);
});

test('nothing that was accepted is lost while the database is away', async () => {
  await using own = await startPostgres();
  await using installation = createTestInstallation(await own.newDatabase());
  const { newBroker, manager } = installation;
  manager.actionMs = 400;
  const broker = await newBroker({ concurrent: 2 });
  const all = [];
  for (let at = 0; at < 6; at += 1) all.push(await accept(broker, power(`vm-${at}`, 'PAUSE')));
  await own.server.stop();
  const refused = accept(broker, power('vm-0', 'RESUME'));
  await expect(refused).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  await own.server.start(AbortSignal.timeout(20_000));
  for (const accepted of all) {
    expect(await ended(broker, accepted, 30_000)).toMatchObject({ state: 'SUCCEEDED' });
  }
  expect(manager.effects).toHaveLength(6);
}, 60_000);
