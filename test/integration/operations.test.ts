import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { createSharedInventory } from '../../src/inventory/shared-inventory.ts';
import type { Action, PowerAction } from '../../src/model/action.ts';
import { hasEnded, type Operation } from '../../src/model/operation.ts';
import { createOperations, type RunningOperations } from '../../src/operations/create-operations.ts';
import type { Acceptance } from '../../src/operations/operations.ts';
import { createDatabase, type Database } from '../../src/store/database.ts';
import { eventually } from '../contract/eventually.ts';
import { vm } from '../support/builders.ts';
import { ask, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { createTestManager, type TestManager } from '../support/test-manager.ts';

// Operations of one installation with several brokers' workers over a real database.

const { signal } = new AbortController();
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

interface TestBroker extends AsyncDisposable {
  readonly operations: RunningOperations;
  readonly database: Database;
  /** Has its database be away, as for a process that is cut off. */
  readonly errors: unknown[];
}

interface Installation {
  readonly url: string;
  readonly manager: TestManager;
  newBroker(limits?: {
    readonly concurrent?: number;
    readonly keepMost?: number;
    readonly timeoutMs?: number;
  }): TestBroker;
}

async function newInstallation(machines = 6): Promise<Installation> {
  const url = await postgres.newDatabase();
  const manager = createTestManager(
    Array.from({ length: machines }, (_, at) => vm({ name: `vm-${at}`, powerState: 'RUNNING' })),
  );
  return {
    url,
    manager,
    newBroker({ concurrent = 8, keepMost = 10_000, timeoutMs = 20_000 } = {}) {
      const started = new AsyncDisposableStack();
      const database = started.use(createDatabase({ url, clock: systemClock }));
      const errors: unknown[] = [];
      const options = {
        database,
        driver: manager.newDriver(),
        installation: 'a',
        owner: randomUUID(),
        clock: systemClock,
        random: Math.random,
        newId: randomUUID,
        limits: { concurrent, timeoutMs, keepMs: 7 * 86_400_000, keepMost },
        onError: (error: unknown) => errors.push(error),
      };
      const inventory = started.use(createSharedInventory(options));
      const operations = started.use(createOperations({ ...options, inventory }));
      const broker: TestBroker = { operations, database, errors, [Symbol.asyncDispose]: () => started.disposeAsync() };
      cleanup.use(broker);
      return broker;
    },
  };
}

const power = (name: string, action: PowerAction): Action => ({ kind: 'SET_POWER_STATE', vm: name, action });

/** Waits for an inventory to check against. */
async function accept(
  { operations }: TestBroker,
  action: Action,
  rest: { readonly idempotencyKey?: string; readonly dryRun?: boolean } = {},
): Promise<Acceptance> {
  const request = { action, actor: 'anonymous', idempotencyKey: null, dryRun: false, ...rest };
  return eventually(() => operations.accept(request, signal), 10_000);
}

async function ended(
  { operations }: TestBroker,
  { operation }: Pick<Acceptance, 'operation'>,
  withinMs = 15_000,
): Promise<Operation> {
  return eventually(async () => {
    const found = await operations.find(operation!.localId, signal);
    expect(found === null ? null : hasEnded(found)).toBe(true);
    return found!;
  }, withinMs);
}

describe('an operation', () => {
  test('is carried out once, and its effect is in the inventory when it has succeeded', async () => {
    const { newBroker, manager } = await newInstallation();
    const [one, two] = [newBroker(), newBroker()];
    const accepted = await accept(one, power('vm-0', 'FORCE_STOP'));
    expect(accepted.userErrors).toEqual([]);
    expect(accepted.operation).toMatchObject({ state: 'QUEUED', targetName: 'vm-0', actor: 'anonymous' });
    const operation = await ended(two, accepted);
    expect(operation).toMatchObject({ state: 'SUCCEEDED', progress: 100, error: null });
    expect(operation.steps.map(({ message }) => message)).toContain('The manager is at it.');
    expect(manager.effects).toMatchObject([{ operationId: operation.localId, what: 'FORCE_STOP', vm: 'vm-0' }]);
    expect([...one.errors, ...two.errors]).toEqual([]);
  });

  test('names the machine that it made', async () => {
    const { newBroker } = await newInstallation();
    const broker = newBroker();
    const spec = { name: 'new', cpuCount: 1, memoryMiB: 64, guestOs: null, diskBytes: null, datastore: null };
    const rest = { network: null, host: null, labels: {}, annotations: {}, start: false };
    const action: Action = { kind: 'CREATE_VIRTUAL_MACHINE', spec: { ...spec, ...rest }, template: null };
    const accepted = await accept(broker, action);
    expect(accepted.operation).toMatchObject({ target: null, targetName: 'new' });
    expect(await ended(broker, accepted)).toMatchObject({ state: 'SUCCEEDED', target: 'new-new' });
    const again = await accept(broker, action);
    expect(again.userErrors).toMatchObject([{ code: 'INVALID_ARGUMENT', field: 'input.name' }]);
  });

  test('is accepted once for one key, whoever is asked at the same time, and refused for another input', async () => {
    const { newBroker, manager } = await newInstallation();
    const brokers = [newBroker(), newBroker()];
    await Promise.all(brokers.map((broker) => accept(broker, power('vm-1', 'PAUSE'), { dryRun: true })));
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, at) => accept(brokers[at % 2]!, power('vm-0', 'RESET'), { idempotencyKey: 'k' })),
    );
    expect(new Set(all.map(({ operation }) => operation!.localId)).size).toBe(1);
    await ended(brokers[0]!, all[0]!);
    expect((await accept(brokers[1]!, power('vm-0', 'RESET'), { idempotencyKey: 'k' })).operation).toMatchObject({
      localId: all[0]!.operation!.localId,
      state: 'SUCCEEDED',
    });
    expect(manager.effects).toHaveLength(1);
    expect((await accept(brokers[1]!, power('vm-0', 'PAUSE'), { idempotencyKey: 'k' })).userErrors).toMatchObject([
      { code: 'IDEMPOTENCY_KEY_REUSED' },
    ]);
  });

  test('waits for an earlier one of the same machine, and not for those of others', async () => {
    const { newBroker, manager } = await newInstallation();
    manager.actionMs = 200;
    const [one, two] = [newBroker(), newBroker()];
    const stop = await accept(one, power('vm-0', 'FORCE_STOP'));
    const start = await accept(two, power('vm-0', 'START'));
    const other = await accept(two, power('vm-1', 'FORCE_STOP'));
    expect(start.userErrors).toEqual([]);
    expect(await ended(two, start)).toMatchObject({ state: 'SUCCEEDED' });
    await ended(one, stop);
    await ended(one, other);
    expect(manager.effects.filter((effect) => effect.vm === 'vm-0').map(({ what }) => what)).toEqual([
      'FORCE_STOP',
      'START',
    ]);
  });

  test('that is refused changes nothing and says why, and a try says what would be done', async () => {
    const { newBroker, url, manager } = await newInstallation();
    const broker = newBroker();
    expect((await accept(broker, power('vm-0', 'START'))).userErrors).toEqual([
      {
        code: 'INVALID_STATE',
        field: 'input.action',
        message: 'vm-0 is RUNNING; START is possible only in STOPPED, SUSPENDED, CRASHED.',
      },
    ]);
    expect((await accept(broker, power('none', 'START'))).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    const clone: Action = { kind: 'MIGRATE_VIRTUAL_MACHINE', vm: 'vm-0', host: 'host' };
    expect((await accept(broker, clone)).userErrors).toMatchObject([{ code: 'UNSUPPORTED' }]);
    const tried = await accept(broker, power('vm-0', 'PAUSE'), { dryRun: true });
    expect(tried).toMatchObject({ operation: null, preview: ['vm-0: PAUSE, from RUNNING to PAUSED'] });
    expect(await ask(url, 'select count(*)::int as count from operation')).toEqual([{ count: 0 }]);
    expect(manager.effects).toEqual([]);
  });
});

