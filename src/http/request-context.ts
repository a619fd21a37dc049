import type { IncomingHttpHeaders } from 'node:http';

import type { Clock } from '../core/clock.ts';
import { createDeadline } from '../core/deadline.ts';
import type { Deadline } from '../core/deadline.ts';
import { messageOf, SitewideError } from '../core/errors.ts';
import type { JsonSplicer } from '../core/json-splicer.ts';
import { decodeRevisions, type RevisionVector } from '../core/revision-vector.ts';
import { openTrace } from '../core/trace.ts';
import type { RowStreaming } from '../gateway/row-stream.ts';
import { anyCoverage } from '../model/coverage.ts';
import type { Origin } from '../model/audit.ts';
import type { CoverageWanted } from '../model/coverage.ts';
import { createExplanation, type Explanation } from '../model/explanation.ts';
import { anonymous, type Principal } from '../model/principal.ts';
import type { RequestContext } from '../model/request.ts';
import type { RowBatch } from '../rows/row-batch.ts';
import type { SingleResult } from './finish-result.ts';
import { type LinkRequest, readLink } from './link-request.ts';
import type { AnsweredRows } from './rows-plugin.ts';

// The arrival of a request: who asks, by which deadline, and what ends it early. What `@coverage` adds is known only once
// the operation is parsed; then request-plugin.ts puts it into the context.

/** A request's context while the HTTP side still fills it. Resolvers and the gateway see it as RequestContext. */
export interface HttpRequestContext extends RequestContext {
  deadline: Deadline;
  /** Anonymous until it is received. */
  principal: Principal;
  origin?: Origin;
  wanted: CoverageWanted;
  /**
   * A deadline of at most so many milliseconds and at most what the caller's header allows. It ends with the arrival.
   */
  readonly deadlineOf: (timeoutMs: number) => Deadline;
  readonly findings: Findings;
  /** What a broker of another site wants beside its operation; null or absent for anybody else. */
  readonly link?: LinkRequest | null;
  /** True if the caller asks for `extensions.cost`. */
  readonly wantsCost?: boolean;
  explanation?: Explanation | undefined;
  splicer?: JsonSplicer | undefined;
  /** Of a broker that takes rows: which of them, and the answer once there is one. */
  rows?: { readonly batch: RowBatch | null; answer: AnsweredRows | null };
  /** Of a caller that takes a stream of rows: how, and the stream once there is one. */
  streaming?: RowStreaming;
  /** An explanation of this request from its arrival on. */
  readonly openExplanation: () => Explanation;
}

/**
 * The answer to an operation that was parsed and checked before, for another request. Null for one that has errors.
 * @throws GraphQLError if the request is refused.
 */
export type AnswerAgain = (
  variables: Readonly<Record<string, unknown>>,
  context: HttpRequestContext,
) => Promise<SingleResult | null>;

/** What is found out about a request on the way, for the metrics and the log. */
export interface Findings {
  operationName: string | null;
  /** Null as long as there is no answer. */
  answer: AnswerFindings | null;
  /** What the answer may cost; absent for what was not weighed. */
  cost?: Cost;
  /** Answers the same operation for other requests. Absent where it has to be executed. */
  again?: AnswerAgain;
}

/** What an answer may cost, in objects. */
export interface Cost {
  readonly requested: number;
  readonly limit: number;
}

/** How an answer is, before it is sent. */
export interface AnswerFindings {
  readonly outcome: 'ok' | 'partial' | 'error';
  /** True if it came too late. */
  readonly missedDeadline: boolean;
  /** Those of its errors, as the client sees them. */
  readonly errorCodes: readonly string[];
}

/** One request from its first byte to its last. Dispose it when the answer is out. */
export interface Arrival extends Disposable {
  readonly requestId: string;
  readonly context: HttpRequestContext;
  /** Ends the request early: the caller went away, or this broker stops. */
  abort(reason: SitewideError): void;
}

