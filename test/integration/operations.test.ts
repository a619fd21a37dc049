import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { SitewideError } from '../../src/core/errors.ts';
import type { Action } from '../../src/model/action.ts';
import { eventually } from '../contract/eventually.ts';
import {
  accept,
  createTestInstallation,
  ended,
  found,
  power,
  type TestInstallation,
} from '../support/operations-installation.ts';
import { asker } from '../support/operation.ts';
import { ask, startPostgres, type TestPostgres } from '../support/postgres.ts';

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

async function newInstallation(): Promise<TestInstallation> {
  return cleanup.use(createTestInstallation(await postgres.newDatabase()));
}

const create = (name: string): Action => ({
  kind: 'CREATE_VIRTUAL_MACHINE',
  spec: {
    name,
    cpuCount: 1,
    memoryMiB: 64,
    guestOs: null,
    diskBytes: null,
    datastore: null,
    network: null,
    host: null,
    labels: {},
    annotations: {},
    start: false,
  },
  template: null,
});

describe('an operation', () => {
  test('is carried out once, and its effect is in the inventory when it has succeeded', async () => {
    const { newBroker, manager } = await newInstallation();
    const [one, two] = [await newBroker(), await newBroker()];
    const accepted = await accept(one, power('vm-0', 'FORCE_STOP'));
    expect(accepted.userErrors).toEqual([]);
    expect(accepted.operation).toMatchObject({ state: 'QUEUED', targetName: 'vm-0', actor: 'anonymous' });
    const operation = await ended(two, accepted);
    expect(operation).toMatchObject({ state: 'SUCCEEDED', progress: 100, error: null });
    expect(operation.steps.map(({ message }) => message)).toContain('The manager is at it.');
    expect(manager.effects).toMatchObject([{ operationId: operation.localId, what: 'FORCE_STOP', vm: 'vm-0' }]);
    await eventually(() => expect([...one.ended, ...two.ended]).toEqual([operation]));
    expect([...one.errors, ...two.errors]).toEqual([]);
  });

  test('says, as soon as it is accepted, where in the feed it is', async () => {
    const { newBroker } = await newInstallation();
    const [one, two] = [await newBroker({ concurrent: 1 }), await newBroker({ concurrent: 1 })];
    const { operation } = await accept(one, power('vm-0', 'PAUSE'));
    const { feed } = one.inventory.log!.place()!;
    expect(operation!.revision).toBeGreaterThan(0);
    expect(await two.inventory.log!.reach({ feed, revision: operation!.revision, part: 0 }, signal)).toBe(true);
    expect(two.inventory.current().snapshot!.get('Operation', operation!.localId)).not.toBeNull();
  });

  test('names the machine that it made', async () => {
    const { newBroker } = await newInstallation();
    const broker = await newBroker();
    const accepted = await accept(broker, create('new'));
    expect(accepted.operation).toMatchObject({ target: null, targetName: 'new' });
    expect(await ended(broker, accepted)).toMatchObject({ state: 'SUCCEEDED', target: 'new-new' });
    const again = await accept(broker, create('new'));
    expect(again.userErrors).toMatchObject([{ code: 'INVALID_ARGUMENT', field: 'input.name' }]);
  });

  test('is accepted once for one key, whoever is asked at the same time, and refused for another input', async () => {
    const { newBroker, manager } = await newInstallation();
    const brokers = [await newBroker(), await newBroker()];
    const key = { idempotencyKey: 'k' };
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, at) => accept(brokers[at % 2]!, power('vm-0', 'RESET'), key)),
    );
    expect(new Set(all.map(({ operation }) => operation!.localId)).size).toBe(1);
    await ended(brokers[0]!, all[0]!);
    expect((await accept(brokers[1]!, power('vm-0', 'RESET'), key)).operation).toMatchObject({
      localId: all[0]!.operation!.localId,
      state: 'SUCCEEDED',
    });
    expect(manager.effects).toHaveLength(1);
    const other = await accept(brokers[1]!, power('vm-0', 'PAUSE'), key);
    expect(other.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
    const long = await accept(brokers[1]!, power('vm-0', 'PAUSE'), { idempotencyKey: 'k'.repeat(201) });
    expect(long.userErrors).toMatchObject([{ code: 'INVALID_ARGUMENT', field: 'input.idempotencyKey' }]);
  });

  test('waits for an earlier one of the same machine, and not for those of others', async () => {
    const { newBroker, manager } = await newInstallation();
    manager.actionMs = 200;
    const [one, two] = [await newBroker(), await newBroker()];
    const stop = await accept(one, power('vm-0', 'FORCE_STOP'));
    const start = await accept(two, power('vm-0', 'START'));
    const other = await accept(two, power('vm-1', 'FORCE_STOP'));
    expect(start.userErrors).toEqual([]);
    expect(await ended(two, start)).toMatchObject({ state: 'SUCCEEDED' });
    await ended(one, stop);
    await ended(one, other);
    const whats = manager.effects.filter((effect) => effect.vm === 'vm-0').map(({ what }) => what);
    expect(whats).toEqual(['FORCE_STOP', 'START']);
  });

  test('is never refused by a broker that has not yet seen what has ended', async () => {
    const { newBroker } = await newInstallation();
    const [one, two] = [await newBroker(), await newBroker()];
    for (let round = 0; round < 15; round += 1) {
      await ended(one, await accept(one, power('vm-0', 'PAUSE')));
      const resumed = await accept(two, power('vm-0', 'RESUME'));
      expect(resumed.userErrors).toEqual([]);
      await ended(two, resumed);
    }
  });

  test('that is refused changes nothing and says why, and a try says what would be done', async () => {
    const { newBroker, url, manager } = await newInstallation();
    const broker = await newBroker();
    expect((await accept(broker, power('vm-0', 'START'))).userErrors).toEqual([
      {
        code: 'INVALID_STATE',
        field: 'input.action',
        message: 'vm-0 is RUNNING; START is possible only in STOPPED, SUSPENDED, CRASHED.',
      },
    ]);
    expect((await accept(broker, power('none', 'START'))).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    const migration: Action = { kind: 'MIGRATE_VIRTUAL_MACHINE', vm: 'vm-0', host: 'host' };
    expect((await accept(broker, migration)).userErrors).toMatchObject([{ code: 'UNSUPPORTED' }]);
    const tried = await accept(broker, power('vm-0', 'PAUSE'), { dryRun: true });
    expect(tried).toMatchObject({ operation: null, preview: ['vm-0: PAUSE, from RUNNING to PAUSED'] });
    expect(await ask(url, 'select count(*)::int as count from operation')).toEqual([{ count: 0 }]);
    expect(manager.effects).toEqual([]);
  });

  test('that meets the same trouble every time fails with it when its time is over', async () => {
    const { newBroker, manager } = await newInstallation();
    const broker = await newBroker({ timeoutMs: 1_500 });
    manager.actionFailure = new SitewideError('DRIVER_FAULT', { driver: 'test', uri: 'test:', problem: 'no' });
    const accepted = await accept(broker, power('vm-0', 'PAUSE'));
    const operation = await ended(broker, accepted);
    expect(operation).toMatchObject({ state: 'FAILED', error: { code: 'DRIVER_FAULT' } });
    expect(operation.steps.filter(({ message }) => message === 'Begun again.').length).toBeGreaterThan(0);
    manager.actionFailure = new SitewideError('ACTION_IMPOSSIBLE', { problem: 'it is locked' });
    const refused = await ended(broker, await accept(broker, power('vm-0', 'PAUSE')));
    expect(refused).toMatchObject({ state: 'FAILED', error: { code: 'ACTION_IMPOSSIBLE', message: 'it is locked.' } });
    manager.actionFailure = new Error('a mistake of ours');
    const mistaken = await ended(broker, await accept(broker, power('vm-0', 'PAUSE')));
    expect(mistaken).toMatchObject({ state: 'FAILED', error: { code: 'INTERNAL' } });
    expect(manager.effects).toEqual([]);
  });

  test('is done in the end if the manager was away for a while', async () => {
    const { newBroker, manager } = await newInstallation();
    const broker = await newBroker();
    const problem = 'nobody is there';
    manager.actionFailure = new SitewideError('DRIVER_UNREACHABLE', { driver: 'test', uri: 'test:', problem });
    const accepted = await accept(broker, power('vm-0', 'PAUSE'));
    await found(broker, accepted, ({ steps }) => steps.some(({ message }) => message === 'Begun again.'));
    manager.actionFailure = null;
    expect(await ended(broker, accepted)).toMatchObject({ state: 'SUCCEEDED' });
    expect(manager.effects).toHaveLength(1);
  });
});