describe('an operation whose broker is lost', () => {
  /** As SIGKILL and SIGSTOP leave it: begun under an owner that does nothing any more. */
  async function abandon(url: string, localId: string): Promise<void> {
    await ask(
      url,
      `update operation set owner = 'lost', epoch = epoch + 1, begun = true,
         content = content || '{"state": "RUNNING"}', lease_until = clock_timestamp() + interval '300 ms'
       where local_id = '${localId}'`,
    );
  }

  /** Accepted by a broker without room, so that nobody has begun it yet. */
  async function acceptedOnly({ newBroker, url }: Installation, action: Action): Promise<Acceptance> {
    const broker = newBroker();
    await ask(url, 'select 1');
    const blocked = await accept(broker, { kind: 'SET_POWER_STATE', vm: 'vm-5', action: 'PAUSE' }, { dryRun: true });
    expect(blocked.userErrors).toEqual([]);
    const { operations } = broker;
    const accepting = operations.accept({ action, actor: 'x', idempotencyKey: null, dryRun: false }, signal);
    const accepted = await accepting;
    await abandon(url, accepted.operation!.localId);
    return accepted;
  }

  test('is taken over when the lease ends, and done if it was not', async () => {
    const installation = await newInstallation();
    installation.manager.actionMs = 100;
    const accepted = await acceptedOnly(installation, power('vm-0', 'FORCE_STOP'));
    const broker = installation.newBroker();
    expect(await ended(broker, accepted)).toMatchObject({ state: 'SUCCEEDED' });
    expect(installation.manager.effects.filter((effect) => effect.vm === 'vm-0')).toHaveLength(1);
  });

  test('ends as unknown if nobody can tell, and is not done again', async () => {
    const installation = await newInstallation();
    installation.manager.actionMs = 100;
    const accepted = await acceptedOnly(installation, power('vm-0', 'RESET'));
    const broker = installation.newBroker();
    const operation = await ended(broker, accepted);
    expect(operation).toMatchObject({ state: 'FAILED', error: { code: 'OUTCOME_UNKNOWN' } });
    expect(installation.manager.effects.filter((effect) => effect.vm === 'vm-0').length).toBeLessThanOrEqual(1);
  });
});

