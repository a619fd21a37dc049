import type { GraphQLResolveInfo } from 'graphql';

import type { PageInfo, QueryAuditEventsArgs, QueryResolvers, Resolvers } from '../../schema/generated/resolvers.ts';
import { decodeCursor, encodeCursor, hashList, withTrail, type Cursor } from '../core/cursor.ts';
import { SitewideError } from '../core/errors.ts';
import { encodeId } from '../core/ids.ts';
import { leadingNumberOf } from '../core/key.ts';
import { auditedOperationId, auditRowOf, type AuditFilter, type AuditRow } from '../model/audit-list.ts';
import type { Coverage } from '../model/coverage.ts';
import { keyOf, type OrderDirection } from '../model/order.ts';
import { validatePageArgs, type PageSize } from '../model/page.ts';
import type { RequestContext } from '../model/request.ts';
import { settleSite } from '../model/site-filter.ts';
import type { AuditTrail } from '../operations/audit-trail.ts';
import type { Source } from './coverage.ts';
import { findInstallation } from './installation.ts';

// The audit trail as a list. It is read from the database for each request, and is the same at every broker. Within an
// installation no two events have the same time, so that pages are stretches of time.

/** `Query.auditEvents`. */
export function createAuditQueries(source: Source): Pick<QueryResolvers, 'auditEvents'> {
  return { auditEvents: (_, args, context, info) => answerAudit(source, { args, context, info }) };
}

/** The fields of events and of their list that are not simply there. What a client does not select is not asked of the database. */
export function createAuditResolvers(source: Source): Required<Pick<Resolvers, 'AuditEvent' | 'AuditEventConnection'>> {
  return {
    AuditEvent: {
      action: ({ content }) => content.action,
      outcome: ({ content }) => content.outcome,
      reason: ({ content }) => content.reason ?? null,
      actor: ({ content }) => content.actor,
      groups: ({ content }) => content.groups ?? null,
      address: ({ content }) => content.origin?.address ?? null,
      broker: ({ content }) => content.origin?.broker ?? null,
      requestId: ({ content }) => content.requestId ?? null,
      operationId: auditedOperationId,
      targetId: ({ installation, content: { target = null } }) =>
        target === null ? null : encodeId({ type: 'VirtualMachine', installation, localId: target }),
      targetName: ({ content }) => content.targetName ?? null,
      targetCount: ({ content }) => content.targetCount ?? null,
      installation: ({ installation }) => findInstallation(source, installation),
    },
    AuditEventConnection: {
      nodes: ({ rows }) => rows,
      edges: ({ rows, cursorOf }) => rows.map((node) => ({ cursor: cursorOf(node), node })),
      pageInfo: (page) => pageInfoOf(source, page),
      totalCount: ({ stretch: { filter }, trail, signal }) => trail.count({ filter, from: null, to: null }, signal),
      totalCountRelation: () => 'EQUAL',
    },
  };
}

interface AskedAudit {
  readonly args: QueryAuditEventsArgs;
  readonly context: RequestContext;
  readonly info: GraphQLResolveInfo;
}

/** The page that is wanted, as far as the arguments say. */
interface Stretch extends PageSize {
  readonly filter: AuditFilter;
  readonly direction: OrderDirection;
  /** What it is between, as keys and as times. */
  readonly after: Bound | null;
  readonly before: Bound | null;
  readonly listHash: Buffer;
  readonly missed: readonly string[];
}

interface Bound {
  readonly key: string;
  readonly at: number;
}

/** A page of events: the parent of the fields of the connection. */
export interface AuditConnection {
  readonly rows: readonly AuditRow[];
  readonly stretch: Stretch;
  readonly trail: AuditTrail;
  readonly signal: AbortSignal;
  readonly coverage: Coverage;
  cursorOf(row: AuditRow): string;
}

