import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { type AuditRecord, auditText } from '../../src/model/audit.ts';
import type { Judge } from '../../src/operations/operations.ts';
import { appendAuditEvent, removeOldAuditEvents } from '../../src/store/audit.ts';
import { createDatabase, type Database } from '../../src/store/database.ts';
import { openFeed } from '../../src/store/feed.ts';
import { migrate } from '../../src/store/migrate.ts';
import { trailOf } from '../support/audit-trail.ts';
import { asker } from '../support/operation.ts';
import {
  accept,
  createTestInstallation,
  ended,
  power,
  powerBulk,
  type TestInstallation,
} from '../support/operations-installation.ts';
import { ask, startPostgres, type TestPostgres } from '../support/postgres.ts';

// The audit trail as the database keeps it: what is told of, in one chain without gaps, whoever appends.

const signal = new AbortController().signal;
const everything = new AsyncDisposableStack();
let postgres: TestPostgres;

beforeAll(async () => {
  postgres = everything.use(await startPostgres());
}, 60_000);
afterAll(() => everything.disposeAsync());

describe('of operations', () => {
  let installation: TestInstallation;
  beforeAll(async () => {
    installation = everything.use(createTestInstallation(await postgres.newDatabase(), 3));
  });
  const news = async (since: number): Promise<readonly AuditRecord[]> =>
    (await trailOf(installation.url)).filter(({ sequence }) => sequence > since);
  const count = async (): Promise<number> => (await trailOf(installation.url)).length;

  test('an accepted change is told of with who, from where and what, and so is its end', async () => {
    const broker = await installation.newBroker();
    const since = await count();
    const by = {
      actor: 'ada of site:oslo',
      groups: ['ops'],
      origin: { address: '192.0.2.7', broker: 'sitewide://oslo/oslo-a/1' },
      requestId: 'r-17',
    };
    const action = power('vm-0', 'SHUTDOWN');
    const acceptance = await broker.operations.accept({ ...by, action, idempotencyKey: 'k-1', dryRun: false }, signal);
    const { localId } = await ended(broker, acceptance);
    const about = { action: 'SET_POWER_STATE', operation: localId, target: 'vm-0', targetName: 'vm-0' };
    expect(await news(since)).toEqual([
      expect.objectContaining({ ...by, ...about, outcome: 'ACCEPTED', input: action }),
      expect.objectContaining({ ...about, actor: by.actor, outcome: 'SUCCEEDED' }),
    ]);
  });

  test('what was asked before, what is only tried and what is wrong is not told of', async () => {
    const broker = await installation.newBroker();
    await ended(broker, await accept(broker, power('vm-1', 'SHUTDOWN'), { idempotencyKey: 'k-2' }));
    const since = await count();
    await accept(broker, power('vm-1', 'SHUTDOWN'), { idempotencyKey: 'k-2' });
    await accept(broker, power('vm-1', 'START'), { dryRun: true });
    await accept(broker, power('vm-1', 'PAUSE'));
    await broker.operations.cancel({ ...asker, kind: 'SET_POWER_STATE', localId: randomUUID() }, signal);
    expect(await news(since)).toEqual([]);
  });

  test('what is not allowed is told of with the reason, unless it was only tried', async () => {
    const broker = await installation.newBroker();
    const since = await count();
    const judge: Judge = {
      seen: (snapshot) => snapshot,
      objectionsTo: () => [{ code: 'FORBIDDEN', field: null, message: 'You may not.' }],
    };
    const action = power('vm-2', 'FORCE_STOP');
    for (const dryRun of [true, false]) {
      const request = { ...asker, judge, action, idempotencyKey: null, dryRun };
      expect((await broker.operations.accept(request, signal)).userErrors).toHaveLength(1);
      const bulk = powerBulk('FORCE_STOP', { judge, dryRun, idempotencyKey: 'k-3' });
      expect((await broker.operations.acceptBulk(bulk, signal)).userErrors).toHaveLength(1);
    }
    expect(await news(since)).toEqual([
      expect.objectContaining({
        action: 'SET_POWER_STATE',
        outcome: 'REFUSED',
        target: 'vm-2',
        reason: 'FORBIDDEN: You may not.',
      }),
      expect.objectContaining({ action: 'SET_POWER_STATE_BULK', outcome: 'REFUSED' }),
    ]);
  });

  test('a bulk is told of once, however many its parts are', async () => {
    const broker = await installation.newBroker();
    const since = await count();
    const acceptance = await broker.operations.acceptBulk(powerBulk('REBOOT', { idempotencyKey: 'k-4' }), signal);
    const { localId, state } = await ended(broker, acceptance);
    expect(await news(since)).toEqual([
      expect.objectContaining({
        action: 'SET_POWER_STATE_BULK',
        outcome: 'ACCEPTED',
        operation: localId,
        targetCount: 3,
        input: {
          kind: 'SET_POWER_STATE_BULK',
          action: 'REBOOT',
          filter: { name: { startsWith: 'vm-' } },
          maxTargets: 100,
        },
      }),
      expect.objectContaining({ outcome: state, operation: localId }),
    ]);
  });

  test('whoever cancels is told of', async () => {
    const broker = await installation.newBroker();
    installation.manager.actionMs = 60_000;
    const acceptance = await accept(broker, power('vm-2', 'RESET'));
    const since = await count();
    const { localId } = acceptance.operation!;
    await broker.operations.cancel({ ...asker, actor: 'bob', kind: 'SET_POWER_STATE', localId }, signal);
    installation.manager.actionMs = 0;
    await ended(broker, acceptance);
    expect((await news(since))[0]).toMatchObject({ action: 'CANCEL_OPERATION', actor: 'bob', operation: localId });
  });
});