interface ArrivalOptions {
  readonly headers: IncomingHttpHeaders;
  readonly timeouts: { readonly defaultMs: number; readonly maximumMs: number };
  readonly clock: Clock;
  readonly newId: () => string;
  /** From 0 to below 1, for the ids of a trace. */
  readonly random: () => number;
}

/**
 * Opens a request.
 * @throws SitewideError `BAD_REQUEST` if `sitewide-deadline-ms` is not a number of milliseconds, or `sitewide-at-least` no
 * token of revisions.
 */
export function createArrival({ headers, timeouts, clock, newId, random }: ArrivalOptions): Arrival {
  const requestId = requestIdOf(headers, newId);
  const allowedMs = Math.min(deadlineHeader(headers) ?? timeouts.maximumMs, timeouts.maximumMs);
  const caller = new AbortController();
  const deadlines: Deadline[] = [];
  const deadlineOf = (timeoutMs: number): Deadline => {
    const deadline = createDeadline({ clock, timeoutMs: Math.min(timeoutMs, allowedMs), parent: caller.signal });
    deadlines.push(deadline);
    return deadline;
  };
  const deadline = deadlineOf(timeoutOf(headers, timeouts));
  const arrivedAt = clock.now();
  const openExplanation = (): Explanation => createExplanation(clock, arrivedAt);
  return {
    requestId,
    context: {
      requestId,
      trace: openTrace(headers, random),
      deadline,
      gone: caller.signal,
      principal: anonymous,
      wanted: { ...anyCoverage, sources: sourcesHeader(headers), atLeast: atLeastHeader(headers) },
      isPart: headers['sitewide-tier'] !== undefined,
      coverage: new Map(),
      deadlineOf,
      findings: { operationName: null, answer: null },
      link: readLink(headers),
      wantsCost: headers['sitewide-cost'] === '1',
      explanation: headers['sitewide-explain'] === '1' ? openExplanation() : undefined,
      openExplanation,
    },
    abort: (reason) => caller.abort(reason),
    [Symbol.dispose]() {
      for (const started of deadlines) {
        started[Symbol.dispose]();
      }
    },
  };
}

/**
 * How long a request may take, as far as its headers tell, in milliseconds.
 * @throws SitewideError `BAD_REQUEST`.
 */
export function timeoutOf(headers: IncomingHttpHeaders, timeouts: ArrivalOptions['timeouts']): number {
  return Math.min(deadlineHeader(headers) ?? timeouts.defaultMs, timeouts.maximumMs);
}

/** The caller's request id if it is 1 to 128 printable ASCII characters, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders, newId: () => string): string {
  const given = headers['sitewide-request-id'];
  return typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given) ? given : newId();
}

function deadlineHeader(headers: IncomingHttpHeaders): number | null {
  const text = headers['sitewide-deadline-ms'];
  if (text === undefined) {
    return null;
  }
  if (typeof text !== 'string' || !/^\d{1,9}$/.test(text)) {
    const problem = `the header sitewide-deadline-ms is "${String(text).slice(0, 40)}", not a number of milliseconds`;
    throw new SitewideError('BAD_REQUEST', { problem });
  }
  // A caller with nothing left still gets an answer that says so, instead of the default.
  return Math.max(1, Number(text));
}

/** The sources that the tier above asks for, of those below this one; null for all. */
function sourcesHeader(headers: IncomingHttpHeaders): readonly string[] | null {
  const text = headers['sitewide-sources'];
  return text === undefined ? null : String(text).split(',');
}

/** What the tier above wants to be shown at least, reduced to what concerns this one. */
function atLeastHeader(headers: IncomingHttpHeaders): RevisionVector | null {
  const text = headers['sitewide-at-least'];
  if (text === undefined) {
    return null;
  }
  try {
    return decodeRevisions(String(text));
  } catch (cause) {
    throw new SitewideError('BAD_REQUEST', { problem: `the header sitewide-at-least: ${messageOf(cause)}` }, { cause });
  }
}
