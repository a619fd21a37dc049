import type { Operation, OperationKind } from '../model/operation.ts';

// Operations as they begin.

/** What a new operation is about. */
export interface OperationSeed extends Pick<Operation, 'localId' | 'actor' | 'idempotencyKey'> {
  readonly kind: OperationKind;
  readonly target?: string | null;
  readonly targetName?: string | null;
  readonly targetLabels?: Operation['targetLabels'];
  readonly parent?: string | null;
}

/** An operation that nobody has begun. The store gives it its instants and its number. */
export function newOperation({
  target = null,
  targetName = null,
  targetLabels = null,
  parent = null,
  ...seed
}: OperationSeed): Operation {
  return {
    ...seed,
    target,
    targetName,
    targetLabels,
    parent,
    state: 'QUEUED',
    progress: 0,
    counts: null,
    steps: [],
    cancelRequested: false,
    error: null,
    createdAt: 0,
    startedAt: null,
    finishedAt: null,
    revision: 0,
  };
}
