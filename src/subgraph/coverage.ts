import { responsePathAsArray, type GraphQLResolveInfo } from 'graphql';

import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import type { InventoryState } from '../inventory/state.ts';
import type { Snapshot } from '../inventory/snapshot.ts';
import { coverageOf, reasonsOf, type Coverage, type SourceCoverage } from '../model/coverage.ts';
import type { RequestContext } from '../model/request.ts';
import type { SiteView } from '../model/site.ts';

// The one source of this tier: the installation itself. Every root field is answered through it, so that what the answer
// rests on is reported and what the caller requires of it is kept.

/** The installation as configured. */
export interface InstallationIdentity {
  readonly id: string;
  readonly name: string;
  /** The id of its site. */
  readonly site: string;
  /** The kind of its driver. */
  readonly driver: string;
}

/** What a source is made of. */
export interface SourceOptions {
  readonly installation: InstallationIdentity;
  /** The read view of the inventory. */
  readonly inventory: { current(): InventoryState };
  readonly siteView: () => SiteView;
  readonly clock: Clock;
}

/** Where and for whom a field is answered. */
export interface Asked {
  readonly context: RequestContext;
  readonly info: GraphQLResolveInfo;
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
export interface Source {
  readonly installation: InstallationIdentity;
  readonly siteView: () => SiteView;
  /** The state that this request is answered from: the same for all its fields, so that no answer mixes revisions. */
  state(context: RequestContext): InventoryState;
  /**
   * Answers a root field from the snapshot.
   * @param rowsOf How many rows the result is; null where that has no meaning.
   * @throws SitewideError `NO_SOURCE_ANSWERED`, `COVERAGE_NOT_MET` or `UNKNOWN_SOURCE`.
   */
  answer<T>(asked: Asked, work: Work<T>, rowsOf: (result: T) => number | null): Answer<T>;
  /** Answers a root field from what is configured, which needs no snapshot. Throws the same. */
  answerConfigured<T>(asked: Asked, result: T): T;
}

/** The source of an installation. */
export function createSource({ installation, inventory, siteView, clock }: SourceOptions): Source {
  const states = new WeakMap<RequestContext, InventoryState>();
  const state = (context: RequestContext): InventoryState => {
    const pinned = states.get(context) ?? inventory.current();
    states.set(context, pinned);
    return pinned;
  };
  const record = (status: SourceCoverage['status'], rest: Partial<SourceCoverage>): Coverage =>
    coverageOf([
      {
        id: `installation:${installation.id}`,
        tier: 'INSTALLATION',
        parent: `site:${installation.site}`,
        status,
        message: null,
        endpoint: null,
        attempts: 0,
        latencyMs: null,
        rows: null,
        asOf: null,
        ...rest,
      },
    ]);
  const requireSelected = (asked: Asked): void => {
    const wanted = asked.context.wanted.sources;
    if (wanted !== null && !selects(wanted, installation, siteView())) {
      const message = `@coverage(sources:) names only ${wanted.join(', ')}`;
      throw nobody(asked, record('SKIPPED', { message, rows: 0 }));
    }
  };
  return {
    installation,
    siteView,
    state,
    answer(asked, work, rowsOf) {
      requireSelected(asked);
      const { snapshot, status, message, asOf } = state(asked.context);
      if (snapshot === null) {
        throw nobody(asked, record(status, { message, rows: 0 }));
      }
      const result = work(snapshot);
      const rows = rowsOf(result);
      return { result, coverage: keep(asked, record(status, { message, rows, asOf: instant(asOf) })) };
    },
    answerConfigured(asked, result) {
      requireSelected(asked);
      keep(asked, record('OK', { rows: result === null ? 0 : 1, asOf: instant(clock.now()) }));
      return result;
    },
  };
}

/** The place of a field in the answer, as `extensions.coverage` names it. */
function responsePath(info: GraphQLResolveInfo): string {
  return responsePathAsArray(info.path).join('.');
}

function keep(asked: Asked, coverage: Coverage): Coverage {
  asked.context.coverage.set(responsePath(asked.info), coverage);
  if (asked.context.wanted.require === 'ALL' && !coverage.complete) {
    const parameters = { field: asked.info.fieldName, reasons: reasonsOf(coverage.sources) };
    throw new SitewideError('COVERAGE_NOT_MET', parameters, { details: { coverage } });
  }
  return coverage;
}

function nobody(asked: Asked, found: Coverage): SitewideError {
  // Nobody answered, so the report is not complete even where the only source was left out on purpose.
  const coverage = { ...found, complete: false };
  asked.context.coverage.set(responsePath(asked.info), coverage);
  const parameters = { field: asked.info.fieldName, reasons: reasonsOf(coverage.sources) };
  return new SitewideError('NO_SOURCE_ANSWERED', parameters, { details: { coverage } });
}

function selects(wanted: readonly string[], { id, site }: InstallationIdentity, view: SiteView): boolean {
  const known = new Set([
    `site:${site}`,
    `installation:${id}`,
    ...view.installations.map((one) => `installation:${one.id}`),
  ]);
  for (const source of wanted) {
    if (!known.has(source)) {
      const parameters = { source, where: `the site "${site}"`, known: [...known].join(', ') };
      throw new SitewideError('UNKNOWN_SOURCE', parameters);
    }
  }
  return wanted.includes(`installation:${id}`) || wanted.includes(`site:${site}`);
}

function instant(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}
