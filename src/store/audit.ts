import { sql, type RawBuilder } from 'kysely';

import type { Database } from './database.ts';

// The audit trail: what is appended to it beside what is accepted or changed, and what is old and goes.

/** Appends an event of something that changed nothing. Throws as every query; then it may be there or not. */
export async function appendAuditEvent(database: Database, record: string, signal: AbortSignal): Promise<void> {
  await database.run({ signal }, (queries) => queries.insertInto('audit_event').values({ record }).execute());
}

/**
 * The records of operations that end with what a statement does, as rows of `record`. The parts of a bulk have none.
 * @param changed A table expression with the operations, as they are from now on, in `after`.
 */
export function endRecords(changed: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select json_strip_nulls(json_build_object(
      'action', after ->> 'kind',
      'actor', after ->> 'actor',
      'operation', after ->> 'localId',
      'outcome', after ->> 'state',
      'reason', nullif(concat_ws(': ', after #>> '{error,code}', after #>> '{error,message}'), ''),
      'target', after ->> 'target',
      'targetName', after ->> 'targetName'
    ))::text as record
    from ${changed}
    where after ->> 'parent' is null and after ->> 'state' in ('SUCCEEDED', 'FAILED', 'CANCELLED')
  `;
}

/** As many as go at once. */
const removedAtOnce = 1_000;

/**
 * Removes some of the events that are older than so many milliseconds, the oldest first; gives how many. The last one stays, so
 * that the trail never looks as if it began anew. Throws as every query.
 */
export async function removeOldAuditEvents(database: Database, keepMs: number, signal: AbortSignal): Promise<number> {
  return database.transaction({ signal }, async (queries) => {
    await sql`set local sitewide.audit_retention = 'on'`.execute(queries);
    const { numAffectedRows } = await sql`
      delete from audit_event where sequence in (
        select event.sequence from audit_event as event, audit_head as head
        where event.at_ms < (extract(epoch from clock_timestamp()) * 1000)::bigint - ${keepMs}::bigint
          and event.sequence < head.sequence
        order by event.sequence limit ${removedAtOnce}
      )
    `.execute(queries);
    return Number(numAffectedRows ?? 0);
  });
}
