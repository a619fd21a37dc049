import type { FilterSpec } from './filter.ts';
import type { Order, OrderTable } from './order.ts';

// What makes a list of one kind: how its rows are sorted and filtered.

/** The order and the filter of a kind of rows. */
export interface ListSpec<R, Field extends string, Filter> {
  readonly order: OrderTable<R, Field>;
  /** Where the caller says none; the same as the default of the root field's argument in the schema. */
  readonly defaultOrder: Order<Field>;
  readonly filter: FilterSpec<R, Filter>;
}
