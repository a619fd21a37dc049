import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { auditText } from '../../src/model/audit.ts';
import type { FeedChange } from '../../src/model/resource.ts';
import { createDatabase, type Database } from '../../src/store/database.ts';
import { openFeed, readChanges, readHead } from '../../src/store/feed.ts';
import { migrate } from '../../src/store/migrate.ts';
import { cancelOperations } from '../../src/store/operation-change.ts';
import { claimOperations, releaseOperations, renewOperations } from '../../src/store/operation-claim.ts';
import { removeEnded } from '../../src/store/operation-retention.ts';
import { createOperationWriter, type OperationWriter } from '../../src/store/operation-writer.ts';
import { findOperation, insertOperations, readAskedBefore, type NewOperation } from '../../src/store/operation.ts';
import { eventually } from '../contract/eventually.ts';
import { operation } from '../support/operation.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

const signal = new AbortController().signal;
const audit = auditText({ action: 'CANCEL_OPERATION', outcome: 'ACCEPTED', actor: 'anonymous' });
const everything = new AsyncDisposableStack();
let postgres: TestPostgres;

beforeAll(async () => {
  postgres = everything.use(await startPostgres());
});
afterAll(() => everything.disposeAsync());

async function newStore(): Promise<Database> {
  const database = everything.use(createDatabase({ url: await postgres.newDatabase(), clock: systemClock }));
  await migrate(database, signal);
  await openFeed(database, 'a', signal);
  return database;
}

function starting(machine: string, given: Parameters<typeof operation>[0] = { localId: randomUUID() }): NewOperation {
  return {
    operation: operation({ target: machine, ...given }),
    serialKey: machine,
    action: { kind: 'SET_POWER_STATE', vm: machine, action: 'START' },
    inputHash: 'hash',
    step: null,
    audit: null,
  };
}

/** One for each call, so that nothing is gathered. */
const changeOperation = (database: Database, ...change: Parameters<OperationWriter['change']>) =>
  createOperationWriter(database).change(...change);

async function accept(database: Database, machine: string): Promise<string> {
  const one = starting(machine);
  expect(await insertOperations(database, [one], signal)).not.toBeNull();
  return one.operation.localId;
}

const claim = (database: Database, owner: string, leaseMs = 5_000, limit = 8) =>
  claimOperations(database, { owner, leaseMs, limit }, signal);

/** What the feed says of operations, in its order; fails if a number is missing. */
async function changesOf(database: Database): Promise<readonly FeedChange[]> {
  const { feed } = await readHead(database, signal);
  const appends = await readChanges(database, { feed, revision: 0 }, signal);
  expect(appends.map(({ revision }) => revision)).toEqual(appends.map((_, at) => at + 1));
  const { revision, changes } = await readHead(database, signal);
  expect(revision).toBe(appends.length);
  expect(changes).toBe(appends.reduce((sum, append) => sum + append.changes.length, 0));
  return appends.flatMap((append) => append.changes);
}

describe('accepting', () => {
  test('commits an operation and tells of it in the feed under the same number', async () => {
    const database = await newStore();
    const localId = await accept(database, 'vm');
    const found = (await findOperation(database, localId, signal))!;
    expect(found).toMatchObject({ state: 'QUEUED', revision: 1, finishedAt: null, steps: [] });
    expect(Math.abs(found.createdAt - Date.now())).toBeLessThan(10_000);
    expect(await changesOf(database)).toEqual([{ kind: 'Operation', localId, before: null, after: found }]);
  });

  test('under one key happens once, and leaves no hole in the feed', async () => {
    const database = await newStore();
    const same = Array.from({ length: 10 }, () =>
      starting('vm', { localId: randomUUID(), idempotencyKey: 'k', actor: 'a' }),
    );
    const accepted = await Promise.all(same.map((one) => insertOperations(database, [one], signal)));
    const [only, ...others] = accepted.flatMap((one) => one ?? []);
    expect(others).toEqual([]);
    const asked = { actor: 'a', idempotencyKey: 'k', localId: null, serialKey: 'vm' };
    expect(await readAskedBefore(database, asked, signal)).toEqual({
      feed: expect.any(String),
      revision: 1,
      hasEarlier: true,
      known: { operation: only, inputHash: 'hash' },
    });
    expect(await changesOf(database)).toHaveLength(1);
  });

  test('takes a bulk with thousands of parts in one append', async () => {
    const database = await newStore();
    const parent = randomUUID();
    const parts = Array.from({ length: 1_200 }, (_, at) => starting(`vm-${at}`, { localId: randomUUID(), parent }));
    const bulk = { ...starting('', { localId: parent, kind: 'SET_POWER_STATE_BULK' }), serialKey: null, action: null };
    expect(await insertOperations(database, [bulk, ...parts], signal)).toMatchObject([{ localId: parent }]);
    expect(await changesOf(database)).toHaveLength(1_201);
    expect((await readHead(database, signal)).revision).toBe(1);
    expect((await claim(database, 'one', 5_000, 2_000)).length).toBe(1_200);
  });
});

