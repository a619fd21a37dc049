import { canonicalJson } from '../core/canonical-json.ts';
import type { ChainLink } from '../core/hash-chain.ts';
import type { OperationKind } from './operation.ts';

// The audit trail of an installation: who changed what, or was not let, as a chain of hashes (src/core/hash-chain.ts).

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

/** What an event says. */
export interface AuditRecord extends Partial<AuditedAsking> {
  readonly action: AuditAction;
  readonly outcome: AuditOutcome;
  readonly actor: string;
  /** The local id of the operation. */
  readonly operation?: string;
  /** What kind of operation was to be cancelled. */
  readonly kind?: OperationKind;
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

/** An event as it is kept, with an `AuditRecord` as JSON. */
export type AuditEvent = ChainLink;

/** The text by which an event is kept. What no text of the database can hold is replaced. */
export function auditText(record: AuditRecord): string {
  return canonicalJson(JSON.parse(JSON.stringify(record, (_, value: unknown) => storable(value))));
}

function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value;
}
