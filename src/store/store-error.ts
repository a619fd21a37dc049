import { DatabaseError } from 'pg';

import { messageOf, SitewideError } from '../core/errors.ts';

// What the database or the way to it throws, as an error of ours.

/**
 * Classes of SQLSTATE that say that the server cannot do it now: connection, resources, operator, system, and conflicts
 * between transactions. https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const passing = ['08', '53', '57', '58', '40'];
/** A server that became a standby; a lock that was not to be had in time. */
const passingCodes = ['25006', '25P03', '55P03'];

/** STORE_UNAVAILABLE for what passes by itself; a statement that is wrong stays what it is. */
export function asStoreError(thrown: unknown): unknown {
  if (thrown instanceof SitewideError && thrown.code !== 'DEADLINE_EXCEEDED') {
    return thrown;
  }
  const code = thrown instanceof DatabaseError ? (thrown.code ?? '') : null;
  if (code !== null && !passing.includes(code.slice(0, 2)) && !passingCodes.includes(code)) {
    return thrown;
  }
  return new SitewideError('STORE_UNAVAILABLE', { problem: messageOf(thrown).replace(/\.$/, '') }, { cause: thrown });
}
