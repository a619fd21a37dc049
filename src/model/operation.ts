import type { ActionKind } from './action.ts';

// A change that takes time, as every broker of its installation knows it through the feed.

/** What an operation does: what a driver does, or a bulk of it. */
export type OperationKind = ActionKind | BulkKind;

/** The bulks. */
export type BulkKind = 'SET_POWER_STATE_BULK' | 'CREATE_SNAPSHOT_BULK';

/** How far an operation is. */
export type OperationState = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** The states that an operation never leaves. */
const finalStates = ['SUCCEEDED', 'FAILED', 'CANCELLED'] as const satisfies OperationState[];

/** One step. */
export interface OperationStep {
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How the parts of a bulk are doing. */
export interface OperationCounts {
  readonly items: number;
  /** The sum of the progress of the items, each from 0 to 100. */
  readonly progress: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** An operation. Times are milliseconds since 1970; `localId` is a UUID. */
export interface Operation {
  readonly localId: string;
  readonly kind: OperationKind;
  readonly state: OperationState;
  /** Of one that is no bulk, 0 to 100. */
  readonly progress: number;
  /** Null for one that is no bulk. */
  readonly counts: OperationCounts | null;
  readonly steps: readonly OperationStep[];
  /** The local id of the machine that it changes or has made; null as long as there is none, and for a bulk. */
  readonly target: string | null;
  readonly targetName: string | null;
  /** The labels that what it changes had when it was accepted: who saw that then sees it. Null or absent: nobody can tell. */
  readonly targetLabels?: Readonly<Record<string, string>> | null;
  /** The local id of the bulk it is a part of, of the same installation. A bulk's own local id is that of the whole site's. */
  readonly parent: string | null;
  readonly actor: string;
  readonly idempotencyKey: string;
  readonly cancelRequested: boolean;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** The number of its last change in the feed. Its effects are in the feed before it ends in SUCCEEDED. */
  readonly revision: number;
}

/** The kinds of refusal. The meanings are in schema/operation.graphql. */
export type UserErrorCode =
  | 'NOT_FOUND'
  | 'INVALID_STATE'
  | 'INVALID_ARGUMENT'
  | 'UNSUPPORTED'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'NOTHING_MATCHED'
  | 'TOO_MANY_TARGETS'
  | 'FORBIDDEN';

/** Why something was refused. */
export interface UserError {
  readonly code: UserErrorCode;
  /** For example `input.action`. */
  readonly field: string | null;
  readonly message: string;
}

/** True if it has ended, once and for all. */
export function hasEnded({ state }: Pick<Operation, 'state'>): boolean {
  return (finalStates as readonly OperationState[]).includes(state);
}
