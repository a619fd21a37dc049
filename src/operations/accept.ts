import { createHash } from 'node:crypto';

import { canonicalJson } from '../core/canonical-json.ts';
import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import type { InventoryState } from '../inventory/state.ts';
import type { Snapshot } from '../inventory/snapshot.ts';
import type { Action, Capabilities } from '../model/action.ts';
import { checkAction, previewOf, serialKeyOf, type CheckedInventory } from '../model/action-check.ts';
import type { Operation, OperationKind, UserError } from '../model/operation.ts';
import type { Database } from '../store/database.ts';
import { hasOpen, insertOperations, readByKey, type KeptOperation } from '../store/operation.ts';
import { viewOf } from './inventory-view.ts';
import type { Acceptance, ChangeRequest } from './operations.ts';

// Accepting a change: it is checked against the inventory, and what is accepted is committed before anybody is told so.

/** What accepting needs. */
export interface AcceptOptions {
  readonly database: Database;
  readonly inventory: { current(): InventoryState };
  readonly capabilities: Capabilities;
  readonly clock: Clock;
  readonly newId: () => string;
}

const longestKey = 200;

/** Accepts a change of one machine. Throws as `Operations.accept`. */
export async function acceptChange(
  options: AcceptOptions,
  request: ChangeRequest,
  signal: AbortSignal,
): Promise<Acceptance> {
  const { action, actor, dryRun } = request;
  const idempotencyKey = request.idempotencyKey ?? options.newId();
  const inputHash = hashOf([action.kind, request.asked ?? action]);
  const objection =
    checkKey(idempotencyKey) ?? (await known(options, { actor, idempotencyKey, inputHash, dryRun }, signal));
  if (objection !== null) {
    return objection;
  }
  const snapshot = snapshotOf(options);
  const inventory = viewOf(snapshot);
  const userErrors = await check(options, { action, inventory }, signal);
  if (userErrors.length > 0) {
    return refused(...userErrors);
  }
  if (dryRun) {
    return { operation: null, userErrors: [], preview: [previewOf(action, inventory)], targetCount: null };
  }
  const operation = newOperation(options, {
    localId: options.newId(),
    kind: action.kind,
    actor,
    idempotencyKey,
    ...targetOf(action, snapshot),
  });
  const given = { operation, action, serialKey: serialKeyOf(action), inputHash };
  if (await insertOperations(options.database, [given], signal)) {
    return accepted(operation);
  }
  // Another broker accepted it in this very moment.
  return (await known(options, { actor, idempotencyKey, inputHash, dryRun }, signal)) ?? accepted(operation);
}

/** What state an operation under way will leave is not known yet; then only the rest is checked. */
async function check(
  { database, capabilities }: AcceptOptions,
  { action, inventory }: { readonly action: Action; readonly inventory: CheckedInventory },
  signal: AbortSignal,
): Promise<readonly UserError[]> {
  const userErrors = checkAction(action, { inventory, capabilities, checkState: true });
  return userErrors.length === 0 || !(await hasOpen(database, serialKeyOf(action), signal))
    ? userErrors
    : checkAction(action, { inventory, capabilities, checkState: false });
}

/** Whose key it is, and what it stands for. */
export interface AskedBefore {
  readonly actor: string;
  readonly idempotencyKey: string;
  readonly inputHash: string;
  readonly dryRun: boolean;
}

/** What was accepted under the key, or why it cannot be used again; null if it is new. */
async function known(
  { database }: AcceptOptions,
  { inputHash, dryRun, ...key }: AskedBefore,
  signal: AbortSignal,
): Promise<Acceptance | null> {
  const kept = await readByKey(database, key, signal);
  if (kept === null) return null;
  if (kept.inputHash !== inputHash) return keyReused(kept);
  return dryRun
    ? { ...accepted(null), preview: ['It was accepted before; nothing more would be done.'] }
    : accepted(kept.operation);
}

/** The refusal of a key that stands for something else. */
export function keyReused({ operation }: KeptOperation): Acceptance {
  const message = `The key was used for another request, which became operation ${operation.localId}.`;
  return refused({ code: 'IDEMPOTENCY_KEY_REUSED', field: 'input.idempotencyKey', message });
}

/** The refusal of a key that is none; null if it is one. */
export function checkKey(key: string): Acceptance | null {
  const message = `A key has 1 to ${longestKey} characters; found ${key.length}.`;
  return key.length < 1 || key.length > longestKey
    ? refused({ code: 'INVALID_ARGUMENT', field: 'input.idempotencyKey', message })
    : null;
}

/** What tells whether two inputs are the same. */
export function hashOf(input: unknown): string {
  return createHash('sha256').update(canonicalJson(input)).digest('base64url');
}

/** @throws SitewideError `NO_SOURCE_ANSWERED` if there is nothing to check against. */
export function snapshotOf({ inventory }: Pick<AcceptOptions, 'inventory'>): Snapshot {
  const { snapshot, message } = inventory.current();
  if (snapshot === null) {
    throw new SitewideError('NO_SOURCE_ANSWERED', {
      field: 'operation',
      reasons: message ?? 'there is no inventory yet',
    });
  }
  return snapshot;
}

/** What a new operation is about. */
export interface OperationSeed extends Pick<Operation, 'localId' | 'actor' | 'idempotencyKey'> {
  readonly kind: OperationKind;
  readonly target?: string | null;
  readonly targetName?: string | null;
  readonly parent?: string | null;
}

/** An operation that nobody has begun. */
export function newOperation(
  { clock }: Pick<AcceptOptions, 'clock'>,
  { target = null, targetName = null, parent = null, ...seed }: OperationSeed,
): Operation {
  return {
    ...seed,
    target,
    targetName,
    parent,
    state: 'QUEUED',
    progress: 0,
    counts: null,
    steps: [],
    cancelRequested: false,
    error: null,
    createdAt: clock.now(),
    startedAt: null,
    finishedAt: null,
    revision: 0,
  };
}

/** What an action changes, with its name now. A copy is named as it will be; what it copies is no target. */
function targetOf(action: Action, snapshot: Snapshot): Pick<Operation, 'target' | 'targetName'> {
  switch (action.kind) {
    case 'CREATE_VIRTUAL_MACHINE':
      return { target: null, targetName: action.spec.name };
    case 'CLONE_VIRTUAL_MACHINE':
      return { target: null, targetName: action.name };
    default:
      return { target: action.vm, targetName: snapshot.get('VirtualMachine', action.vm)?.name ?? null };
  }
}

/** The acceptance of an operation. */
export function accepted(operation: Operation | null): Acceptance {
  return { operation, userErrors: [], preview: null, targetCount: null };
}

/** A refusal. */
export function refused(...userErrors: readonly UserError[]): Acceptance {
  return { operation: null, userErrors, preview: null, targetCount: null };
}
