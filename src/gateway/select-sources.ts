import { SitewideError } from '../core/errors.ts';
import type { SourceCoverage } from '../model/coverage.ts';
import { installationSource, readSourceName } from '../model/source-name.ts';
import type { FieldQuestion } from './field-question.ts';
import { concerns } from './filter-concern.ts';
import type { Source, SourceIdentity } from './source.ts';
import { skippedRecords } from './source-records.ts';

// Which sources a question concerns. The others are kept in the report, with the reason why they were not asked.

/** The sources to ask, and the records of those that are not. */
export interface Selection {
  readonly concerned: readonly Source[];
  readonly skipped: readonly SourceCoverage[];
}

/** What decides. */
type Selecting = Pick<FieldQuestion, 'args' | 'sources' | 'context' | 'where'>;

/**
 * The sources that a scattered question concerns: those that `@coverage(sources:)` names, less those that its filter
 * rules out. If nothing is left, the first is asked all the same: an empty answer must come from a source.
 * @throws SitewideError `UNKNOWN_SOURCE` if `@coverage(sources:)` names one that is not there.
 */
export function selectSources(question: Selecting): Selection {
  const { wanted, unwanted } = selectWanted(question);
  const { filter, input } = question.args as { filter?: unknown; input?: { filter?: unknown } };
  const concerned = wanted.filter((source) => concerns(filter ?? input?.filter, source, question.sources));
  const asked = concerned.length === 0 ? wanted.slice(0, 1) : concerned;
  const ruledOut = wanted.filter((source) => !asked.includes(source));
  return {
    concerned: asked,
    skipped: [...unwanted, ...ruledOut.flatMap((source) => skippedRecords(source, 'the filter rules it out'))],
  };
}

/** The sources that `@coverage(sources:)` names, or all; and the records of the rest. */
export function selectWanted({ sources, context, where }: Omit<Selecting, 'args'>): {
  readonly wanted: readonly Source[];
  readonly unwanted: readonly SourceCoverage[];
} {
  const names = context.wanted.sources;
  if (names === null) {
    return { wanted: sources, unwanted: [] };
  }
  for (const name of names) {
    if (!sources.some((source) => isNamed(source, name))) {
      throw new SitewideError('UNKNOWN_SOURCE', { source: name, where, known: namesOf(sources).join(', ') });
    }
  }
  const isWanted = (source: Source): boolean => names.some((name) => isNamed(source, name));
  return {
    wanted: sources.filter(isWanted),
    unwanted: sources
      .filter((source) => !isWanted(source))
      .flatMap((source) => skippedRecords(source, 'it is not among the sources asked for')),
  };
}

/** True if a name in `@coverage(sources:)` means this source, the site it belongs to, or an installation in it. */
export function isNamed({ id, parent, installations }: SourceIdentity, name: string): boolean {
  const { kind, id: found } = readSourceName(name);
  return id === name || parent === name || (kind === 'installation' && installations.has(found));
}

/** All names that `@coverage(sources:)` may have, sites first. */
function namesOf(sources: readonly SourceIdentity[]): readonly string[] {
  const sites = sources.map(({ id, parent }) => parent ?? id);
  const installations = sources.flatMap((source) => [...source.installations].map(installationSource));
  return [...new Set([...sites, ...installations])];
}
