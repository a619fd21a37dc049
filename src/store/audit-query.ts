import { sql, type RawBuilder } from 'kysely';

import { decodeId } from '../core/ids.ts';
import type { AuditEvent } from '../model/audit.ts';
import type { AuditFilter } from '../model/audit-list.ts';
import { id, type IdFilter, type NumberFilter } from '../model/condition.ts';
import { everyInstallation } from '../model/operation-list.ts';
import type { OrderDirection } from '../model/order.ts';
import type { Database } from './database.ts';

// Reading the audit trail. Filters mean what they mean to other lists (src/model/filter.ts): all conditions must hold, a
// condition that is null counts as absent, and what is missing meets none.

/** Which events are looked for. */
export interface AuditWanted {
  /** Whose trail it is. */
  readonly installation: string;
  readonly filter: AuditFilter;
  /** The times between which they are, in milliseconds since 1970, both included; null: no limit. */
  readonly from: number | null;
  readonly to: number | null;
}

/** The first so many in this order. Throws as every query. */
export async function readAuditEvents(
  database: Database,
  { direction, limit, ...wanted }: AuditWanted & { readonly direction: OrderDirection; readonly limit: number },
  signal: AbortSignal,
): Promise<readonly AuditEvent[]> {
  const { rows } = await database.run({ signal }, (queries) =>
    sql<AuditEvent>`
      select sequence, at_ms as at, previous_hash as "previousHash", hash, record
      from audit_event where ${conditionOf(wanted)}
      order by at_ms ${direction === 'ASC' ? sql`asc` : sql`desc`} limit ${limit}
    `.execute(queries),
  );
  return rows;
}

/** True if there is any. Throws as every query. */
export async function hasAuditEvent(database: Database, wanted: AuditWanted, signal: AbortSignal): Promise<boolean> {
  const { rows } = await database.run({ signal }, (queries) =>
    sql<{ found: boolean }>`
      select exists (select from audit_event where ${conditionOf(wanted)}) as found
    `.execute(queries),
  );
  return rows[0]!.found;
}

/** How many there are. Throws as every query. */
export async function countAuditEvents(database: Database, wanted: AuditWanted, signal: AbortSignal): Promise<number> {
  const { rows } = await database.run({ signal }, (queries) =>
    sql<{ found: number }>`select count(*) as found from audit_event where ${conditionOf(wanted)}`.execute(queries),
  );
  return rows[0]!.found;
}

type Condition = RawBuilder<boolean>;

function conditionOf({ installation, filter, from, to }: AuditWanted): Condition {
  return allOf([compile(filter, installation), compileAt({ gte: from, lte: to })]);
}

function compile(filter: AuditFilter, installation: string): Condition {
  const { and, or, not, at, action, outcome, actor, address, requestId, operationId, targetId } = filter;
  const nested = (filters: readonly AuditFilter[]): Condition[] => filters.map((one) => compile(one, installation));
  const isHere = present(filter.installation, (wanted) => id(() => installation)(wanted)(null)) ?? true;
  return allOf([
    isHere ? always : never,
    ...(and ? [allOf(nested(and))] : []),
    ...(or ? [anyOf(nested(or))] : []),
    ...(not ? [sql<boolean>`not (${compile(not, installation)})`] : []),
    present(at, compileAt),
    present(action, (words) => oneOf(sql`content ->> 'action'`, words)),
    present(outcome, (words) => oneOf(sql`content ->> 'outcome'`, words)),
    present(actor, (condition) => compileId(sql`content ->> 'actor'`, condition)),
    present(address, (condition) => compileId(sql`content #>> '{origin,address}'`, condition)),
    present(requestId, (condition) => compileId(sql`content ->> 'requestId'`, condition)),
    present(operationId, (condition) =>
      compileId(sql`content ->> 'operation'`, localIds(condition, 'Operation', installation)),
    ),
    present(targetId, (condition) =>
      compileId(sql`content ->> 'target'`, localIds(condition, 'VirtualMachine', installation)),
    ),
  ]);
}

const always = sql<boolean>`true`;
const never = sql<boolean>`false`;

function allOf(conditions: readonly (Condition | null)[]): Condition {
  const given = conditions.filter((condition) => condition !== null && condition !== always);
  return given.length === 0 ? always : sql<boolean>`(${sql.join(given, sql` and `)})`;
}

function anyOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? never : sql<boolean>`(${sql.join(conditions, sql` or `)})`;
}

function present<Value, Result>(value: Value | null | undefined, map: (value: Value) => Result): Result | null {
  return value === null || value === undefined ? null : map(value);
}

function compileAt({ eq, in: values, gt, gte, lt, lte, isNull }: NumberFilter): Condition {
  return allOf([
    isNull === true ? never : always,
    present(eq, (wanted) => sql<boolean>`at_ms = ${wanted}`),
    present(values, (wanted) => sql<boolean>`at_ms = any(${[...wanted]}::bigint[])`),
    present(gt, (wanted) => sql<boolean>`at_ms > ${wanted}`),
    present(gte, (wanted) => sql<boolean>`at_ms >= ${wanted}`),
    present(lt, (wanted) => sql<boolean>`at_ms < ${wanted}`),
    present(lte, (wanted) => sql<boolean>`at_ms <= ${wanted}`),
  ]);
}

function compileId(value: RawBuilder<unknown>, { eq, in: values }: IdFilter): Condition {
  return allOf([present(eq, (wanted) => oneOf(value, [wanted])), present(values, (wanted) => oneOf(value, wanted))]);
}

/** Never unknown, so that it may be negated. A text with a zero byte is none of the database's. */
function oneOf(value: RawBuilder<unknown>, wanted: readonly string[]): Condition {
  const known = wanted.filter((text) => !text.includes('\0'));
  return sql<boolean>`coalesce(${value} = any(${known}::text[]), false)`;
}

/** Of global ids, those that this installation's trail may name, as it names them. */
function localIds({ eq, in: values }: IdFilter, type: string, installation: string): IdFilter {
  const localId = (text: string): readonly string[] => {
    try {
      const found = decodeId(text);
      return found.type === type && [installation, everyInstallation].includes(found.installation)
        ? [found.localId]
        : [];
    } catch {
      return [];
    }
  };
  return {
    in:
      eq == null
        ? (values?.flatMap(localId) ?? null)
        : localId(eq).filter((one) => !values || values.flatMap(localId).includes(one)),
  };
}
