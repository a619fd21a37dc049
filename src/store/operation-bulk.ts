import { sql } from 'kysely';

import type { Operation, OperationCounts } from '../model/operation.ts';
import type { Database } from './database.ts';
import { changeAll } from './operation-change.ts';

// Bulks: what their parts have come to. Nobody has a bulk: whoever counts its parts may write down what they are, and a
// count that is older than the one there is changes nothing.

/** A bulk that has not ended, and how its parts are doing now. */
export interface OpenBulk {
  readonly operation: Operation;
  readonly counts: OperationCounts;
}

/** The bulks that have not ended. Throws as every query. */
export async function readOpenBulks(database: Database, signal: AbortSignal): Promise<readonly OpenBulk[]> {
  const { rows } = await database.run({ signal }, (queries) =>
    sql<OpenBulk>`
      select bulk.content as operation, parts.counts
      from operation as bulk, lateral (
        select json_build_object(
          'items', count(*),
          'progress', floor(sum((content ->> 'progress')::float8)),
          'succeeded', count(*) filter (where state = 'SUCCEEDED'),
          'failed', count(*) filter (where state = 'FAILED'),
          'cancelled', count(*) filter (where state = 'CANCELLED')
        ) as counts
        from operation where parent = bulk.local_id
      ) as parts
      where bulk.state in ('QUEUED', 'RUNNING') and bulk.action is null
    `.execute(queries),
  );
  return rows;
}

/** Writes down what the parts of a bulk have come to; null if that is known, or the bulk has ended. Throws as every query. */
export async function changeBulk(
  database: Database,
  localId: string,
  news: Pick<Operation, 'counts'> & Partial<Pick<Operation, 'state' | 'progress' | 'error'>>,
  signal: AbortSignal,
): Promise<Operation | null> {
  const { succeeded, failed, cancelled, progress } = news.counts!;
  const [changed] = await changeAll(
    database,
    {
      found: sql`
        select local_id, content, ${JSON.stringify(news)}::jsonb as patch, '[]'::jsonb as steps, false as begun
        from operation
        where local_id = ${localId} and state in ('QUEUED', 'RUNNING') and (
          (content #>> '{counts,succeeded}')::bigint + (content #>> '{counts,failed}')::bigint
            + (content #>> '{counts,cancelled}')::bigint,
          (content #>> '{counts,progress}')::float8
        ) < (${succeeded + failed + cancelled}::bigint, ${progress}::float8)
        for update
      `,
    },
    signal,
  );
  return changed ?? null;
}
