import { type Access, type Authority, openAuthority } from '../auth/authority.ts';
import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import type { FeedLog } from '../inventory/feed-log.ts';
import type { Snapshot } from '../inventory/snapshot.ts';
import type { InventoryState } from '../inventory/state.ts';
import type { Coverage } from '../model/coverage.ts';
import type { Permission } from '../model/permission.ts';
import type { ViewerView } from '../model/principal.ts';
import type { RequestContext } from '../model/request.ts';
import type { SiteView } from '../model/site.ts';
import type { AuditTrail } from '../operations/audit-trail.ts';
import type { Operations } from '../operations/operations.ts';
import { createFreshness, type Freshness, type InventoryView } from './freshness.ts';
import { createSeenInventory } from './seen-inventory.ts';
import { createSourceReport, instant, staleness, type Asked, type InstallationIdentity } from './source-report.ts';

// The one source of this tier: the installation itself. Every root field is answered through it, so that what the answer
// rests on is reported and what the caller requires of it is kept.

/** What a source is made of. */
export interface SourceOptions {
  readonly installation: InstallationIdentity;
  readonly inventory: InventoryView;
  /** Null or absent without a database. */
  readonly operations?: Operations | null | undefined;
  /** Null or absent without a database. */
  readonly auditTrail?: AuditTrail | null | undefined;
  readonly siteView: () => SiteView;
  /** The own site first; absent if there is no other. */
  readonly sitesView?: () => readonly SiteView[];
  readonly clock: Clock;
  /** Absent: everybody may do everything. */
  readonly authority?: Authority;
}

/** What a root field answers and what that rests on. */
export interface Answer<T> {
  readonly result: T;
  readonly coverage: Coverage;
}

/** What answers a root field. */
export interface Work<T> {
  (snapshot: Snapshot): T;
}

/** The installation as the only source of its tier. */
export interface Source extends Freshness {
  readonly installation: InstallationIdentity;
  readonly siteView: () => SiteView;
  readonly sitesView: () => readonly SiteView[];
  readonly clock: Clock;
  /** Of the whole inventory, for what says nothing of its rows. */
  readonly inventory: InventoryView;
  /** What whoever asks may do, by the roles there are now. */
  access(context: RequestContext): Access;
  /** True for somebody who has a role anywhere in the site. */
  knows(context: RequestContext): boolean;
  /** What whoever asks sees of the newest state, however old the one is that the request is answered from. */
  latest(context: RequestContext): Snapshot | null;
  /** What whoever asks sees of a snapshot. */
  seen(access: Access, snapshot: Snapshot): Snapshot;
  /** False without a database. */
  readonly hasOperations: boolean;
  /** @throws SitewideError `STORE_UNAVAILABLE` without a database. */
  operations(): Operations;
  /** Throws the same. */
  auditTrail(): AuditTrail;
  /** The feed as whoever asks may see it. Throws the same. */
  log(context: RequestContext): FeedLog;
  /**
   * Answers a root field from the snapshot.
   * @param rowsOf How many rows the result is; null where that has no meaning.
   * @throws SitewideError `FORBIDDEN`, `NO_SOURCE_ANSWERED`, `COVERAGE_NOT_MET` or `UNKNOWN_SOURCE`.
   */
  answer<T>(asked: Asked, work: Work<T>, rowsOf: (result: T) => number | null): Answer<T>;
  /** Answers a root field from what needs no snapshot: what is configured, or in the database. Throws the same. */
  answerConfigured<T>(asked: Asked, result: T, rowsOf?: (result: T) => number): T;
  /** Reports on rows that are in the database and were read from it now. Throws the same. */
  answerStored(asked: Asked, rows: number): Coverage;
  /** Turns away whoever may see nothing here, before anything is looked up. @throws SitewideError `FORBIDDEN`. */
  requireRole(asked: Asked): void;
  /** Turns away whoever does not have a permission for all that there is here. Throws as `answer`. */
  requirePermission(permission: Permission, asked: Asked): void;
  /** Answers whoever asks about themselves, also if they may do nothing. Throws `UNKNOWN_SOURCE`. */
  answerViewer(asked: Asked): ViewerView;
  /** Lets a change or a stream begin only where an answer would be given now. Throws the same. */
  admit(asked: Asked): void;
}

