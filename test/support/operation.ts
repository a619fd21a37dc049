import type { AuditedAsking } from '../../src/model/audit.ts';
import type { Operation } from '../../src/model/operation.ts';
import type { Acceptance, BulkRequest, ChangeRequest, Operations } from '../../src/operations/operations.ts';

// Operations for tests of what stands above them.

/** An operation; what a test does not name is filled in. */
export function operation(given: Partial<Operation> & { readonly localId: string }): Operation {
  return {
    kind: 'SET_POWER_STATE',
    state: 'QUEUED',
    progress: 0,
    counts: null,
    steps: [],
    target: null,
    targetName: null,
    parent: null,
    actor: 'anonymous',
    idempotencyKey: given.localId,
    cancelRequested: false,
    error: null,
    createdAt: Date.UTC(2026, 0, 1),
    startedAt: null,
    finishedAt: null,
    revision: 1,
    ...given,
  };
}

/** Somebody, from nowhere in particular. */
export const asker: AuditedAsking = {
  actor: 'anonymous',
  groups: [],
  origin: { address: null, broker: null },
  requestId: 'test',
};

/** Operations that accept everything, remember what they were asked, and find what they are given. */
export interface RecordingOperations extends Operations {
  readonly asked: readonly (ChangeRequest | BulkRequest | string)[];
}

/** @param known What there is to be found. */
export function createRecordingOperations(
  known: readonly Operation[] = [],
  acceptance: Partial<Acceptance> = {},
): RecordingOperations {
  const asked: (ChangeRequest | BulkRequest | string)[] = [];
  const accepted = { operation: null, userErrors: [], preview: null, targetCount: null, ...acceptance };
  const find = (localId: string): Operation | null => known.find((one) => one.localId === localId) ?? null;
  const accept = (request: ChangeRequest | BulkRequest): Promise<Acceptance> => {
    asked.push(request);
    return Promise.resolve(accepted);
  };
  return {
    asked,
    accept,
    acceptBulk: accept,
    cancel({ localId }) {
      asked.push(localId);
      return Promise.resolve(find(localId));
    },
    find: (localId) => Promise.resolve(find(localId)),
    auditRefusal: () => Promise.resolve(),
  };
}
