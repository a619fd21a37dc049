import { createHash } from 'node:crypto';

import { canonicalJson } from '../core/canonical-json.ts';
import type { OperationKind } from './operation.ts';

// The audit trail of an installation: who changed what, or was not let. Each event holds the hash of the one before it, so that
// whoever has kept one hash can tell whether anything up to it was altered, taken out or put in.

/** What an event is about: an operation of this kind, or the end of one before its time. */
export type AuditAction = OperationKind | 'CANCEL_OPERATION';

/** What came of it. An operation that was accepted ends in another event. */
export type AuditOutcome = 'ACCEPTED' | 'REFUSED' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** From where somebody asks. */
export interface Origin {
  /** The network address at the other end of the connection on which they came; null if it was gone. */
  readonly address: string | null;
  /** The broker that let them in, as the URI of its certificate; it vouches for them. */
  readonly broker: string | null;
}

/** By whom, and from where, something was asked for. */
export interface AuditedAsking {
  /** As operations name it. */
  readonly actor: string;
  readonly groups: readonly string[];
  readonly origin: Origin;
  readonly requestId: string;
}

/** What an event says. All but the first three may be missing. */
export interface AuditRecord extends Partial<AuditedAsking> {
  readonly action: AuditAction;
  readonly outcome: AuditOutcome;
  readonly actor: string;
  /** The local id of the operation. */
  readonly operation?: string;
  /** The local id of what is changed, and its name. */
  readonly target?: string | null;
  readonly targetName?: string | null;
  /** Of a bulk: how many machines it concerns. */
  readonly targetCount?: number;
  /** What was asked for. */
  readonly input?: unknown;
  /** Why it was refused, or failed. */
  readonly reason?: string | null;
}

/** An event as it is kept. */
export interface AuditEvent {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** When it was written, in milliseconds since 1970; each is later than the one before. */
  readonly at: number;
  /** The hash of the event before; 64 zeros before the first. */
  readonly previousHash: string;
  readonly hash: string;
  /** An `AuditRecord` as the JSON text that the hash is of. */
  readonly record: string;
}

/** What the first event has for the hash of the one before. */
export const noHash = '0'.repeat(64);

/** The text by which an event is kept. What no text of the database can hold is replaced. */
export function auditText(record: AuditRecord): string {
  return canonicalJson(JSON.parse(JSON.stringify(record, (_, value: unknown) => storable(value))));
}

function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value;
}

/**
 * The hash that an event has to have: SHA-256, in hexadecimal digits, of the hash before it, its number, its time in
 * milliseconds and its record, with a line feed between each. The database writes the same (src/store/migrations/0005-audit.ts).
 */
export function auditHash({ previousHash, sequence, at, record }: Omit<AuditEvent, 'hash'>): string {
  return createHash('sha256').update([previousHash, sequence, at, record].join('\n')).digest('hex');
}
