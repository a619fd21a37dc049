import { responsePathAsArray, type GraphQLResolveInfo } from 'graphql';

import { SitewideError } from '../core/errors.ts';
import { coverageOf, reasonsOf, type Coverage, type SourceCoverage } from '../model/coverage.ts';
import type { RequestContext } from '../model/request.ts';
import type { SiteView } from '../model/site.ts';

// What the one source of this tier says of itself with each answer, and in place of one.

/** The installation as configured. */
export interface InstallationIdentity {
  readonly id: string;
  readonly name: string;
  /** The id of its site. */
  readonly site: string;
  /** The kind of its driver. */
  readonly driver: string;
}

/** Where and for whom a field is answered. */
export interface Asked {
  readonly context: RequestContext;
  readonly info: GraphQLResolveInfo;
  /** Why the answer may be older than it should be, although the inventory is current. */
  readonly staleBecause?: string | null;
}

/** Reports on one source. */
export interface SourceReport {
  /** The coverage of a field that the source has answered, or not. */
  record(status: SourceCoverage['status'], rest: Partial<SourceCoverage>): Coverage;
  /** Reports it. @throws SitewideError `COVERAGE_NOT_MET` if the caller requires more. */
  keep(asked: Asked, coverage: Coverage): Coverage;
  /** Reports it, and gives the error in place of an answer. */
  nobody(asked: Asked, coverage: Coverage): SitewideError;
  /** @throws SitewideError `UNKNOWN_SOURCE`, or `NO_SOURCE_ANSWERED` if the caller wants other sources only. */
  requireSelected(asked: Asked): void;
}

/** The reports of an installation. */
export function createSourceReport(installation: InstallationIdentity, siteView: () => SiteView): SourceReport {
  const record: SourceReport['record'] = (status, rest) =>
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
  return {
    record,
    keep,
    nobody,
    requireSelected(asked) {
      const wanted = asked.context.wanted.sources;
      if (wanted !== null && !selects(wanted, installation, siteView())) {
        const message = `@coverage(sources:) names only ${wanted.join(', ')}`;
        throw nobody(asked, record('SKIPPED', { message, rows: 0 }));
      }
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
  const isForbidden = coverage.sources.some(({ status }) => status === 'FORBIDDEN');
  return new SitewideError(isForbidden ? 'FORBIDDEN' : 'NO_SOURCE_ANSWERED', parameters, { details: { coverage } });
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

/** How a report writes a time in milliseconds since 1970. */
export function instant(milliseconds: number | null): string | null {
  if (milliseconds === null) {
    return null;
  }
  if (milliseconds !== lastInstant.milliseconds) {
    lastInstant = { milliseconds, text: new Date(milliseconds).toISOString() };
  }
  return lastInstant.text;
}

/** As long as nothing changes, an inventory is of the same time. */
let lastInstant = { milliseconds: 0, text: new Date(0).toISOString() };

/** What a report says of an answer that may be older than the inventory. */
export function staleness({ staleBecause }: Asked): Pick<SourceCoverage, 'status' | 'message'> | undefined {
  return staleBecause ? { status: 'STALE', message: staleBecause } : undefined;
}
