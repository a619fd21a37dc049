import type { Coverage } from '../model/coverage.ts';
import type { Operation, UserError, UserErrorCode } from '../model/operation.ts';
import { rowOf, type Row } from '../model/resource.ts';
import type { Acceptance } from '../operations/operations.ts';
import type { Source } from './coverage.ts';

// What comes of asking for a change, as mutations answer it.

/** The parent of the fields of `OperationPayload`. */
export interface Payload extends Omit<Acceptance, 'operation'> {
  readonly operation: Row<'Operation'> | null;
  /** Null unless it is a bulk. */
  readonly coverage: Coverage | null;
}

/** The payload of what came of it; what is not given is not there. */
export function payloadOf(
  { installation }: Source,
  { operation, ...rest }: Partial<Acceptance> & { readonly operation: Operation | null },
): Payload {
  const row = operation === null ? null : rowOf('Operation', operation, installation.id);
  return { userErrors: [], preview: null, targetCount: null, coverage: null, ...rest, operation: row };
}

/** The payload of a refusal that needs nobody to be asked. */
export function refusal(code: UserErrorCode, field: string, message: string): Payload {
  return refused([{ code, field, message }]);
}

/** The same for several reasons. */
export function refused(userErrors: readonly UserError[]): Payload {
  return { operation: null, userErrors, preview: null, targetCount: null, coverage: null };
}
