import type { GraphQLResolveInfo } from 'graphql';

import { decodeCursor, encodeCursor, hashList, withTrail, type Cursor, type Trail } from '../core/cursor.ts';
import type { InventoryState } from '../inventory/state.ts';
import type { Coverage } from '../model/coverage.ts';
import { compileFilter } from '../model/filter.ts';
import { lists, type Filters, type OrderFields } from '../model/lists.ts';
import type { Order, OrderDirection } from '../model/order.ts';
import { dependsOnUsage, type Pace } from '../model/pace.ts';
import {
  count,
  page,
  validatePageArgs,
  type Page,
  type PageArgs,
  type PageWanted,
  type SortedRows,
} from '../model/page.ts';
import type { RecordKind, Row } from '../model/resource.ts';
import { settleSite } from '../model/site-filter.ts';
import type { Snapshot } from '../inventory/snapshot.ts';
import type { Source } from './coverage.ts';
import type { Asked } from './source-report.ts';
import { selectsUsage } from './selects-usage.ts';

// Relay connections over the rows of a snapshot. What a client does not select is not computed: the costly fields are
// getters.

/** The arguments of a list as GraphQL coerces them. */
export interface ListArgs<Kind extends RecordKind> extends PageArgs {
  readonly filter?: Filters[Kind] | null | undefined;
  readonly orderBy?: WantedOrder<OrderFields[Kind]> | null | undefined;
}

/** An order whose direction the schema's default fills in. */
interface WantedOrder<Field extends string> {
  readonly field: Field;
  readonly direction?: OrderDirection | undefined;
}

/** A page of rows with its place in the list: the parent of the fields of a connection type. */
export interface Connection<R> {
  readonly nodes: readonly R[];
  readonly edges: readonly { readonly cursor: string; readonly node: R }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number;
  readonly totalCountRelation: 'EQUAL' | 'AT_LEAST';
  /** Null for a list inside another resource. */
  readonly coverage: Coverage | null;
  /** The sort key of the row at a place on the page. */
  keyAt(place: number): string;
  /** The revision that the rows are of, by source. */
  readonly seen: Trail['seen'];
}

/** Which list is asked for, read and checked before any source is. */
export interface ListRequest<Kind extends RecordKind> {
  readonly order: Order<OrderFields[Kind]>;
  readonly wanted: PageWanted<Row<Kind>>;
  readonly listHash: Buffer;
  /** What the pages so far rest on; null for a first page. */
  readonly trail: Trail | null;
  /** What it depends on: its pages are of the last revision that changed anything of it. */
  readonly paces: readonly Pace[];
}

/**
 * Answers a root list, never from an older state than the page before it.
 * @param asked With the name of the list, if the field is called otherwise.
 * @throws SitewideError `INVALID_ARGUMENT`, `CURSOR_INVALID`, `CURSOR_MISMATCH` or what `Source.answer` throws.
 */
export function answerList<Kind extends RecordKind>(
  source: Source,
  kind: Kind,
  { args, field, ...asked }: Asked & { readonly args: ListArgs<Kind>; readonly field?: string },
): Connection<Row<Kind>> | Promise<Connection<Row<Kind>>> {
  const { site } = source.installation;
  const { isUnlimited = false } = asked.context;
  const request = readList(kind, args, { info: asked.info, field: field ?? asked.info.fieldName, site, isUnlimited });
  const take = (snapshot: Snapshot): Taken<Row<Kind>> => takePage(snapshot.sorted(kind, request.order), request);
  const answer = (): Connection<Row<Kind>> => {
    const { result, coverage } = source.answer(asked, take, ({ page }) => page.rows.length);
    return connectionOf(result, { ...request, coverage, state: source.state(asked.context) });
  };
  const seen = request.trail?.seen[`installation:${source.installation.id}`] ?? null;
  const wait = source.reachSeen(asked.context, seen);
  return wait === null ? answer() : wait.then(answer);
}

