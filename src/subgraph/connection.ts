import type { GraphQLResolveInfo } from 'graphql';

import { decodeCursor, encodeCursor, hashList, withTrail, type Cursor, type Trail } from '../core/cursor.ts';
import type { InventoryState } from '../inventory/state.ts';
import type { Coverage } from '../model/coverage.ts';
import { compileFilter } from '../model/filter.ts';
import { lists, type Filters, type OrderFields } from '../model/lists.ts';
import type { Order, OrderDirection } from '../model/order.ts';
import { PageInfo } from '../model/page-info.ts';
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
  readonly pageInfo: PageInfo;
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
  const listHash = hashOf(args, { field, list, place });
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

interface NamedList {
  readonly field: string;
  readonly list: Readonly<Record<string, unknown>>;
  readonly place: Readonly<Record<string, unknown>>;
}

/** Those of arguments that are the same each time, which are frozen (`core/field-arguments.ts`), at the root. */
const knownHashes = new WeakMap<object, { readonly field: string; readonly hash: Buffer }>();

function hashOf(args: object, { field, list, place }: NamedList): Buffer {
  const known = knownHashes.get(args);
  if (known?.field === field) {
    return known.hash;
  }
  const hash = hashList(field, { ...list, ...place });
  if (Object.isFrozen(args) && Object.keys(place).length === 0) {
    knownHashes.set(args, { field, hash });
  }
  return hash;
}

interface Surroundings<R> {
  readonly wanted: PageWanted<R>;
  readonly listHash: Buffer;
  readonly trail: Trail | null;
  readonly paces: readonly Pace[];
  readonly coverage: Coverage | null;
  readonly state: InventoryState;
}

function connectionOf<R>(taken: Taken<R>, surroundings: Surroundings<R>): Connection<R> {
  return new TakenPage(taken, surroundings);
}

/** A class for the same reason as `PageInfo`. */
class TakenPage<R> implements Connection<R> {
  readonly nodes: readonly R[];
  readonly pageInfo: PageInfo;
  readonly totalCountRelation: 'EQUAL' | 'AT_LEAST';
  readonly coverage: Coverage | null;
  readonly #taken: Taken<R>;
  readonly #surroundings: Surroundings<R>;

  constructor(taken: Taken<R>, surroundings: Surroundings<R>) {
    const { page } = taken;
    this.nodes = page.rows;
    this.pageInfo = new PageInfo(page, (end) => this.#endAt(page.positions.at(end === 'START' ? 0 : -1)));
    this.totalCountRelation = surroundings.state.status === 'OK' ? 'EQUAL' : 'AT_LEAST';
    this.coverage = surroundings.coverage;
    this.#taken = taken;
    this.#surroundings = surroundings;
  }

  get edges(): Connection<R>['edges'] {
    const { rows, positions } = this.#taken.page;
    return rows.map((node, at) => ({ cursor: this.#cursorAt(positions[at]!), node }));
  }

  get totalCount(): number {
    return count(this.#taken.rows, this.#surroundings.wanted.predicate);
  }

  get seen(): Trail['seen'] {
    return seenOf(this.#surroundings.state, this.#surroundings.paces);
  }

  keyAt(place: number): string {
    const { rows, page } = this.#taken;
    return rows.key(page.positions[place]!);
  }

  #cursorAt(position: number): string {
    return encodeCursor(this.#taken.rows.key(position), this.#surroundings.listHash);
  }

  #endAt(position: number | undefined): string | null {
    const { trail } = this.#surroundings;
    return position === undefined
      ? null
      : withTrail(this.#cursorAt(position), { seen: this.seen, missed: trail?.missed ?? [] });
  }
}

/** What changes nothing of the list changes nothing of its cursors either, so that an equal page is equal to the byte. */
function seenOf({ snapshot }: InventoryState, paces: readonly Pace[]): Trail['seen'] {
  return snapshot === null
    ? {}
    : { [`installation:${snapshot.installation}`]: Math.max(...paces.map((pace) => snapshot.lastChanges[pace])) };
}
