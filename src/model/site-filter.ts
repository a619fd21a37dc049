import { id, type IdFilter } from './condition.ts';

// All rows of an installation are in one site, which the rows themselves do not know. So the conditions of a filter on
// the site are settled before the filter becomes a predicate: each holds for every row or for none.

/** What holds for no row, as a filter. */
const holdsForNone = { or: [] };

/** The filter as it is for rows of this site, without its conditions on the site. */
export function settleSite<Filter>(filter: Filter, site: string): Filter {
  if (typeof filter !== 'object' || filter === null) {
    return filter;
  }
  const { site: condition, ...rest } = filter as SitedFilter;
  const settled: SitedFilter = Object.fromEntries(
    Object.entries(rest).map(([field, value]) => [field, settleField(field, value, site)]),
  );
  const holds = condition == null || id(() => site)(condition)(null);
  return (holds ? settled : holdsForNone) as Filter;
}

interface SitedFilter {
  readonly site?: IdFilter | null | undefined;
}

function settleField(field: string, value: unknown, site: string): unknown {
  switch (field) {
    case 'and':
    case 'or':
      return Array.isArray(value) ? value.map((one: unknown) => settleSite(one, site)) : value;
    case 'not':
      return settleSite(value, site);
    default:
      return value;
  }
}
