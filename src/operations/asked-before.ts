import { createHash } from 'node:crypto';

import { canonicalJson } from '../core/canonical-json.ts';
import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import type { InventoryFeed } from '../inventory/inventory.ts';
import type { Snapshot } from '../inventory/snapshot.ts';
import type { Capabilities } from '../model/action.ts';
import type { Operation, UserError } from '../model/operation.ts';
import type { Database } from '../store/database.ts';
import { readAskedBefore } from '../store/operation.ts';
import type { OperationWriter } from '../store/operation-writer.ts';
import type { Acceptance } from './operations.ts';

// What has to be known before a change is accepted: whether it was asked for before, what is under way, and an inventory
// that shows everything that had ended when it was asked for.

/** What accepting needs. */
export interface AcceptOptions {
  readonly database: Database;
  readonly writer: OperationWriter;
  readonly inventory: Pick<InventoryFeed, 'current' | 'log'>;
  readonly capabilities: Capabilities;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Whose key it is, and what it stands for. */
export interface Asked {
  readonly actor: string;
  readonly idempotencyKey: string;
  readonly inputHash: string;
  /** The id that it will have; null if any will do. */
  readonly localId: string | null;
  /** What it would wait for; null for nothing. */
  readonly serialKey: string | null;
}

/** What there is. */
export interface Before {
  /** What was accepted under the key; null if nothing was. */
  readonly known: Operation | null;
  /** Why the key cannot be used; null if it can. */
  readonly objection: Acceptance | null;
  readonly hasEarlier: boolean;
  readonly snapshot: Snapshot;
}

const longestKey = 200;

/**
 * Looks up what there is.
 * @throws SitewideError `NO_SOURCE_ANSWERED` if there is no inventory, `STORE_UNAVAILABLE`, or the signal's reason.
 */
export async function lookBefore(
  { database, inventory }: AcceptOptions,
  { inputHash, ...asked }: Asked,
  signal: AbortSignal,
): Promise<Before> {
  // Without an inventory there may be no tables either.
  snapshotOf(inventory);
  const { known, hasEarlier, feed, revision } = await readAskedBefore(database, asked, signal);
  // Another broker may have seen, and told, what this one has not yet.
  await inventory.log?.reach({ feed, revision, part: 0 }, signal);
  return {
    known: known?.operation ?? null,
    objection: known === null || known.inputHash === inputHash ? null : keyReused(known.operation),
    hasEarlier,
    snapshot: snapshotOf(inventory),
  };
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

/** The acceptance of an operation, or of nothing. */
export function accepted(operation: Operation | null): Acceptance {
  return { operation, userErrors: [], preview: null, targetCount: null };
}

/** A refusal. */
export function refused(...userErrors: readonly UserError[]): Acceptance {
  return { operation: null, userErrors, preview: null, targetCount: null };
}

function keyReused({ localId }: Operation): Acceptance {
  const message = `The key was used for another request, which became operation ${localId}.`;
  return refused({ code: 'IDEMPOTENCY_KEY_REUSED', field: 'input.idempotencyKey', message });
}

function snapshotOf(inventory: AcceptOptions['inventory']): Snapshot {
  const { snapshot, message } = inventory.current();
  if (snapshot === null) {
    const reasons = message ?? 'there is no inventory yet';
    throw new SitewideError('NO_SOURCE_ANSWERED', { field: 'operation', reasons });
  }
  return snapshot;
}
