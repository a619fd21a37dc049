import type { AuditedAsking } from '../model/audit.ts';
import { actorOf } from '../model/principal.ts';
import type { RequestContext } from '../model/request.ts';
import type { Refusal } from '../operations/audited.ts';
import type { Source } from './coverage.ts';
import type { Asked } from './source-report.ts';

// By whom a change is asked for, as the audit trail names them.

/** Whoever asks. */
export function askedBy({ principal, origin, requestId }: RequestContext): AuditedAsking {
  return {
    actor: actorOf(principal),
    groups: principal.groups,
    origin: origin ?? { address: null, broker: null },
    requestId,
  };
}

/** What whoever has no role here wanted to do. */
type Wanted = Pick<Refusal, 'action' | 'operation' | 'target' | 'input'>;

/**
 * Turns away whoever may see nothing here, and tells the audit trail unless it was only tried. Throws as
 * `Source.requireRole`, or `STORE_UNAVAILABLE` if that cannot be told.
 */
export async function requireRole(
  source: Source,
  asked: Asked,
  { dryRun, ...wanted }: Wanted & { readonly dryRun?: boolean | null | undefined },
): Promise<void> {
  try {
    source.requireRole(asked);
  } catch (thrown) {
    if (source.hasOperations && dryRun !== true) {
      const userErrors = [{ code: 'FORBIDDEN', message: 'no role allows anything here' } as const];
      const refusal = { ...askedBy(asked.context), ...wanted, userErrors };
      await source.operations().auditRefusal(refusal, asked.context.deadline.signal);
    }
    throw thrown;
  }
}
