import type { Clock } from '../core/clock.ts';
import type { JsonSplicer } from '../core/json-splicer.ts';
import type { SelectionScope } from '../core/selection.ts';
import type { SourceError } from '../merge/combine.ts';
import type { Place } from '../merge/k-way.ts';
import type { Subquery } from '../merge/subquery.ts';
import type { Coverage } from '../model/coverage.ts';
import type { Delivery } from '../model/delivery.ts';
import type { RequestContext } from '../model/request.ts';
import type { ChangeInput } from './change-input.ts';
import type { AskSource } from './loader.ts';
import type { BatchMemory } from './row-batches.ts';
import type { RowStreaming } from './row-stream.ts';
import type { Source } from './source.ts';

// One root field that has to be answered, with all that answering takes; and the answer.

/** A root field to be answered. */
export interface FieldQuestion {
  readonly subquery: Subquery;
  readonly scope: SelectionScope;
  /** The coerced arguments. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The client's variables as it sent them, only those that the subquery uses. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Of a mutation; null for a query. */
  readonly input: ChangeInput | null;
  /** What the sources make together, for messages: `site "lyon"`. */
  readonly where: string;
  /** The own installation first, then the others of its site by id, then the other sites by id. */
  readonly sources: readonly Source[];
  readonly ask: AskSource;
  /** Takes rows that leave as bytes; null where they have to be values. */
  readonly splicer: JsonSplicer | null;
  readonly batches: BatchMemory;
  /** Takes a list as a stream of rows; null for an answer as any other. */
  readonly streaming: RowStreaming | null;
  readonly context: RequestContext;
  readonly clock: Clock;
  /** Notes the coverage of this field for `extensions.coverage`. */
  report(coverage: Coverage): void;
}

/** The answer to a root field. */
export interface FieldAnswer {
  readonly value: unknown;
  /** Their paths begin with the response name. */
  readonly errors: readonly SourceError[];
  /** The rows of the merged page, if it is one. */
  readonly rows?: number;
  /** How they came, if it is one. */
  readonly delivery?: Delivery;
}

/** The answer to a list. */
export interface ListAnswer extends FieldAnswer {
  /** Which of its parts each of its rows is from. */
  readonly places: readonly Place[];
}
