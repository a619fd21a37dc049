import type { FilterSpec } from './filter.ts';
import type { OrderTable } from './order.ts';

// What makes a list of one kind: how its rows are sorted and filtered.

/** The order and the filter of a kind of rows. */
export interface ListSpec<R, Field extends string, Filter> {
  readonly order: OrderTable<R, Field>;
  readonly filter: FilterSpec<R, Filter>;
}