/** The source of an installation. */
export function createSource(options: SourceOptions): Source {
  const { installation, inventory, operations, clock, authority = openAuthority } = options;
  const siteView = onceAtATime(options.siteView);
  const freshness = createFreshness(inventory, installation.id);
  const seen = createSeenInventory(authority, inventory);
  const state = (context: RequestContext): InventoryState => seen.state(context, freshness.state(context));
  const { record, keep, nobody, requireSelected } = createSourceReport(installation, siteView);
  const requireRole = (asked: Asked): void => {
    if (!seen.access(asked.context).may('view')) {
      throw nobody(asked, record('FORBIDDEN', { message: noRole, rows: 0 }));
    }
  };
  const requireAllowed = (asked: Asked): void => {
    requireRole(asked);
    requireSelected(asked);
  };
  return {
    ...freshness,
    installation,
    siteView,
    sitesView: options.sitesView ?? (() => [siteView()]),
    clock,
    inventory,
    state,
    access: seen.access,
    knows: ({ principal }) => authority.knows(principal),
    latest: (context) => {
      const { snapshot } = inventory.current();
      return snapshot && seen.snapshot(seen.access(context), snapshot);
    },
    seen: seen.snapshot,
    hasOperations: (operations ?? null) !== null,
    operations: () => operations ?? withoutDatabase(),
    auditTrail: () => options.auditTrail ?? withoutDatabase(),
    log: (context) =>
      seen.log(context.principal, inventory.log ?? withoutDatabase(), () => forbiddenStream(installation.id)),
    answer(asked, work, rowsOf) {
      requireAllowed(asked);
      const { snapshot, status, message, asOf } = state(asked.context);
      if (snapshot === null) {
        throw nobody(asked, record(status, { message, rows: 0 }));
      }
      const result = work(snapshot);
      const rest = { message, rows: rowsOf(result), asOf: instant(asOf) };
      return { result, coverage: keep(asked, record(status, { ...rest, ...staleness(asked) })) };
    },
    answerConfigured(asked, result, rowsOf) {
      requireAllowed(asked);
      const rest = { rows: rowsOf?.(result) ?? (result === null ? 0 : 1), asOf: instant(clock.now()) };
      keep(asked, record('OK', { ...rest, ...staleness(asked) }));
      return result;
    },
    answerStored(asked, rows) {
      requireSelected(asked);
      return keep(asked, record('OK', { rows, asOf: instant(clock.now()) }));
    },
    requireRole,
    requirePermission(permission, asked) {
      if (!seen.access(asked.context).mayOn(permission, null)) {
        throw nobody(asked, record('FORBIDDEN', { message: noRole, rows: 0 }));
      }
      requireSelected(asked);
    },
    answerViewer(asked) {
      requireSelected(asked);
      const coverage = keep(asked, record('OK', { asOf: instant(clock.now()) }));
      return { principal: asked.context.principal, coverage };
    },
    admit(asked) {
      requireAllowed(asked);
      const { status, message, asOf } = state(asked.context);
      keep(asked, record(status, { message, asOf: instant(asOf) }));
    },
  };
}

/** Why whoever asks gets nothing here. */
const noRole = 'no role allows it';

function forbiddenStream(installation: string): SitewideError {
  return new SitewideError('FORBIDDEN', {
    field: 'subscription',
    reasons: `installation:${installation} is FORBIDDEN (${noRole})`,
  });
}

function withoutDatabase(): never {
  throw new SitewideError('STORE_UNAVAILABLE', { problem: 'no database is configured for this broker' });
}

/** What is looked at many times in one go, for each row of a page, is looked at once. */
function onceAtATime<T>(look: () => T): () => T {
  let seen: { readonly value: T } | null = null;
  return () => {
    if (seen === null) {
      seen = { value: look() };
      queueMicrotask(() => (seen = null));
    }
    return seen.value;
  };
}
