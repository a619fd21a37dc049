import { randomUUID } from 'node:crypto';

import { systemClock } from '../../src/core/clock.ts';
import { createSharedInventory } from '../../src/inventory/shared-inventory.ts';
import type { InventoryFeed } from '../../src/inventory/inventory.ts';
import type { Action, PowerAction } from '../../src/model/action.ts';
import { hasEnded, type Operation } from '../../src/model/operation.ts';
import { createOperations, type RunningOperations } from '../../src/operations/create-operations.ts';
import type { Acceptance, BulkRequest } from '../../src/operations/operations.ts';
import { createDatabase, type Database } from '../../src/store/database.ts';
import { eventually } from '../contract/eventually.ts';
import { vm } from './builders.ts';
import { asker } from './operation.ts';
import { createTestManager, type TestManager } from './test-manager.ts';

// The operations of one installation with several brokers in this process, over a real database.

/** A broker without its network side. */
export interface TestBroker extends AsyncDisposable {
  readonly owner: string;
  readonly operations: RunningOperations;
  readonly inventory: InventoryFeed;
  readonly database: Database;
  /** What it was in trouble with. */
  readonly errors: readonly unknown[];
  /** The operations that ended at it. */
  readonly ended: readonly Operation[];
}

/** What a broker may do. */
export interface TestLimits {
  readonly concurrent?: number;
  readonly keepMost?: number;
  readonly timeoutMs?: number;
}

/** An installation whose machines all run. Disposing it ends its brokers. */
export interface TestInstallation extends AsyncDisposable {
  readonly url: string;
  readonly manager: TestManager;
  /** Starts a broker, which is ready when it has an inventory. */
  newBroker(limits?: TestLimits): Promise<TestBroker>;
}

/** @param url An empty database. */
export function createTestInstallation(url: string, machines = 6): TestInstallation {
  const started = new AsyncDisposableStack();
  const manager = createTestManager(
    Array.from({ length: machines }, (_, at) => vm({ name: `vm-${at}`, powerState: 'RUNNING' })),
  );
  return {
    url,
    manager,
    async newBroker(limits = {}) {
      const broker = started.use(startBroker(url, manager, limits));
      await eventually(() => {
        if (broker.inventory.current().status !== 'OK') throw new Error('The broker has no inventory yet.');
      });
      return broker;
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

function startBroker(
  url: string,
  manager: TestManager,
  { concurrent = 8, keepMost = 10_000, timeoutMs = 20_000 }: TestLimits,
): TestBroker {
  const started = new AsyncDisposableStack();
  const errors: unknown[] = [];
  const ended: Operation[] = [];
  const database = started.use(createDatabase({ url, clock: systemClock }));
  const options = {
    database,
    driver: manager.newDriver(),
    installation: 'a',
    owner: randomUUID(),
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
    limits: { concurrent, timeoutMs, keepMs: 7 * 86_400_000, keepMost },
    auditKeepMs: 365 * 86_400_000,
    onError: (error: unknown) => errors.push(error),
    onEnded: (operation: Operation) => ended.push(operation),
  };
  const inventory = started.use(createSharedInventory(options));
  const operations = started.use(createOperations({ ...options, inventory }));
  const { owner } = options;
  const disposed = (): Promise<void> => (started.disposed ? Promise.resolve() : started.disposeAsync());
  return { owner, operations, inventory, database, errors, ended, [Symbol.asyncDispose]: disposed };
}

/** What changes the power of a machine. */
export function power(name: string, action: PowerAction): Action {
  return { kind: 'SET_POWER_STATE', vm: name, action };
}

/** Asks a broker for a change. */
export function accept(
  { operations }: TestBroker,
  action: Action,
  rest: { readonly idempotencyKey?: string; readonly dryRun?: boolean } = {},
): Promise<Acceptance> {
  const request = { ...asker, action, idempotencyKey: null, dryRun: false, ...rest };
  return operations.accept(request, new AbortController().signal);
}

/** A bulk of all machines of the installation. */
export function powerBulk(action: PowerAction, rest: Partial<BulkRequest> = {}): BulkRequest {
  return {
    action: { kind: 'SET_POWER_STATE_BULK', action },
    filter: { name: { startsWith: 'vm-' } },
    maxTargets: 100,
    ...asker,
    idempotencyKey: 'bulk',
    dryRun: false,
    operationId: null,
    ...rest,
  };
}

/** The operation that was accepted, once it has ended. */
export function ended(broker: TestBroker, acceptance: Acceptance, withinMs = 15_000): Promise<Operation> {
  return found(broker, acceptance, hasEnded, withinMs);
}

/** The operation that was accepted, once it is so. */
export function found(
  { operations }: TestBroker,
  { operation }: Acceptance,
  isSo: (operation: Operation) => boolean,
  withinMs = 15_000,
): Promise<Operation> {
  return eventually(async () => {
    const now = await operations.find(operation!.localId, new AbortController().signal);
    if (now === null || !isSo(now)) throw new Error(`The operation is ${JSON.stringify(now)}.`);
    return now;
  }, withinMs);
}