describe('cancelling', () => {
  test('ends what has not begun at once, and what has begun if it had no effect', async () => {
    const { newBroker, manager } = await newInstallation();
    manager.actionMs = 60_000;
    const broker = newBroker();
    const running = await accept(broker, power('vm-0', 'FORCE_STOP'));
    const waiting = await accept(broker, power('vm-0', 'START'));
    expect(await broker.operations.cancel(waiting.operation!.localId, signal)).toMatchObject({ state: 'CANCELLED' });
    await eventually(async () =>
      expect(await broker.operations.find(running.operation!.localId, signal)).toMatchObject({ state: 'RUNNING' }),
    );
    expect(await broker.operations.cancel(running.operation!.localId, signal)).toMatchObject({ cancelRequested: true });
    expect(await ended(broker, running)).toMatchObject({ state: 'CANCELLED', error: null });
    expect(manager.effects).toEqual([]);
    expect(await broker.operations.cancel(running.operation!.localId, signal)).toMatchObject({ state: 'CANCELLED' });
    expect(await broker.operations.cancel(randomUUID(), signal)).toBeNull();
  });
});

describe('a bulk', () => {
  const bulk = (
    action: PowerAction,
    rest: { readonly maxTargets?: number; readonly dryRun?: boolean; readonly key?: string },
  ) => ({
    action: { kind: 'SET_POWER_STATE_BULK', action } as const,
    filter: { name: { startsWith: 'vm-' } },
    maxTargets: rest.maxTargets ?? 100,
    actor: 'anonymous',
    idempotencyKey: rest.key ?? 'bulk',
    dryRun: rest.dryRun ?? false,
    operationId: null,
  });

  test('does each machine once, counts what became of them, and is the same for the same key', async () => {
    const { newBroker, manager, url } = await newInstallation(20);
    const [one, two] = [newBroker(), newBroker()];
    await ended(one, await accept(one, power('vm-0', 'FORCE_STOP')));
    await ended(one, await accept(one, power('vm-1', 'PAUSE')));
    const tried = await two.operations.acceptBulk(bulk('SHUTDOWN', { dryRun: true }), signal);
    expect(tried).toMatchObject({ operation: null, targetCount: 20 });
    expect(tried.preview).toHaveLength(20);
    const accepted = await two.operations.acceptBulk(bulk('SHUTDOWN', {}), signal);
    expect(accepted).toMatchObject({ targetCount: 20, operation: { state: 'RUNNING', counts: { items: 20 } } });
    const again = await one.operations.acceptBulk(bulk('SHUTDOWN', {}), signal);
    expect(again.operation!.localId).toBe(accepted.operation!.localId);
    const operation = await ended(one, accepted);
    expect(operation).toMatchObject({
      state: 'FAILED',
      error: { code: 'PARTIAL_FAILURE' },
      counts: { items: 20, succeeded: 19, failed: 1, cancelled: 0 },
    });
    expect(manager.effects.filter(({ what }) => what === 'SHUTDOWN')).toHaveLength(18);
    const parts = await ask<{ state: string; code: string | null }>(
      url,
      `select state, content -> 'error' ->> 'code' as code from operation where parent is not null and state <> 'SUCCEEDED'`,
    );
    expect(parts).toEqual([{ state: 'FAILED', code: 'INVALID_STATE' }]);
  });

  test('is refused whole if nothing or too much is meant', async () => {
    const { newBroker, url } = await newInstallation(5);
    const broker = newBroker();
    await accept(broker, power('vm-0', 'PAUSE'), { dryRun: true });
    const tooMany = await broker.operations.acceptBulk(bulk('PAUSE', { maxTargets: 4 }), signal);
    expect(tooMany.userErrors).toMatchObject([{ code: 'TOO_MANY_TARGETS', field: 'input.maxTargets' }]);
    const none = { ...bulk('PAUSE', {}), filter: { name: { eq: 'nobody' } } };
    expect((await broker.operations.acceptBulk(none, signal)).userErrors).toMatchObject([{ code: 'NOTHING_MATCHED' }]);
    expect(await ask(url, 'select count(*)::int as count from operation')).toEqual([{ count: 0 }]);
  });

  test('that is cancelled ends what has not begun', async () => {
    const { newBroker, manager } = await newInstallation(20);
    manager.actionMs = 300;
    const broker = newBroker({ concurrent: 2 });
    await accept(broker, power('vm-0', 'PAUSE'), { dryRun: true });
    const accepted = await broker.operations.acceptBulk(bulk('PAUSE', {}), signal);
    await eventually(() => expect(manager.effects.length).toBeGreaterThan(0));
    await broker.operations.cancel(accepted.operation!.localId, signal);
    const operation = await ended(broker, accepted);
    expect(operation.counts!.cancelled).toBeGreaterThan(10);
    expect(operation.counts!.succeeded).toBe(manager.effects.length);
    expect(operation.state).toBe('CANCELLED');
  });
});

