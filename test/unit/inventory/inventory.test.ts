import { describe, expect, test } from '@jest/globals';

import { SitewideError } from '../../../src/core/errors.ts';
import type { Driver } from '../../../src/drivers/driver.ts';
import { backOffMs } from '../../../src/inventory/back-off.ts';
import { createInventory, type InventoryFeed } from '../../../src/inventory/inventory.ts';
import type { Change, Inventory } from '../../../src/model/resource.ts';
import type { Vm } from '../../../src/model/vm.ts';
import { inventory, vm } from '../../support/builders.ts';
import { createManualClock, settle, type ManualClock } from '../../support/manual-clock.ts';

/** A manager that does what a test tells it to. */
interface Manager extends Driver {
  machines: Vm[];
  /** What a call of `inventory` meets instead of an answer. */
  failure: Error | null;
  /** If set, `inventory` waits for it. */
  gate: Promise<void> | null;
  inventories: number;
  watches: number;
  emit(...batches: Change[][]): void;
  breakStream(): void;
}

function createManager(): Manager {
  let queue: (Change[] | Error)[] = [];
  let wake = Promise.withResolvers<void>();
  const push = (...items: (Change[] | Error)[]): void => {
    queue.push(...items);
    wake.resolve();
  };
  return {
    kind: 'test',
    uri: 'test:',
    capabilities: { actions: [], powerActions: [] },
    apply: () => Promise.reject(new Error('This manager is only watched.')),
    reconcile: () => Promise.reject(new Error('This manager is only watched.')),
    machines: [],
    failure: null,
    gate: null,
    inventories: 0,
    watches: 0,
    async inventory(): Promise<Inventory> {
      this.inventories += 1;
      const seen = inventory({ VirtualMachine: [...this.machines] });
      await this.gate;
      if (this.failure !== null) throw this.failure;
      return seen;
    },
    async *watch(signal) {
      this.watches += 1;
      if (this.failure !== null) throw this.failure;
      queue = [];
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      yield [];
      while (!signal.aborted) {
        const item = queue.shift();
        if (item instanceof Error) throw item;
        if (item !== undefined) {
          yield item;
        } else {
          wake = Promise.withResolvers<void>();
          await Promise.race([wake.promise, aborted]);
        }
      }
    },
    emit: push,
    breakStream: () => push(unreachable('the stream broke')),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function unreachable(problem: string): SitewideError {
  return new SitewideError('DRIVER_UNREACHABLE', { driver: 'test', uri: 'test:', problem });
}

const upsert = (name: string, rest: Partial<Vm> = {}): Change => ({
  type: 'upsert',
  kind: 'VirtualMachine',
  resource: vm({ name, ...rest }),
});

async function start(prepare: (manager: Manager) => void = () => undefined) {
  const manager = createManager();
  prepare(manager);
  const clock = createManualClock();
  const errors: unknown[] = [];
  const onError = (error: unknown): number => errors.push(error);
  const feed = createInventory({
    driver: manager,
    installation: 'a',
    clock,
    random: () => 1,
    resyncIntervalMs: 60_000,
    onError,
  });
  await settle();
  return { manager, clock, errors, feed, [Symbol.asyncDispose]: () => feed[Symbol.asyncDispose]() };
}

const names = (feed: InventoryFeed): string[] =>
  Array.from(feed.current().snapshot!.rows('VirtualMachine'), ({ name }) => name).sort();

describe('an inventory', () => {
  test('is unreachable with the reason until the driver is reached, then current', async () => {
    await using it = await start((manager) => (manager.failure = unreachable('connection refused')));
    expect(it.feed.current()).toMatchObject({ status: 'UNREACHABLE', snapshot: null, asOf: null });
    expect(it.feed.current().message).toContain('connection refused');
    it.manager.failure = null;
    it.manager.machines = [vm({ name: 'web' })];
    await it.clock.advance(250);
    expect(it.feed.current()).toMatchObject({ status: 'OK', message: null, asOf: it.clock.now() });
    expect(names(it.feed)).toEqual(['web']);
  });

  test('takes its inventory only once the watch is in force', async () => {
    await using it = await start((manager) => (manager.failure = unreachable('no')));
    expect(it.manager.inventories).toBe(0);
  });

  test('shows a change at once, and a burst as one new state', async () => {
    await using it = await start((manager) => (manager.machines = [vm({ name: 'web' })]));
    const before = it.feed.current().revision;
    it.manager.emit(
      [upsert('db')],
      [upsert('mail'), { type: 'remove', kind: 'VirtualMachine', localId: 'web' }],
      [upsert('db')],
    );
    await settle();
    expect(names(it.feed)).toEqual(['db', 'mail']);
    expect(it.feed.current().revision).toBe(before + 1);
  });

  test('goes stale when the stream is lost, keeps its rows and comes back', async () => {
    await using it = await start((manager) => (manager.machines = [vm({ name: 'web' })]));
    const lostAt = it.clock.now();
    it.manager.breakStream();
    await settle();
    expect(it.feed.current()).toMatchObject({ status: 'STALE', asOf: lostAt });
    expect(it.feed.current().message).toContain('the stream broke');
    expect(names(it.feed)).toEqual(['web']);
    it.manager.machines = [vm({ name: 'db' })];
    await it.clock.advance(250);
    expect(it.feed.current().status).toBe('OK');
    expect(names(it.feed)).toEqual(['db']);
    expect(it.errors).toHaveLength(1);
  });

  test('stays as old as it was while it cannot come back', async () => {
    await using it = await start();
    const lostAt = it.clock.now();
    it.manager.failure = unreachable('still away');
    it.manager.breakStream();
    await it.clock.advance(30_000);
    expect(it.feed.current()).toMatchObject({ status: 'STALE', asOf: lostAt });
    expect(it.feed.current().message).toContain('still away');
  });

  test('waits twice as long after each failure, up to ten seconds', async () => {
    await using it = await start((manager) => (manager.failure = unreachable('no')));
    for (const [waitMs, watches] of [
      [250, 2],
      [500, 3],
      [1000, 4],
    ] as const) {
      await it.clock.advance(waitMs - 1);
      expect(it.manager.watches).toBe(watches - 1);
      await it.clock.advance(1);
      expect(it.manager.watches).toBe(watches);
    }
    expect([backOffMs(1, () => 0), backOffMs(1, () => 1), backOffMs(20, () => 1)]).toEqual([125, 250, 10_000]);
  });

  test('takes a whole new inventory on a timer, for changes that were never reported', async () => {
    await using it = await start((manager) => (manager.machines = [vm({ name: 'web' })]));
    it.manager.machines = [vm({ name: 'unreported' })];
    await it.clock.advance(60_000);
    expect(names(it.feed)).toEqual(['unreported']);
  });

  test('loses no change that comes while an inventory is being taken', async () => {
    await using it = await start();
    const gate = Promise.withResolvers<void>();
    it.manager.gate = gate.promise;
    await it.clock.advance(60_000);
    it.manager.emit([upsert('late')]);
    await it.clock.advance(100);
    expect(names(it.feed)).toEqual(['late']);
    gate.resolve();
    await settle();
    expect(names(it.feed)).toEqual(['late']);
  });

  test('gives up a manager that hangs, and says so', async () => {
    await using it = await start((manager) => {
      manager.gate = new Promise(() => undefined);
    });
    await it.clock.advance(60_000);
    expect(it.errors[0]).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(it.feed.current().message).toBe('No answer within 60000 ms.');
  });

  test('tells who waits for the next state', async () => {
    await using it = await start();
    const { revision } = it.feed.current();
    const waiting = it.feed.changed(revision, AbortSignal.timeout(5000));
    it.manager.emit([upsert('web')]);
    expect((await waiting).revision).toBe(revision + 1);
    const controller = new AbortController();
    const abandoned = it.feed.changed(revision + 1, controller.signal);
    controller.abort(new Error('gone'));
    await expect(abandoned).rejects.toThrow('gone');
  });

  test('ends with everything it started', async () => {
    let clock: ManualClock;
    {
      await using it = await start();
      clock = it.clock;
      expect(clock.sleepers).toBeGreaterThan(0);
    }
    expect(clock.sleepers).toBe(0);
  });
});