describe('claiming', () => {
  test('gives each operation to one broker, and of each machine only the earliest', async () => {
    const database = await newStore();
    const first = await Promise.all(Array.from({ length: 20 }, (_, at) => accept(database, `vm-${at}`)));
    await Promise.all(Array.from({ length: 20 }, (_, at) => accept(database, `vm-${at}`)));
    const claimed = (await Promise.all(Array.from({ length: 6 }, (_, at) => claim(database, `broker-${at}`)))).flat();
    expect(new Set(claimed.map(({ localId }) => localId)).size).toBe(claimed.length);
    const rest = await claim(database, 'last', 5_000, 100);
    expect([...claimed, ...rest].map(({ localId }) => localId).sort()).toEqual([...first].sort());
  });

  test('lets the next one of a machine be taken when the one before it has ended', async () => {
    const database = await newStore();
    await accept(database, 'vm');
    const second = await accept(database, 'vm');
    const [one] = await claim(database, 'a');
    expect(await claim(database, 'b')).toEqual([]);
    const running = { content: { state: 'RUNNING' }, steps: ['Begun.'], begun: true } as const;
    expect(await changeOperation(database, one!, running, signal)).toMatchObject({
      state: 'RUNNING',
      startedAt: expect.any(Number),
      steps: [{ message: 'Begun.', at: expect.any(Number) }],
    });
    const done = { content: { state: 'SUCCEEDED', progress: 100 }, steps: ['A', 'B'] } as const;
    const ended = await changeOperation(database, one!, done, signal);
    expect(ended).toMatchObject({ state: 'SUCCEEDED', finishedAt: expect.any(Number), revision: 4 });
    expect(ended!.steps.map(({ message }) => message)).toEqual(['Begun.', 'A', 'B']);
    expect((await claim(database, 'b')).map(({ localId }) => localId)).toEqual([second]);
    const changes = await changesOf(database);
    expect(changes.map(({ before }) => (before as { state?: string } | null)?.state ?? null)).toEqual([
      null,
      null,
      'QUEUED',
      'RUNNING',
    ]);
  });

  test('of what a dead broker had is under a greater epoch, and the old one writes nothing', async () => {
    const database = await newStore();
    await accept(database, 'vm');
    const [old] = await claim(database, 'dead', 1);
    const [next] = await eventually(async () => {
      const found = await claim(database, 'alive');
      expect(found).toHaveLength(1);
      return found;
    });
    expect(next).toMatchObject({ localId: old!.localId, epoch: old!.epoch + 1, begun: false });
    expect(await renewOperations(database, { leases: [old!], leaseMs: 5_000 }, signal)).toEqual([]);
    expect(await renewOperations(database, { leases: [old!, next!], leaseMs: 5_000 }, signal)).toEqual([
      { localId: next!.localId, epoch: next!.epoch, cancelRequested: false },
    ]);
    const before = await changesOf(database);
    const running = { content: { state: 'RUNNING' } } as const;
    expect(await changeOperation(database, old!, running, signal)).toBeNull();
    await releaseOperations(database, [old!], signal);
    expect(await claim(database, 'third')).toEqual([]);
    await releaseOperations(database, [next!], signal);
    expect(await claim(database, 'third')).toHaveLength(1);
    expect(await changesOf(database)).toEqual(before);
  });
});

describe('cancelling', () => {
  test('ends what nobody began, asks for the rest, and changes nothing that has ended', async () => {
    const database = await newStore();
    const [queued, begun] = [await accept(database, 'a'), await accept(database, 'b')];
    const lease = (await claim(database, 'one')).find(({ localId }) => localId === begun)!;
    await changeOperation(database, lease, { content: { state: 'RUNNING' } }, signal);
    expect(await cancelOperations(database, { localId: queued, audit }, signal)).toMatchObject([
      { state: 'CANCELLED' },
    ]);
    expect(await cancelOperations(database, { localId: begun, audit }, signal)).toMatchObject([
      { state: 'RUNNING', cancelRequested: true, finishedAt: null },
    ]);
    expect(await cancelOperations(database, { localId: begun, audit }, signal)).toEqual([]);
    expect(await cancelOperations(database, { localId: queued, audit }, signal)).toEqual([]);
    expect(await changesOf(database)).toHaveLength(5);
  });
});

test('what the owner and somebody else write at once is all there', async () => {
  const database = await newStore();
  const localId = await accept(database, 'a');
  const [lease] = await claim(database, 'one');
  await changeOperation(database, lease!, { content: { state: 'RUNNING' } }, signal);
  await Promise.all([
    ...Array.from({ length: 30 }, (_, at) => changeOperation(database, lease!, { steps: [`step ${at}`] }, signal)),
    cancelOperations(database, { localId, audit }, signal),
    renewOperations(database, { leases: [lease!], leaseMs: 5_000 }, signal),
  ]);
  const found = (await findOperation(database, localId, signal))!;
  expect(found.cancelRequested).toBe(true);
  expect(found.steps).toHaveLength(30);
  const changes = await changesOf(database);
  expect(changes.at(-1)!.after).toEqual(found);
  // Each change begins where the one before it ended.
  changes.slice(1).forEach(({ before }, at) => expect(before).toEqual(changes[at]!.after));
});

