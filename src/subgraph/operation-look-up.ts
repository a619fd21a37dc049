import { SitewideError } from '../core/errors.ts';
import type { GlobalId } from '../core/ids.ts';
import { hasEnded, type Operation } from '../model/operation.ts';
import { isBulk } from '../model/operation-list.ts';
import type { RequestContext } from '../model/request.ts';
import { rowOf, type Row } from '../model/resource.ts';
import { sees } from '../model/sight.ts';
import type { Source } from './coverage.ts';

// Finds operations by id: in the database, so that whoever was told of one finds it at every broker, however far that one
// has followed the feed. While the database is away, what the broker has seen is what there is.

/** What was found. */
export interface FoundOperations {
  /** By local id. */
  readonly rows: ReadonlyMap<string, Row<'Operation'>>;
  /** Why they may be older than they should be; null if they are not. */
  readonly staleBecause: string | null;
}

/** The operations among what is wanted. Throws the signal's reason, and as every query but `STORE_UNAVAILABLE`. */
export async function findOperations(
  source: Source,
  wanted: readonly GlobalId[],
  context: RequestContext,
): Promise<FoundOperations> {
  const ids = wanted.filter(({ type }) => type === 'Operation').map(({ localId }) => localId);
  const found: Lookup[] = await Promise.all(
    [...new Set(ids)].map((localId) => findOperation(source, localId, context)),
  );
  const rows = found.flatMap(({ row }) => (row === null ? [] : [[row.localId, row] as const]));
  return { rows: new Map(rows), staleBecause: found.find(({ problem }) => problem !== null)?.problem ?? null };
}

interface Lookup {
  readonly row: Row<'Operation'> | null;
  /** Why the database could not be asked. */
  readonly problem: string | null;
}

async function findOperation(source: Source, localId: string, context: RequestContext): Promise<Lookup> {
  const seen = source.state(context).snapshot?.get('Operation', localId) ?? null;
  // What has ended never changes again, so that nobody need be asked; and without a database there is none.
  if ((seen !== null && hasEnded(seen)) || !source.hasOperations) {
    return { row: seen, problem: null };
  }
  try {
    const operation = await source.operations().find(localId, context.deadline.signal);
    return { row: seenOperation(source, operation, context), problem: null };
  } catch (error) {
    if (error instanceof SitewideError && error.code === 'STORE_UNAVAILABLE') {
      return { row: seen, problem: error.message };
    }
    throw error;
  }
}

/**
 * An operation of the database as whoever asks sees it; null if they do not, or there is none. A bulk of somebody else is what
 * this broker has seen of its parts.
 */
export function seenOperation(
  source: Source,
  operation: Operation | null,
  context: RequestContext,
): Row<'Operation'> | null {
  const { sight } = source.access(context);
  if (operation === null) {
    return null;
  }
  if (sight === null || sees(sight, 'Operation', operation)) {
    return rowOf('Operation', operation, source.installation.id);
  }
  return isBulk(operation.kind) ? (source.latest(context)?.get('Operation', operation.localId) ?? null) : null;
}
