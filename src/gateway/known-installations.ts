import { SitewideError } from '../core/errors.ts';
import { answered, type SourceCoverage } from '../model/coverage.ts';
import { readSourceName } from '../model/source-name.ts';
import type { FieldQuestion } from './field-question.ts';
import type { Reading } from './reading.ts';
import type { SourceIdentity } from './source.ts';

// Which installations another site has: those configured here, and those that its newest answer named beside them, as its
// own configuration may be newer. What is learned is forgotten with the source, whenever the configuration changes. An
// installation that is found at two places is refused by name: its rows would be there twice.

interface Knowledge {
  readonly configured: ReadonlySet<string>;
  /** The set that everybody sees. */
  readonly known: Set<string>;
  /** Those of the newest answer. */
  named: ReadonlySet<string>;
  /** Those that are elsewhere as well, with what is to be said of it. */
  doubles: ReadonlyMap<string, string>;
}

const knowledge = new WeakMap<ReadonlySet<string>, Knowledge>();

/** No site has more; what an answer names beyond is not kept. */
const mostInstallations = 1_000;

/** The installations of another site: a set that grows by what the site names. */
export function siteInstallations(configured: readonly string[]): ReadonlySet<string> {
  const known = new Set(configured);
  knowledge.set(known, { configured: new Set(configured), known, named: new Set(), doubles: new Map() });
  return known;
}

/**
 * What a site is asked for if some of its installations are elsewhere as well: the others that it named, as it may refuse
 * what it does not know. Null if it is asked for all.
 */
export function withoutDoublesOf({ installations }: SourceIdentity): readonly string[] | null {
  const { named, doubles } = knowledge.get(installations) ?? { named: [], doubles: new Map() };
  const left = [...named].filter((one) => !doubles.has(one));
  return doubles.size > 0 && left.length > 0 ? left : null;
}

/**
 * Refuses an id whose installation several sites name.
 * @throws SitewideError `DUPLICATE_INSTALLATION`.
 */
export function refuseDoubleOwner(sources: readonly SourceIdentity[], installation: string): void {
  const owners = sources.filter(({ installations }) => knowledge.get(installations)?.named.has(installation));
  if (owners.length > 1) {
    throw doubleError(installation, owners);
  }
}

/**
 * Takes note of what the sites name, and takes out of the readings what has the rows of an installation that is elsewhere
 * as well.
 */
export function settleInstallations<Read extends Reading>(
  { sources, context }: Pick<FieldQuestion, 'sources' | 'context'>,
  readings: readonly Read[],
): readonly Read[] {
  const told = readings.filter(({ source, record }) => source.tier === 'SITE' && answered(record));
  if (told.length === 0) {
    return readings;
  }
  if (told.map(learn).includes(true)) {
    sources.forEach((source) => compare(source, sources));
  }
  const { sources: wanted } = context.wanted;
  return readings.map((reading) =>
    told.includes(reading) && (wanted === null || wanted.includes(reading.source.id))
      ? withoutDoubles(reading)
      : reading,
  );
}

/** True if that was news. */
function learn({ source: { installations }, nested }: Reading): boolean {
  const own = knowledge.get(installations);
  const named = new Set(nested.slice(0, mostInstallations).map(installationOf));
  if (!own || (named.size === own.named.size && [...named].every((one) => own.named.has(one)))) {
    return false;
  }
  own.named = named;
  return true;
}

/** Decides of what a site names whether it is there alone. */
function compare(source: SourceIdentity, sources: readonly SourceIdentity[]): void {
  const own = knowledge.get(source.installations);
  if (!own) {
    return;
  }
  const doubles = [...own.named].flatMap((installation) => {
    const others = sources.filter((other) => other !== source && hasToo(other, installation, own));
    return others.length === 0 ? [] : [[installation, doubleError(installation, [source, ...others]).message] as const];
  });
  own.doubles = new Map(doubles);
  own.known.clear();
  for (const installation of [...own.configured, ...own.named]) {
    if (!own.doubles.has(installation)) own.known.add(installation);
  }
}

/** What is configured here counts more than what a site names, so that only two that name it are both wrong. */
function hasToo({ installations }: SourceIdentity, installation: string, own: Knowledge): boolean {
  const other = knowledge.get(installations);
  const isConfigured = (other?.configured ?? installations).has(installation);
  return isConfigured || (!own.configured.has(installation) && (other?.named.has(installation) ?? false));
}

function withoutDoubles<Read extends Reading>(reading: Read): Read {
  const doubles = knowledge.get(reading.source.installations)?.doubles;
  const found = reading.nested.filter((record) => doubles?.has(installationOf(record)));
  if (!doubles || found.length === 0) {
    return reading;
  }
  const messageOf = (record: SourceCoverage): string =>
    `DUPLICATE_INSTALLATION: ${doubles.get(installationOf(record))!}`;
  const isMixedIn = found.some(answered);
  const message = messageOf(found[0]!);
  const nested = reading.nested.map((record): SourceCoverage => {
    if (found.includes(record)) return { ...record, status: 'ERROR', message: messageOf(record), rows: null };
    return isMixedIn && answered(record)
      ? { ...record, status: 'ERROR', message: `its site: ${message}`, rows: null }
      : record;
  });
  return isMixedIn
    ? {
        ...reading,
        nested,
        value: null,
        errors: [],
        record: { ...reading.record, status: 'ERROR', message, rows: null },
      }
    : { ...reading, nested };
}

function installationOf({ id }: SourceCoverage): string {
  return readSourceName(id).id;
}

function doubleError(installation: string, owners: readonly SourceIdentity[]): SitewideError {
  const where = [...new Set(owners.map(({ id, parent }) => parent ?? id))].sort().join(' and ');
  return new SitewideError('DUPLICATE_INSTALLATION', { installation, where });
}
