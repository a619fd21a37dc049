import type { Deadline } from '../core/deadline.ts';
import type { JsonSplicer } from '../core/json-splicer.ts';
import type { Trace } from '../core/trace.ts';
import type { Origin } from './audit.ts';
import type { Coverage, CoverageWanted } from './coverage.ts';
import type { Explanation } from './explanation.ts';
import type { Principal } from './principal.ts';

// What travels with a request through one broker. The HTTP side makes it; resolvers and the gateway read it.

/** One request at one tier of one broker. */
export interface RequestContext {
  /** Crosses tiers in `sitewide-request-id`. */
  readonly requestId: string;
  /** Crosses tiers, and reaches foreign subgraphs, in `traceparent` and `tracestate`. */
  readonly trace: Trace;
  /** Ends everything done for this request: the deadline, or the caller going away. */
  readonly deadline: Deadline;
  /** Who asks. */
  readonly principal: Principal;
  /** From where; absent if that is not known. */
  readonly origin?: Origin;
  /** What `@coverage` asks for. */
  readonly wanted: CoverageWanted;
  /** True if a tier above asks for this broker's part of a larger answer, which that tier judges as a whole. */
  readonly isPart?: boolean;
  /** Filled while answering: the coverage of each root field, by response path, for `extensions.coverage`. */
  readonly coverage: Map<string, Coverage>;
  /** Filled while answering, if the caller wants to know how the answer came about. */
  readonly explanation?: Explanation | undefined;
  /** True for a stream of rows, which may be as many as there are. */
  readonly isUnlimited?: boolean;
  /** Aborts when nobody takes the answer any more, however long it may take. */
  readonly gone?: AbortSignal;
  /** Puts large values into the answer as bytes; absent where nobody would do that with what it gave. */
  readonly splicer?: JsonSplicer | undefined;
}
