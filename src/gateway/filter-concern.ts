import { readSourceName } from '../model/source-name.ts';
import { installationsIn, mayMeet, type Place } from './filter-reach.ts';
import type { SourceIdentity } from './source.ts';

// Which sources a filter concerns, as far as it says where to look.

/**
 * True unless the filter holds for nothing that this source can have.
 * @param sources All there are: what the filter names and none of them has may have joined another site meanwhile.
 */
export function concerns(filter: unknown, source: SourceIdentity, sources: readonly SourceIdentity[]): boolean {
  return placesOf(filter, source, sources).some((place) => mayMeet(filter, place));
}

function placesOf(filter: unknown, source: SourceIdentity, sources: readonly SourceIdentity[]): readonly Place[] {
  const { id: site } = readSourceName(source.parent ?? source.id);
  const known = [...source.installations].map((installation) => ({ installation, site }));
  if (source.tier !== 'SITE') {
    return known;
  }
  const unknown = [...installationsIn(filter)].filter(
    (name) => !sources.some(({ installations }) => installations.has(name)),
  );
  return [...known, ...[...unknown, null].map((installation) => ({ installation, site }))];
}
