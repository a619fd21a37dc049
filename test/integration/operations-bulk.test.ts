import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import type { Operation } from '../../src/model/operation.ts';
import { eventually } from '../contract/eventually.ts';
import {
  accept,
  createTestInstallation,
  ended,
  found,
  power,
  powerBulk,
  type TestInstallation,
} from '../support/operations-installation.ts';
import { asker } from '../support/operation.ts';
import { ask, startPostgres, type TestPostgres } from '../support/postgres.ts';

// An installation's part of bulks, with several brokers over a real database.

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

async function newInstallation(machines: number): Promise<TestInstallation> {
  return cleanup.use(createTestInstallation(await postgres.newDatabase(), machines));
}

async function partsOf(url: string): Promise<readonly Operation[]> {
  const rows = await ask<{ content: Operation }>(url, 'select content from operation where parent is not null');
  return rows.map(({ content }) => content);
}

describe('a bulk', () => {
  test('does each machine once, counts what became of them, and is the same for the same key', async () => {
    const { newBroker, manager, url } = await newInstallation(20);
    const [one, two] = [await newBroker(), await newBroker()];
    await ended(one, await accept(one, power('vm-0', 'FORCE_STOP')));
    await ended(one, await accept(one, power('vm-1', 'PAUSE')));
    const tried = await two.operations.acceptBulk(powerBulk('SHUTDOWN', { dryRun: true }), signal);
    expect(tried).toMatchObject({ operation: null, targetCount: 20 });
    expect(tried.preview).toHaveLength(20);
    const accepted = await two.operations.acceptBulk(powerBulk('SHUTDOWN'), signal);
    expect(accepted).toMatchObject({
      targetCount: 20,
      operation: { state: 'RUNNING', counts: { items: 20, succeeded: 1, failed: 1 }, revision: expect.any(Number) },
    });
    const again = await one.operations.acceptBulk(powerBulk('SHUTDOWN', { maxTargets: 3 }), signal);
    expect(again.operation!.localId).toBe(accepted.operation!.localId);
    const operation = await ended(one, accepted);
    expect(operation).toMatchObject({
      state: 'FAILED',
      progress: 95,
      error: { code: 'PARTIAL_FAILURE' },
      counts: { items: 20, succeeded: 19, failed: 1, cancelled: 0 },
    });
    expect(manager.effects.filter(({ what }) => what === 'SHUTDOWN')).toHaveLength(18);
    const bad = (await partsOf(url)).filter(({ state }) => state !== 'SUCCEEDED');
    expect(bad).toMatchObject([{ targetName: 'vm-1', state: 'FAILED', error: { code: 'INVALID_STATE' } }]);
  });

  test('that is there already is told of also to who only tries, and its key stands for nothing else', async () => {
    const { newBroker } = await newInstallation(3);
    const broker = await newBroker();
    const { operation } = await broker.operations.acceptBulk(powerBulk('PAUSE'), signal);
    const tried = await broker.operations.acceptBulk(powerBulk('PAUSE', { dryRun: true }), signal);
    expect(tried).toMatchObject({ operation: { localId: operation!.localId }, targetCount: 3 });
    const sameId = { idempotencyKey: 'other', operationId: operation!.localId };
    for (const other of [powerBulk('RESUME'), powerBulk('RESUME', sameId)]) {
      const { userErrors } = await broker.operations.acceptBulk(other, signal);
      expect(userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
    }
  });

  test('is accepted once, whoever is asked at the same time', async () => {
    const { newBroker, url } = await newInstallation(10);
    const brokers = [await newBroker(), await newBroker()];
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, at) => brokers[at % 2]!.operations.acceptBulk(powerBulk('PAUSE'), signal)),
    );
    expect(new Set(all.map(({ operation }) => operation!.localId)).size).toBe(1);
    expect(await partsOf(url)).toHaveLength(10);
  });

  test('has ended at once if everything is so already', async () => {
    const { newBroker } = await newInstallation(3);
    const broker = await newBroker();
    await ended(broker, await broker.operations.acceptBulk(powerBulk('PAUSE', { idempotencyKey: 'first' }), signal));
    const { operation } = await broker.operations.acceptBulk(powerBulk('PAUSE'), signal);
    expect(operation).toMatchObject({ state: 'SUCCEEDED', progress: 100, finishedAt: expect.any(Number) });
  });

  test('of machines with which something is under way waits for that, and does not go by how they are now', async () => {
    const { newBroker, manager } = await newInstallation(4);
    const broker = await newBroker();
    manager.actionMs = 200;
    const stop = await broker.operations.acceptBulk(powerBulk('FORCE_STOP', { idempotencyKey: 'stop' }), signal);
    const start = await broker.operations.acceptBulk(powerBulk('START', { idempotencyKey: 'start' }), signal);
    expect(await ended(broker, stop)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await ended(broker, start)).toMatchObject({ state: 'SUCCEEDED', counts: { succeeded: 4 } });
    expect([...manager.vms.values()].map(({ powerState }) => powerState)).toEqual(Array(4).fill('RUNNING'));
    expect(manager.effects).toHaveLength(8);
  });

  test('is refused whole if nothing or too much is meant, or if it is possible with no machine', async () => {
    const { newBroker, url } = await newInstallation(5);
    const broker = await newBroker();
    const codesOf = async (request: ReturnType<typeof powerBulk>) =>
      (await broker.operations.acceptBulk(request, signal)).userErrors.map(({ code, field }) => [code, field]);
    expect(await codesOf(powerBulk('PAUSE', { maxTargets: 4 }))).toEqual([['TOO_MANY_TARGETS', 'input.maxTargets']]);
    expect(await codesOf(powerBulk('PAUSE', { maxTargets: 0 }))).toEqual([['INVALID_ARGUMENT', 'input.maxTargets']]);
    const nobody = powerBulk('PAUSE', { filter: { name: { eq: 'nobody' } } });
    expect(await codesOf(nobody)).toEqual([['NOTHING_MATCHED', 'input.filter']]);
    const snapshots = { kind: 'CREATE_SNAPSHOT_BULK', name: 's', description: null } as const;
    expect(await codesOf(powerBulk('PAUSE', { action: snapshots }))).toEqual([['UNSUPPORTED', null]]);
    expect(await ask(url, 'select count(*)::int as count from operation')).toEqual([{ count: 0 }]);
  });

  test('that is cancelled ends what has not begun', async () => {
    const { newBroker, manager } = await newInstallation(20);
    manager.actionMs = 300;
    const broker = await newBroker({ concurrent: 2 });
    const accepted = await broker.operations.acceptBulk(powerBulk('PAUSE'), signal);
    await eventually(() => expect(manager.effects.length).toBeGreaterThan(0));
    await broker.operations.cancel({ ...asker, kind: 'SET_POWER_STATE', localId: accepted.operation!.localId }, signal);
    const operation = await ended(broker, accepted);
    expect(operation.counts!.cancelled).toBeGreaterThan(10);
    expect(operation.counts!.succeeded).toBe(manager.effects.length);
    expect(operation.state).toBe('CANCELLED');
  });

  test('tells how far it is, and never goes back', async () => {
    const { newBroker, manager, url } = await newInstallation(20);
    manager.actionMs = 150;
    const [one, two] = [await newBroker({ concurrent: 2 }), await newBroker({ concurrent: 2 })];
    const accepted = await one.operations.acceptBulk(powerBulk('PAUSE'), signal);
    await found(two, accepted, ({ counts }) => counts!.succeeded > 0 && counts!.succeeded < 20);
    await ended(two, accepted);
    const rows = await ask<{ progress: number }>(
      url,
      `select (change -> 'after' ->> 'progress')::float8 as progress
       from feed_change, json_array_elements(changes) change
       where change ->> 'localId' = '${accepted.operation!.localId}' order by revision`,
    );
    const told = rows.map(({ progress }) => progress);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toBe(100);
  });
});
