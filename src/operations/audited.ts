import { createHash } from 'node:crypto';

import { canonicalJson } from '../core/canonical-json.ts';
import { type AuditAction, auditText, type AuditedAsking, type AuditRecord } from '../model/audit.ts';
import type { Operation, OperationKind, UserError } from '../model/operation.ts';
import { appendAuditEvent } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import type { Acceptance, Asking, CancelRequest } from './operations.ts';

// What the audit trail is told: of what is accepted in the same statement that accepts it, of what is not allowed before
// whoever asks is told so. What was known before, what is only tried and what is wrong for any other reason changes nothing
// and is nobody's fault, and is not told.

/** Something that was not allowed. */
export interface Refusal extends AuditedAsking {
  readonly action: AuditAction;
  readonly operation?: string | undefined;
  /** Of that. */
  readonly kind?: OperationKind | undefined;
  readonly target?: string | null | undefined;
  readonly input?: unknown;
  readonly userErrors: readonly Pick<UserError, 'code' | 'message'>[];
}

/** The text of the event of an operation that is accepted. */
export function acceptanceText(
  asking: AuditedAsking,
  { kind, localId, target, targetName }: Operation,
  rest: Pick<AuditRecord, 'input' | 'targetCount'>,
): string {
  return textOf({
    ...askingOf(asking),
    ...rest,
    action: kind,
    outcome: 'ACCEPTED',
    operation: localId,
    target,
    targetName,
  });
}

/** The text of the event of an operation that is to be ended before its time. */
export function cancellationText({ localId, kind, ...asking }: CancelRequest): string {
  return textOf({ ...askingOf(asking), action: 'CANCEL_OPERATION', outcome: 'ACCEPTED', operation: localId, kind });
}

/** Tells the audit trail of a refusal. Throws as every query; then it may have been told or not. */
export async function auditRefusal(database: Database, refusal: Refusal, signal: AbortSignal): Promise<void> {
  const { userErrors, ...rest } = refusal;
  const reason = userErrors.map(({ code, message }) => `${code}: ${message}`).join('\n');
  const { action, operation, kind, target, input } = rest;
  const what = {
    ...{ action, input },
    ...(operation !== undefined && { operation }),
    ...(kind !== undefined && { kind }),
    ...(target !== undefined && { target }),
  };
  const record: AuditRecord = { ...askingOf(rest), ...what, outcome: 'REFUSED', reason };
  await appendAuditEvent(database, textOf(record), signal);
}

/** A refusal of what is not allowed, told before it is given. Throws as every query. */
export async function forbidden(
  database: Database,
  { dryRun, ...asking }: Asking,
  refusal: Pick<Refusal, 'action' | 'target' | 'input'> & { readonly userErrors: readonly UserError[] },
  signal: AbortSignal,
): Promise<Acceptance> {
  if (!dryRun) {
    await auditRefusal(database, { ...askingOf(asking), ...refusal }, signal);
  }
  return { operation: null, userErrors: refusal.userErrors, preview: null, targetCount: null };
}

function askingOf({ actor, groups, origin, requestId }: AuditedAsking): AuditedAsking {
  return { actor, groups, origin, requestId };
}

/** Enough for what people write; what is larger is only recognised. */
const mostInput = 8_192;

function textOf({ input, ...record }: AuditRecord): string {
  const text = canonicalJson(input);
  const bytes = Buffer.byteLength(text);
  const short = bytes <= mostInput ? input : { bytes, sha256: createHash('sha256').update(text).digest('hex') };
  return auditText({ ...record, input: short });
}
