import { hasEnded } from '../model/operation.ts';
import {
  areOpenParts,
  areWaitingParts,
  changeOperations,
  isOpen,
  isWaiting,
  readOperation,
  type OperationChange,
} from '../store/operation.ts';
import { acceptBulk } from './accept-bulk.ts';
import { acceptChange, type AcceptOptions } from './accept.ts';
import type { Operations } from './operations.ts';
import { createWorker, type WorkerOptions } from './worker.ts';

// The operations of an installation as one of its brokers has them: what is accepted here may be carried out anywhere, and
// the other way round.

/** What they need. */
export interface CreateOperationsOptions extends WorkerOptions, Omit<AcceptOptions, 'capabilities' | 'inventory'> {}

/** Operations with the worker that carries them out. */
export interface RunningOperations extends Operations, AsyncDisposable {
  /** How many operations this broker carries out now. */
  readonly running: number;
}

/** Starts to accept and to carry out. */
export function createOperations(options: CreateOperationsOptions): RunningOperations {
  const { database, driver, clock } = options;
  const worker = createWorker(options);
  const accepting: AcceptOptions = { ...options, capabilities: driver.capabilities };
  const cancelled = (): OperationChange => ({
    patch: { state: 'CANCELLED', cancelRequested: true, finishedAt: clock.now() },
    cancelRequested: true,
  });
  const requested: OperationChange = { patch: { cancelRequested: true }, cancelRequested: true };
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
    async cancel(localId, signal) {
      const operation = await readOperation(database, localId, signal);
      if (operation === null || hasEnded(operation)) return operation;
      if (operation.counts !== null) {
        await changeOperations(database, isOpen(localId), requested, signal);
        await changeOperations(database, areWaitingParts(localId), cancelled(), signal);
        await changeOperations(database, areOpenParts(localId), requested, signal);
      } else if ((await changeOperations(database, isWaiting(localId), cancelled(), signal)).length === 0) {
        await changeOperations(database, isOpen(localId), requested, signal);
      }
      worker.wake();
      return readOperation(database, localId, signal);
    },
    find: (localId, signal) => readOperation(database, localId, signal),
    get running() {
      return worker.running;
    },
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  };
}
