// Filters: a GraphQL filter input becomes a predicate once, and the predicate is asked of each row. The meanings are in
// schema/filter.graphql: all conditions must hold, and a condition that is null counts as absent.

/** What every filter has beside its fields. */
export interface FilterConnectives<Filter> {
  readonly and?: readonly Filter[] | null | undefined;
  readonly or?: readonly Filter[] | null | undefined;
  readonly not?: Filter | null | undefined;
}

/** A question to a row. */
export type Predicate<R> = (row: R) => boolean;

/** For each field of a filter how its condition becomes a predicate. */
export type FilterSpec<R, Filter> = {
  readonly [Field in Exclude<keyof Filter, keyof FilterConnectives<Filter>>]-?: (
    condition: NonNullable<Filter[Field]>,
  ) => Predicate<R>;
};

/**
 * The predicate of a filter.
 * @param filter As GraphQL coerces it, with instants in milliseconds since 1970.
 * @returns Null if the filter holds for every row, so that the caller need not ask.
 */
export function compileFilter<R, Filter extends FilterConnectives<Filter>>(
  spec: FilterSpec<R, Filter>,
  filter: Filter | null | undefined,
): Predicate<R> | null {
  const predicates: Predicate<R>[] = [];
  for (const [field, condition] of Object.entries(filter ?? {})) {
    const predicate = condition === null || condition === undefined ? null : compileEntry(spec, field, condition);
    if (predicate !== null) {
      predicates.push(predicate);
    }
  }
  return predicates.length === 0 ? null : allOf(predicates);
}

function compileEntry<R, Filter extends FilterConnectives<Filter>>(
  spec: FilterSpec<R, Filter>,
  field: string,
  condition: unknown,
): Predicate<R> | null {
  const compile = (filter: Filter): Predicate<R> | null => compileFilter(spec, filter);
  switch (field) {
    case 'and':
      return allOf((condition as readonly Filter[]).map(compile).filter((predicate) => predicate !== null));
    case 'or':
      return anyOf((condition as readonly Filter[]).map(compile));
    case 'not':
      return noneOf(compile(condition as Filter));
    default:
      return (spec as Record<string, (condition: unknown) => Predicate<R>>)[field]!(condition);
  }
}

function allOf<R>(predicates: readonly Predicate<R>[]): Predicate<R> {
  const [only] = predicates;
  return predicates.length === 1 && only !== undefined
    ? only
    : (row) => predicates.every((predicate) => predicate(row));
}

function anyOf<R>(predicates: readonly (Predicate<R> | null)[]): Predicate<R> | null {
  return predicates.includes(null) ? null : (row) => predicates.some((predicate) => predicate?.(row));
}

function noneOf<R>(predicate: Predicate<R> | null): Predicate<R> {
  return predicate === null ? () => false : (row) => !predicate(row);
}