/** Answers the list of a host's machines, from the snapshot that the host is from. */
export function answerVmsOfHost(
  source: Source,
  host: Row<'Host'>,
  { args, ...asked }: Asked & { readonly args: ListArgs<'VirtualMachine'> },
): Connection<Row<'VirtualMachine'>> | null {
  const { site } = source.installation;
  const state = source.state(asked.context);
  const place = { info: asked.info, field: 'Host.virtualMachines', site, hostId: host.id };
  const request = readList('VirtualMachine', args, place);
  if (state.snapshot === null) {
    return null;
  }
  const taken = takePage(state.snapshot.vmsOnHost(host.localId, request.order), request);
  return connectionOf(taken, { ...request, coverage: null, state });
}

interface Taken<R> {
  readonly rows: SortedRows<R>;
  readonly page: Page<R>;
}

function takePage<R>(rows: SortedRows<R>, { wanted }: { readonly wanted: PageWanted<R> }): Taken<R> {
  return { rows, page: page(rows, wanted) };
}

interface ListPlace {
  readonly info: GraphQLResolveInfo;
  readonly field: string;
  /** That of the rows. */
  readonly site: string;
  readonly hostId?: string;
  /** True: without `first` it is all there are. */
  readonly isUnlimited?: boolean;
}

/**
 * Reads the arguments of a list.
 * @throws SitewideError `INVALID_ARGUMENT`, `CURSOR_INVALID` or `CURSOR_MISMATCH`.
 */
export function readList<Kind extends RecordKind>(
  kind: Kind,
  args: ListArgs<Kind>,
  { info, field, site, isUnlimited = false, ...place }: ListPlace,
): ListRequest<Kind> {
  const { first, after, last, before, ...list } = args;
  const listHash = hashList(field, { ...list, ...place });
  const size =
    isUnlimited && last == null
      ? { limit: first ?? Infinity, from: 'START' as const }
      : validatePageArgs({ first, last });
  const read = (cursor: string | null | undefined): Cursor | null =>
    typeof cursor === 'string' ? decodeCursor(cursor, listHash) : null;
  const [afterCursor, beforeCursor] = [read(after), read(before)];
  return {
    order: list.orderBy
      ? { field: list.orderBy.field, direction: list.orderBy.direction ?? 'ASC' }
      : lists[kind].defaultOrder,
    wanted: {
      ...size,
      predicate: compileFilter<Row<Kind>, never>(lists[kind].filter, settleSite(list.filter, site) as never),
      after: afterCursor?.key ?? null,
      before: beforeCursor?.key ?? null,
    },
    listHash,
    trail: afterCursor?.trail ?? beforeCursor?.trail ?? null,
    paces: [
      'inventory',
      ...(kind === 'Operation' ? (['operations'] as const) : []),
      ...(dependsOnUsage(list) || selectsUsage(info) ? (['usage'] as const) : []),
    ],
  };
}

interface Surroundings<R> {
  readonly wanted: PageWanted<R>;
  readonly listHash: Buffer;
  readonly trail: Trail | null;
  readonly paces: readonly Pace[];
  readonly coverage: Coverage | null;
  readonly state: InventoryState;
}

function connectionOf<R>(
  { rows, page }: Taken<R>,
  { wanted, listHash, trail, paces, coverage, state }: Surroundings<R>,
): Connection<R> {
  const cursorAt = (position: number): string => encodeCursor(rows.key(position), listHash);
  const endAt = (position: number | undefined): string | null =>
    position === undefined
      ? null
      : withTrail(cursorAt(position), { seen: seenOf(state, paces), missed: trail?.missed ?? [] });
  return {
    nodes: page.rows,
    get edges() {
      return page.rows.map((node, at) => ({ cursor: cursorAt(page.positions[at]!), node }));
    },
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      get startCursor() {
        return endAt(page.positions[0]);
      },
      get endCursor() {
        return endAt(page.positions.at(-1));
      },
    },
    get totalCount() {
      return count(rows, wanted.predicate);
    },
    totalCountRelation: state.status === 'OK' ? 'EQUAL' : 'AT_LEAST',
    coverage,
    keyAt: (place) => rows.key(page.positions[place]!),
    get seen() {
      return seenOf(state, paces);
    },
  };
}

/** What changes nothing of the list changes nothing of its cursors either, so that an equal page is equal to the byte. */
function seenOf({ snapshot }: InventoryState, paces: readonly Pace[]): Trail['seen'] {
  return snapshot === null
    ? {}
    : { [`installation:${snapshot.installation}`]: Math.max(...paces.map((pace) => snapshot.lastChanges[pace])) };
}