describe('cancelling', () => {
  test('ends what has not begun at once, and what has begun if it had no effect', async () => {
    const { newBroker, manager } = await newInstallation();
    manager.actionMs = 60_000;
    const [one, two] = [await newBroker(), await newBroker()];
    const running = await accept(one, power('vm-0', 'FORCE_STOP'));
    const waiting = await accept(one, power('vm-0', 'START'));
    expect(
      await two.operations.cancel({ ...asker, kind: 'SET_POWER_STATE', localId: waiting.operation!.localId }, signal),
    ).toMatchObject({
      state: 'CANCELLED',
    });
    await found(one, running, ({ state }) => state === 'RUNNING');
    expect(
      await two.operations.cancel({ ...asker, kind: 'SET_POWER_STATE', localId: running.operation!.localId }, signal),
    ).toMatchObject({
      cancelRequested: true,
    });
    expect(await ended(two, running, 2_000)).toMatchObject({ state: 'CANCELLED', error: null });
    expect(manager.effects).toEqual([]);
    const before = await two.operations.find(running.operation!.localId, signal);
    expect(
      await two.operations.cancel({ ...asker, kind: 'SET_POWER_STATE', localId: running.operation!.localId }, signal),
    ).toEqual(before);
    expect(
      await two.operations.cancel({ ...asker, kind: 'SET_POWER_STATE', localId: randomUUID() }, signal),
    ).toBeNull();
  });

  test('comes too late for what was done meanwhile', async () => {
    const { newBroker, manager } = await newInstallation();
    manager.actionMs = 500;
    const broker = await newBroker();
    const accepted = await accept(broker, power('vm-0', 'FORCE_STOP'));
    await found(broker, accepted, ({ state }) => state === 'RUNNING');
    // The manager does it at the very moment at which nobody wants it any more.
    manager.vms.set('vm-0', { ...manager.vms.get('vm-0')!, powerState: 'STOPPED' });
    await broker.operations.cancel({ ...asker, kind: 'SET_POWER_STATE', localId: accepted.operation!.localId }, signal);
    expect(await ended(broker, accepted)).toMatchObject({ state: 'SUCCEEDED', cancelRequested: true });
  });

  test('leaves open what became of something that cannot be observed', async () => {
    const { newBroker, manager } = await newInstallation();
    manager.actionMs = 60_000;
    const broker = await newBroker();
    const accepted = await accept(broker, power('vm-0', 'RESET'));
    await found(broker, accepted, ({ state }) => state === 'RUNNING');
    await broker.operations.cancel({ ...asker, kind: 'SET_POWER_STATE', localId: accepted.operation!.localId }, signal);
    expect(await ended(broker, accepted)).toMatchObject({ state: 'FAILED', error: { code: 'OUTCOME_UNKNOWN' } });
  });
});
