import { encodeId } from '../core/ids.ts';
import type { AuditAction, AuditEvent, AuditOutcome, AuditRecord } from './audit.ts';
import type * as condition from './condition.ts';
import type { FilterConnectives } from './filter.ts';
import { bulkIdOf, isBulk } from './operation-list.ts';

// The list of the events of audit trails. They are in databases and in no snapshot: what a filter means is said to the
// database (src/store/audit-query.ts).

/** Which events are wanted. Ids are global. */
export interface AuditFilter extends FilterConnectives<AuditFilter> {
  readonly at?: condition.NumberFilter | null | undefined;
  readonly action?: readonly AuditAction[] | null | undefined;
  readonly outcome?: readonly AuditOutcome[] | null | undefined;
  readonly actor?: condition.IdFilter | null | undefined;
  readonly address?: condition.IdFilter | null | undefined;
  readonly requestId?: condition.IdFilter | null | undefined;
  readonly operationId?: condition.IdFilter | null | undefined;
  readonly targetId?: condition.IdFilter | null | undefined;
  readonly installation?: condition.IdFilter | null | undefined;
}

/** An event with its place in the world. */
export interface AuditRow extends AuditEvent {
  /** The global id. */
  readonly id: string;
  /** The configured id of the installation. */
  readonly installation: string;
  /** `record`, read. */
  readonly content: AuditRecord;
}

/** An event of an installation as a row. */
export function auditRowOf(event: AuditEvent, installation: string): AuditRow {
  const id = encodeId({ type: 'AuditEvent', installation, localId: String(event.sequence) });
  return { ...event, id, installation, content: JSON.parse(event.record) as AuditRecord };
}

/** The global id of the operation that an event is about; null if there is none. */
export function auditedOperationId({ installation, content }: AuditRow): string | null {
  const { operation, action, kind = action } = content;
  if (operation === undefined) {
    return null;
  }
  return kind !== 'CANCEL_OPERATION' && isBulk(kind)
    ? bulkIdOf(operation)
    : encodeId({ type: 'Operation', installation, localId: operation });
}
