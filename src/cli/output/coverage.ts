import type { AnswerCoverage } from '../exit-code.ts';
import { visibleText } from './text.ts';

// How complete an answer is, in one line. Over several sites the sources are grouped by site, and a site that is away as a
// whole is named once.

type SourceLine = AnswerCoverage['sources'][number];

/** `coverage: complete, 3 of 3 sources: demo-a OK, demo-b OK, demo-c OK`. */
export function coverageLine({ complete, sources }: AnswerCoverage): string {
  const sites = sources.some(({ tier }) => tier === 'SITE') ? sitesOf(sources) : null;
  const parts = sites ? sites.flatMap(({ installations }) => installations) : sources;
  const concerned = parts.filter(({ status }) => status !== 'SKIPPED');
  const answered = concerned.filter(({ status }) => status === 'OK' || status === 'STALE' || status === 'MISSED');
  const what = sites ? `installations at ${sites.length} sites` : 'sources';
  const list = sites ? sites.map(siteText).join('; ') : sources.map(sourceText).join(', ');
  const count = `${answered.length} of ${concerned.length} ${what}`;
  return visibleText(`coverage: ${complete ? 'complete' : 'partial'}, ${count}: ${list}`);
}

interface SiteLines {
  readonly id: string;
  /** Null for the site of the broker that answered. */
  readonly site: SourceLine | null;
  readonly installations: readonly SourceLine[];
}

/** In the order of their ids. */
function sitesOf(sources: readonly SourceLine[]): readonly SiteLines[] {
  const ids = new Set(sources.map(({ id, parent }) => parent ?? id));
  return [...ids].sort().map((id) => ({
    id,
    site: sources.find((source) => source.id === id) ?? null,
    installations: sources.filter(({ parent }) => parent === id),
  }));
}

/** `oslo: oslo-a OK, oslo-b OK`, or `oslo UNREACHABLE (connection refused)` if that holds for the whole site. */
function siteText({ id, site, installations }: SiteLines): string {
  const isWhole = site && site.status !== 'OK' && installations.every(({ status }) => status === site.status);
  return isWhole ? sourceText(site) : `${nameOf(id)}: ${installations.map(sourceText).join(', ')}`;
}

function sourceText({ id, status, message }: SourceLine): string {
  return `${nameOf(id)} ${status}${message ? ` (${message})` : ''}`;
}

function nameOf(id: string): string {
  return id.replace(/^(installation|site):/, '');
}
