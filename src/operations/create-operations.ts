import { SitewideError } from '../core/errors.ts';
import { cancelOperations } from '../store/operation-change.ts';
import { createOperationWriter } from '../store/operation-writer.ts';
import { findOperation } from '../store/operation.ts';
import { acceptBulk } from './accept-bulk.ts';
import { acceptChange } from './accept.ts';
import type { AcceptOptions } from './asked-before.ts';
import { auditRefusal, cancellationText } from './audited.ts';
import type { Operations } from './operations.ts';
import { createWorker, type WorkerOptions } from './worker.ts';

// The operations of an installation as one of its brokers has them: what is accepted here may be carried out anywhere, and
// the other way round.

/** What they need. */
export interface CreateOperationsOptions
  extends Omit<WorkerOptions, 'writer'>, Omit<AcceptOptions, 'capabilities' | 'inventory' | 'writer'> {}

/** Operations with the worker that carries them out. */
export interface RunningOperations extends Operations, AsyncDisposable {
  /** How many operations this broker carries out now. */
  readonly running: number;
}

/** Starts to accept and to carry out. */
export function createOperations(options: CreateOperationsOptions): RunningOperations {
  const { database, driver, inventory } = options;
  const writer = createOperationWriter(database);
  const worker = createWorker({ ...options, writer });
  const accepting: AcceptOptions = { ...options, writer, capabilities: driver.capabilities };
  const requireTables = (): void => {
    if (inventory.current().snapshot === null) {
      throw new SitewideError('STORE_UNAVAILABLE', { problem: 'this broker has not read the feed yet' });
    }
  };
  return {
    async accept(request, signal) {
      const acceptance = await acceptChange(accepting, request, signal);
      worker.wake();
      return acceptance;
    },
    async acceptBulk(request, signal) {
      const acceptance = await acceptBulk(accepting, request, signal);
      worker.wake();
      return acceptance;
    },
    async cancel(request, signal) {
      requireTables();
      const { localId } = request;
      await cancelOperations(database, { localId, audit: cancellationText(request) }, signal);
      worker.wake();
      return findOperation(database, localId, signal);
    },
    async auditRefusal(refusal, signal) {
      requireTables();
      await auditRefusal(database, refusal, signal);
    },
    async find(localId, signal) {
      requireTables();
      return findOperation(database, localId, signal);
    },
    get running() {
      return worker.running;
    },
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  };
}
