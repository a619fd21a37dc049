import type { Snapshot } from '../inventory/snapshot.ts';
import type { Action, PowerAction } from '../model/action.ts';
import type { AuditedAsking } from '../model/audit.ts';
import type { Operation, OperationKind, UserError } from '../model/operation.ts';
import type { VmFilter } from '../model/vm-list.ts';
import type { Refusal } from './audited.ts';

// What resolvers see of operations: asking for changes, and looking at them. Who carries them out is none of their concern.

/** The operations of one installation. */
export interface Operations {
  /**
   * Accepts a change, if it is possible; what is accepted is committed. The same key of the same actor gives the same
   * operation, whoever accepted it.
   * @throws SitewideError `STORE_UNAVAILABLE`, `NO_SOURCE_ANSWERED` without an inventory to check against, or the signal's reason.
   */
  accept(request: ChangeRequest, signal: AbortSignal): Promise<Acceptance>;
  /**
   * Accepts this installation's part of a bulk: one operation for each machine that the filter meets. Throws the same.
   * The same key of the same actor with the same action and filter gives the part that there is, with its count, also if
   * this is only a try: `maxTargets`, `dryRun` and `operationId` are no part of what has to be the same. The tier above
   * asks with `dryRun` first and then with the count as `maxTargets`.
   */
  acceptBulk(request: BulkRequest, signal: AbortSignal): Promise<Acceptance>;
  /** Asks for an operation, or this installation's part of a bulk, to be ended; null if there is none. Throws the same. */
  cancel(request: CancelRequest, signal: AbortSignal): Promise<Operation | null>;
  /** Tells the audit trail of what was not even asked for here, because it is not allowed. Throws the same. */
  auditRefusal(refusal: Refusal, signal: AbortSignal): Promise<void>;
  /** The operation as it is in the database, whatever this broker has seen of the feed. Throws the same. */
  find(localId: string, signal: AbortSignal): Promise<Operation | null>;
}

/** Says what somebody may have changed who may not change everything. */
export interface Judge {
  /** What they see of a snapshot. */
  seen(snapshot: Snapshot): Snapshot;
  /**
   * Why an action is not allowed; empty if it is, or if what it is about is not there.
   * @param snapshot As they see it.
   */
  objectionsTo(action: Action, snapshot: Snapshot): readonly UserError[];
}

/** By whom a change is asked for. */
export interface Asking extends AuditedAsking {
  /** Absent for somebody who may do everything. */
  readonly judge?: Judge | undefined;
  /** Null: one is made up. */
  readonly idempotencyKey: string | null;
  /** True: only say what would be done. */
  readonly dryRun: boolean;
}

/** The end of an operation before its time. */
export interface CancelRequest extends AuditedAsking {
  /** Of the operation, or of this installation's part of a bulk. */
  readonly localId: string;
  readonly kind: OperationKind;
}

/** A change of one machine. */
export interface ChangeRequest extends Asking {
  readonly action: Action;
  /**
   * What an idempotency key stands for, where that is not the action: as JSON what the caller asked for, before a template
   * filled in the rest. The template may be another the next time.
   */
  readonly asked?: unknown;
}

/** What is done to each machine of a bulk. */
export type BulkAction =
  | { readonly kind: 'SET_POWER_STATE_BULK'; readonly action: PowerAction }
  | { readonly kind: 'CREATE_SNAPSHOT_BULK'; readonly name: string; readonly description: string | null };

/** A change of many machines. */
export interface BulkRequest extends Asking {
  readonly action: BulkAction;
  readonly filter: VmFilter;
  /** The filter as the caller gave it, if that is another one: an idempotency key stands for it. */
  readonly asked?: unknown;
  /** At least 1. A filter that meets more machines is refused. */
  readonly maxTargets: number;
  /** The local id of the site's operation; null: `bulkLocalIdOf` the actor and the key. */
  readonly operationId: string | null;
}

/** What came of asking. */
export interface Acceptance {
  /** Null if it was refused or only tried. */
  readonly operation: Operation | null;
  readonly userErrors: readonly UserError[];
  /** Of a try: what would be done. */
  readonly preview: readonly string[] | null;
  /** Of a bulk: how many machines it concerns. */
  readonly targetCount: number | null;
}