async function newStore(): Promise<{ readonly url: string; readonly database: Database }> {
  const url = await postgres.newDatabase();
  const database = everything.use(createDatabase({ url, clock: systemClock }));
  await migrate(database, signal);
  await openFeed(database, 'a', signal);
  return { url, database };
}

const record = (given: Partial<AuditRecord> = {}): string =>
  auditText({ action: 'SET_POWER_STATE', outcome: 'REFUSED', actor: 'ada', ...given });

describe('of itself', () => {
  test('appended to by many at once it is one chain', async () => {
    const { url, database } = await newStore();
    const others = Array.from({ length: 3 }, () => everything.use(createDatabase({ url, clock: systemClock })));
    await Promise.all(
      [database, ...others].flatMap((one, at) =>
        Array.from({ length: 25 }, (_, turn) => appendAuditEvent(one, record({ actor: `${at}-${turn}` }), signal)),
      ),
    );
    const trail = await trailOf(url);
    expect(new Set(trail.map(({ actor }) => actor)).size).toBe(100);
    expect(trail.at(-1)).toMatchObject({ sequence: 100 });
  });

  test.each(['update audit_event set record = record', 'delete from audit_event', 'truncate audit_event'])(
    'it is only appended to: %s',
    async (statement) => {
      const { url, database } = await newStore();
      await appendAuditEvent(database, record(), signal);
      await expect(ask(url, statement)).rejects.toThrow('the audit trail is only appended to');
      expect(await trailOf(url)).toHaveLength(1);
    },
  );

  test('what is old goes from its beginning, and the rest is a chain as before', async () => {
    const { url, database } = await newStore();
    for (let turn = 0; turn < 5; turn += 1) {
      await appendAuditEvent(database, record(), signal);
    }
    const last = (await trailOf(url)).at(-1)!;
    expect(await removeOldAuditEvents(database, 60_000, signal)).toBe(0);
    expect(await removeOldAuditEvents(database, -60_000, signal)).toBe(4);
    expect(await trailOf(url)).toEqual([last]);
    await appendAuditEvent(database, record(), signal);
    expect((await trailOf(url)).map(({ sequence }) => sequence)).toEqual([5, 6]);
  });

  test('texts that a database cannot hold are told of all the same', async () => {
    const { url, database } = await newStore();
    await appendAuditEvent(database, record({ actor: 'a\0b\ud800 "\\u0000" ü\n' }), signal);
    expect(await trailOf(url)).toEqual([expect.objectContaining({ actor: 'a\ufffdb\ufffd "\\u0000" ü\n' })]);
  });
});
