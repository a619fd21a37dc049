import type { Clock } from '../core/clock.ts';
import type { SourceStatus } from './coverage.ts';
import type { Delivery } from './delivery.ts';

// How an answer came about, for `extensions.explain`. Kept only for requests that ask for it; whoever takes part in an
// answer writes down what it did. It holds addresses and messages that `coverage` shows as well, and no values.

/** How an answer came about. All times are milliseconds since the request arrived. */
export interface Explanation {
  /** The time now. */
  elapsedMs(): number;
  /** The plan of Apollo's planner; null if only the base schema was asked. */
  queryPlan: string | null;
  readonly fields: ExplainedField[];
  readonly requests: ExplainedRequest[];
  readonly subgraphs: ExplainedSubgraph[];
  /** Everything, as it goes into the answer. */
  report(): ExplanationReport;
}

/** The value of `extensions.explain`. */
export interface ExplanationReport {
  readonly totalMs: number;
  readonly queryPlan: string | null;
  /** In the order in which they began. */
  readonly fields: readonly ExplainedField[];
  readonly requests: readonly ExplainedRequest[];
  readonly subgraphs: readonly ExplainedSubgraph[];
}

interface Span {
  readonly startedMs: number;
  readonly endedMs: number;
}

/** A root field of the base schema. */
export interface ExplainedField extends Span {
  /** Where it is in the answer, for example `virtualMachines`. */
  readonly path: string;
  readonly field: string;
  /** How it crosses the tier: `scatter`, `route by id` or `local`. */
  readonly crossing: string;
  /** The rows of the merged answer; null if it has none. */
  readonly rows: number | null;
  /** How they came from the sources; null if it has none. */
  readonly delivery: Delivery | null;
  /** Those that were asked and those that were not, with the reason in `message`. */
  readonly sources: readonly ExplainedSource[];
}

/** How a source took part in a field. */
export interface ExplainedSource {
  readonly id: string;
  readonly status: SourceStatus;
  readonly message: string | null;
  readonly rows: number | null;
}

/** What one source was asked at one time, for all fields together. */
export interface ExplainedRequest extends Span {
  readonly source: string;
  /** The response names of the root fields. */
  readonly fields: readonly string[];
  readonly status: string;
  readonly message: string | null;
  /** In the order in which they left; empty if the answer was made in the process of the asked broker. */
  readonly attempts: readonly ExplainedAttempt[];
}

/** One request to one broker. */
export interface ExplainedAttempt extends Span {
  readonly broker: string;
  readonly endpoint: string;
  readonly reason: 'FIRST' | 'RETRY' | 'HEDGE';
  /** Why this broker. */
  readonly choice: string | null;
  readonly status: string;
  readonly message: string | null;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** One request to a foreign subgraph. */
export interface ExplainedSubgraph extends Span {
  readonly subgraph: string;
  readonly status: 'OK' | 'ERROR';
  readonly message: string | null;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** @param startedAt When the request arrived, in milliseconds since 1970. */
export function createExplanation(clock: Clock, startedAt: number): Explanation {
  const explanation: Explanation = {
    elapsedMs: () => clock.now() - startedAt,
    queryPlan: null,
    fields: [],
    requests: [],
    subgraphs: [],
    report: () => ({
      totalMs: explanation.elapsedMs(),
      queryPlan: explanation.queryPlan,
      fields: explanation.fields.toSorted(byStart),
      requests: explanation.requests.toSorted(byStart),
      subgraphs: explanation.subgraphs.toSorted(byStart),
    }),
  };
  return explanation;
}

function byStart(a: Span, b: Span): number {
  return a.startedMs - b.startedMs;
}
