// How the rows of a merged list came from its sources: as bytes that nobody read, or as values, and then why.

/** Why rows were read. */
export type DeliveryReason =
  /** Other subgraphs take part, or the answer leaves in parts, so that somebody needs the values. */
  | 'values_needed'
  /** No rows are asked for. */
  | 'no_rows'
  /** More than one thing is asked for of each row: `nodes` and `edges`, or one of them twice. */
  | 'several_lists'
  /** Some of the sources gave values: they are of another version, far away, or were asked for several things at one time. */
  | 'sources';

/** How the rows of a list came. */
export interface Delivery {
  readonly as: 'bytes' | 'values' | 'mixed';
  /** Null for bytes. */
  readonly reason: DeliveryReason | null;
}