test('only so many that have ended are kept, and the feed says which went', async () => {
  const { newBroker, url } = await newInstallation();
  const broker = newBroker();
  const all: Acceptance[] = [];
  for (const action of ['PAUSE', 'RESUME', 'PAUSE'] as const) {
    all.push(await accept(broker, power('vm-0', action)));
    await ended(broker, all.at(-1)!);
  }
  await broker[Symbol.asyncDispose]();
  const next = newBroker({ keepMost: 1 });
  await eventually(async () => {
    expect(await next.operations.find(all[0]!.operation!.localId, signal)).toBeNull();
    expect(await next.operations.find(all[2]!.operation!.localId, signal)).not.toBeNull();
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
  const url = await own.newDatabase();
  const shared = postgres;
  postgres = { ...own, newDatabase: async () => url };
  try {
    const { newBroker, manager } = await newInstallation(6);
    manager.actionMs = 400;
    const broker = newBroker({ concurrent: 2 });
    const all = [];
    for (let at = 0; at < 6; at += 1) all.push(await accept(broker, power(`vm-${at}`, 'PAUSE')));
    await own.server.stop();
    const refused = broker.operations.accept(
      { action: power('vm-0', 'RESUME'), actor: 'x', idempotencyKey: null, dryRun: false },
      signal,
    );
    await expect(refused).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    await own.server.start(AbortSignal.timeout(20_000));
    for (const accepted of all) {
      expect(await ended(broker, accepted, 30_000)).toMatchObject({ state: 'SUCCEEDED' });
    }
    expect(manager.effects).toHaveLength(6);
  } finally {
    await cleanup.disposeAsync();
    cleanup = new AsyncDisposableStack();
    postgres = shared;
  }
}, 60_000);
