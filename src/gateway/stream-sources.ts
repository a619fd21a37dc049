import { SitewideError } from '../core/errors.ts';
import type { RequestContext } from '../model/request.ts';
import { concerns } from './filter-concern.ts';
import { ownerOf, valueAt } from './owner.ts';
import { isNamed, selectWanted } from './select-sources.ts';
import type { Source } from './source.ts';
import type { StreamQuestion } from './stream-question.ts';

// Which sources a subscription concerns, as the site is now. It is asked again whenever the site changes.

/** What decides. */
interface Deciding {
  readonly question: StreamQuestion;
  /** The own one first. */
  readonly sources: readonly Source[];
  readonly where: string;
  readonly context: RequestContext;
}

/**
 * The sources that a subscription concerns.
 * @throws SitewideError `UNKNOWN_SOURCE`, `UNKNOWN_INSTALLATION` or `INVALID_ID`.
 */
export function streamSources(deciding: Deciding): readonly Source[] {
  const { question } = deciding;
  if (question.crossing.kind === 'route' && !question.isShared) {
    return [ownerOf(deciding, String(valueAt(question.args, question.crossing.by)))];
  }
  const { wanted } = selectWanted(deciding);
  const filters = filtersOf(question);
  const concerned = wanted.filter((source) => filters.some((filter) => concerns(filter, source, deciding.sources)));
  // An empty stream, too, must come from a source.
  return concerned.length === 0 ? wanted.slice(0, 1) : concerned;
}

/** The same later on: a source that is not in the site at the moment is no error any more. */
export function laterStreamSources(deciding: Deciding): readonly Source[] {
  const names = deciding.context.wanted.sources;
  const known = names?.filter((name) => deciding.sources.some((source) => isNamed(source, name)));
  const wanted = { ...deciding.context.wanted, sources: known ?? null };
  try {
    return streamSources({ ...deciding, context: { ...deciding.context, wanted } });
  } catch (thrown) {
    if (thrown instanceof SitewideError && thrown.code === 'UNKNOWN_INSTALLATION') {
      return [];
    }
    throw thrown;
  }
}

/** The types of resources by the condition for each. */
const conditions: Readonly<Record<string, string>> = {
  VIRTUAL_MACHINE: 'virtualMachine',
  HOST: 'host',
  DATASTORE: 'datastore',
  NETWORK: 'network',
};

/** What is wanted; anything that meets one of these filters is. */
function filtersOf({ args, field }: StreamQuestion): readonly unknown[] {
  if (field.name !== 'inventoryChanged') {
    return [args['filter']];
  }
  const types = (args['types'] as readonly string[] | null | undefined) ?? Object.keys(conditions);
  const filter = (args['filter'] ?? {}) as Readonly<Record<string, unknown>>;
  return types.map((type) => filter[conditions[type] ?? '']);
}