async function answerAudit(source: Source, { args, context, info }: AskedAudit): Promise<AuditConnection> {
  const asked = { context, info };
  const stretch = readStretch(args, info.fieldName, source.installation.site);
  source.requirePermission('audit', asked);
  const trail = source.auditTrail();
  const { signal } = context.deadline;
  const rows = await readRows(trail, stretch, source.installation.id, signal);
  const { direction, listHash } = stretch;
  return {
    ...{ rows, stretch, trail, signal },
    coverage: source.answerStored(asked, rows.length),
    cursorOf: ({ at, id }) => encodeCursor(keyOf(at, direction, id), listHash),
  };
}

/**
 * Reads the arguments.
 * @throws SitewideError `INVALID_ARGUMENT`, `CURSOR_INVALID` or `CURSOR_MISMATCH`.
 */
function readStretch(
  { first, after, last, before, ...list }: QueryAuditEventsArgs,
  field: string,
  site: string,
): Stretch {
  const listHash = hashList(field, { ...list });
  const direction = list.orderBy?.direction ?? 'DESC';
  const read = (text: string | null | undefined): (Bound & Pick<Cursor, 'trail'>) | null => {
    if (typeof text !== 'string') {
      return null;
    }
    const { key, trail } = decodeCursor(text, listHash);
    const at = leadingNumberOf(key, direction === 'DESC');
    if (at === null || !Number.isSafeInteger(at)) {
      throw new SitewideError('CURSOR_INVALID', { cursor: text, problem: 'it is of no time' });
    }
    return { key, at, trail };
  };
  const [start, end] = [read(after), read(before)];
  return {
    ...validatePageArgs({ first, last }),
    filter: settleSite(list.filter ?? {}, site),
    direction,
    after: start,
    before: end,
    listHash,
    missed: (start ?? end)?.trail?.missed ?? [],
  };
}

/** The rows of the page, in the order of the list. */
async function readRows(
  trail: AuditTrail,
  { filter, direction, after, before, from, limit }: Stretch,
  installation: string,
  signal: AbortSignal,
): Promise<readonly AuditRow[]> {
  const isForwards = from === 'START';
  const [earliest, latest] = direction === 'ASC' ? [after, before] : [before, after];
  const events = await trail.read(
    {
      filter,
      from: earliest?.at ?? null,
      to: latest?.at ?? null,
      direction: isForwards ? direction : opposite[direction],
      // Each bound may be an event of this installation, or of another one at the same time.
      limit: limit + 2,
    },
    signal,
  );
  const rows = events
    .map((event) => auditRowOf(event, installation))
    .filter((row) => {
      const key = keyOf(row.at, direction, row.id);
      return (after === null || key > after.key) && (before === null || key < before.key);
    })
    .slice(0, limit);
  return isForwards ? rows : rows.reverse();
}

const opposite = { ASC: 'DESC', DESC: 'ASC' } as const;

async function pageInfoOf(
  { installation }: Source,
  { rows, stretch, trail, signal, cursorOf }: AuditConnection,
): Promise<PageInfo> {
  const { filter, direction, after, before, missed } = stretch;
  const endOf = (row: AuditRow | undefined): string | null =>
    row === undefined ? null : withTrail(cursorOf(row), { seen: { [`installation:${installation.id}`]: 0 }, missed });
  const isThere = async (side: 'BEFORE' | 'AFTER', beyond: number | undefined): Promise<boolean> => {
    if (beyond === undefined) {
      return false;
    }
    const isLater = (side === 'AFTER') === (direction === 'ASC');
    return trail.has({ filter, from: isLater ? beyond : null, to: isLater ? null : beyond }, signal);
  };
  const step = direction === 'ASC' ? 1 : -1;
  const [first, last] = [rows[0], rows.at(-1)];
  // An empty page lies at the one of its bounds that was given.
  const [hasPreviousPage, hasNextPage] = await Promise.all([
    isThere('BEFORE', first ? first.at - step : after?.at),
    isThere('AFTER', last ? last.at + step : before?.at),
  ]);
  return { hasPreviousPage, hasNextPage, startCursor: endOf(first), endCursor: endOf(last) };
}