describe('a writer', () => {
  test('accepts and changes what comes at once in few appends, and says of each what came of it', async () => {
    const database = await newStore();
    const writer = createOperationWriter(database);
    const items = Array.from({ length: 60 }, (_, at) => starting(`vm-${at}`));
    const accepted = await Promise.all(items.map((item) => writer.accept(item, signal)));
    expect(accepted.map((one) => one!.localId)).toEqual(items.map(({ operation: { localId } }) => localId));
    expect((await readHead(database, signal)).revision).toBe(2);
    const leases = await claim(database, 'one', 5_000, 100);
    const lost = { ...leases[7]!, epoch: 9 };
    const running = { content: { state: 'RUNNING' }, steps: ['Begun.'], begun: true } as const;
    const changed = await Promise.all([
      ...leases.map((lease) => writer.change(lease, running, signal)),
      writer.change(lost, running, signal),
      ...leases.map((lease) => writer.change(lease, { content: { state: 'SUCCEEDED' } }, signal)),
      ...leases.map((lease) => writer.change(lease, running, signal)),
    ]);
    expect(changed.map((one) => one?.state ?? null)).toEqual([
      ...Array<string>(60).fill('RUNNING'),
      null,
      ...Array<string>(60).fill('SUCCEEDED'),
      ...Array<null>(60).fill(null),
    ]);
    expect((await readHead(database, signal)).revision).toBeLessThan(10);
    expect(await changesOf(database)).toHaveLength(180);
  });

  test('whose key is taken does not keep others from being accepted', async () => {
    const database = await newStore();
    const writer = createOperationWriter(database);
    const same = () => starting('vm', { localId: randomUUID(), idempotencyKey: 'k' });
    const first = writer.accept(starting('a'), signal);
    const all = [same(), starting('b'), same(), starting('c')].map((item) => writer.accept(item, signal));
    expect((await Promise.all([first, ...all])).map((one) => one === null)).toEqual([false, false, false, true, false]);
    expect(await changesOf(database)).toHaveLength(4);
  });
});

describe('retention', () => {
  test('removes what ended, the oldest first, and tells of it; what has not ended stays', async () => {
    const database = await newStore();
    const ended: string[] = [];
    for (const machine of ['a', 'b', 'c']) {
      ended.push(await accept(database, machine));
      await cancelOperations(database, { localId: ended.at(-1)!, audit }, signal);
    }
    const open = await accept(database, 'd');
    expect(await removeEnded(database, { keepMs: 60_000, keepMost: 10 }, signal)).toBe(0);
    expect(await removeEnded(database, { keepMs: 60_000, keepMost: 2 }, signal)).toBe(1);
    expect(await findOperation(database, ended[0]!, signal)).toBeNull();
    expect(await removeEnded(database, { keepMs: 0, keepMost: 10 }, signal)).toBe(2);
    expect(await findOperation(database, open, signal)).not.toBeNull();
    const changes = await changesOf(database);
    expect(changes.slice(-3).map(({ localId, after }) => [localId, after])).toEqual(ended.map((id) => [id, null]));
  });

  test('of a large bulk goes in small steps', async () => {
    const database = await newStore();
    const parent = randomUUID();
    const ended = { state: 'SUCCEEDED', progress: 100 } as const;
    const given = { localId: parent, kind: 'SET_POWER_STATE_BULK', ...ended } as const;
    const bulk = { ...starting('', given), serialKey: null, action: null };
    const parts = Array.from({ length: 1_200 }, (_, at) =>
      starting(`vm-${at}`, { localId: randomUUID(), parent, ...ended }),
    );
    await insertOperations(database, [bulk, ...parts], signal);
    const removed: number[] = [];
    do removed.push(await removeEnded(database, { keepMs: 0, keepMost: 10 }, signal));
    while (removed.at(-1)! > 0);
    expect(removed).toEqual([500, 500, 200, 1, 0]);
  });

  test('removes a bulk after its parts, once they are all old enough', async () => {
    const database = await newStore();
    const parent = randomUUID();
    const bulk = { ...starting('', { localId: parent, kind: 'SET_POWER_STATE_BULK' }), serialKey: null, action: null };
    const part = starting('a', { localId: randomUUID(), parent });
    await insertOperations(database, [bulk, part], signal);
    await cancelOperations(database, { localId: part.operation.localId, audit }, signal);
    expect(await removeEnded(database, { keepMs: 0, keepMost: 10 }, signal)).toBe(0);
    await cancelOperations(database, { localId: parent, audit }, signal);
    expect(await removeEnded(database, { keepMs: 0, keepMost: 10 }, signal)).toBe(1);
    expect(await removeEnded(database, { keepMs: 0, keepMost: 10 }, signal)).toBe(1);
    expect(await findOperation(database, parent, signal)).toBeNull();
  });
});
