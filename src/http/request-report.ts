import type { Clock } from '../core/clock.ts';
import { type ErrorCode, messageOf, SitewideError } from '../core/errors.ts';
import type { Coverage, Tier } from '../model/coverage.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, RequestOutcome } from '../telemetry/metrics.ts';
import type { HttpRequestContext } from './request-context.ts';

// What remains of a request when it is over: its numbers in the metrics and one line in the log. It tells who asked and
// how it went, never what was asked for or answered.

interface ReportOptions {
  readonly tier: Tier;
  /** The address at the other end, if it is still there. */
  readonly caller: string | undefined;
  readonly requestId: string;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Called with the context of a request as soon as there is one. */
export type Arrived = (context: HttpRequestContext) => void;

/** Does the work of a request and reports how it went. Gives what the work gives and throws what it throws. */
export async function reportRequest<Result>(
  options: ReportOptions,
  work: (arrived: Arrived) => Promise<Result>,
): Promise<Result> {
  const startedAt = options.clock.now();
  const end = options.metrics.requestBegan(options.tier);
  const report = (context: HttpRequestContext | null, thrown: unknown): void => {
    const result = resultOf(context, thrown, options.clock.now() - startedAt);
    end(result);
    if (result.errorCodes.includes('OVERLOADED') && thrown !== null) {
      options.metrics.shed(options.tier);
    }
    writeLine(options, context, { ...result, reason: reasonOf(thrown) });
  };
  let context: HttpRequestContext | null = null;
  let given: Result;
  try {
    given = await work((arrived) => {
      context = arrived;
    });
  } catch (thrown) {
    report(context, thrown);
    throw thrown;
  }
  report(context, null);
  return given;
}

interface RequestResult {
  readonly outcome: RequestOutcome;
  readonly durationMs: number;
  readonly missedDeadline: boolean;
  readonly isIncomplete: boolean;
  readonly errorCodes: readonly string[];
}

function resultOf(context: HttpRequestContext | null, thrown: unknown, durationMs: number): RequestResult {
  const reason: unknown = context?.deadline.signal.reason;
  const answer = context?.findings.answer ?? null;
  const isIncomplete = [...(context?.coverage.values() ?? [])].some(({ complete }) => !complete);
  if (codeOf(reason) === 'CANCELLED' || codeOf(thrown) === 'CANCELLED') {
    return { outcome: 'cancelled', durationMs, missedDeadline: false, isIncomplete, errorCodes: [] };
  }
  if (thrown !== null) {
    const code = codeOf(thrown) ?? 'INTERNAL';
    // A broker of another site that named a text sends it at once: nobody has lost anything.
    const outcome = code === 'DOCUMENT_UNKNOWN' ? 'ok' : 'error';
    const missedDeadline = [reason, thrown].some((one) => codeOf(one) === 'DEADLINE_EXCEEDED');
    return { outcome, durationMs, missedDeadline, isIncomplete, errorCodes: [code] };
  }
  // What Apollo Server refuses before it looks at the operation is never told to a plugin.
  const { outcome, missedDeadline, errorCodes } = answer ?? refusedEarly;
  return { outcome, durationMs, missedDeadline, isIncomplete, errorCodes };
}

const refusedEarly = { outcome: 'error', missedDeadline: false, errorCodes: ['BAD_REQUEST'] } as const;

function codeOf(thrown: unknown): ErrorCode | null {
  return thrown instanceof SitewideError ? (thrown as SitewideError).code : null;
}

/** An answer that takes longer deserves a look. */
const slowMs = 1_000;

/** A broker that has too much to do should not write; whoever asks too much is logged where that is counted. */
const quietCodes: readonly string[] = ['OVERLOADED', 'RATE_LIMITED'];

interface Told extends RequestResult {
  /** Why somebody was not let in, as the caller is not told. */
  readonly reason: string | undefined;
}

/** Causes of other errors may hold what was sent. */
function reasonOf(thrown: unknown): string | undefined {
  const isAboutCaller = /^(TOKEN|ISSUER|PEER|CERTIFICATE|ASSERTION)_/.test(codeOf(thrown) ?? '');
  const { cause } = (thrown ?? {}) as { readonly cause?: unknown };
  return isAboutCaller && cause !== undefined ? messageOf(cause) : undefined;
}

/** Quiet about what went well, and about refusals for overload. */
function writeLine(options: ReportOptions, context: HttpRequestContext | null, result: Told): void {
  const { tier, caller, requestId, logger } = options;
  const { outcome, durationMs, errorCodes, reason } = result;
  const deservesALook = durationMs > slowMs || outcome === 'partial' || outcome === 'error';
  const isQuiet = outcome === 'cancelled' || errorCodes.some((code) => quietCodes.includes(code));
  const level = deservesALook && !isQuiet ? 'info' : 'debug';
  if (logger.isLevelEnabled?.(level) === false) {
    return;
  }
  const facts = {
    requestId,
    traceId: context?.trace.traceId,
    spanId: context?.trace.spanId,
    parentSpanId: context?.trace.parentSpanId ?? undefined,
    tier,
    operation: context?.findings.operationName ?? undefined,
    outcome,
    durationMs,
    coverage: context === null ? undefined : summaryOf(context.coverage),
    errorCodes: errorCodes.length === 0 ? undefined : [...new Set(errorCodes)].slice(0, codesAtMost),
    reason,
    caller,
  };
  logger[level](facts, 'A request ended.');
}

/** A line stays a line, whatever a foreign subgraph answers. */
const codesAtMost = 10;

/** The sources that an answer lacks, each once: `installation:lyon-a TIMEOUT`. */
function summaryOf(coverage: ReadonlyMap<string, Coverage>): object | undefined {
  if (coverage.size === 0) {
    return undefined;
  }
  const fields = [...coverage.values()];
  const records = fields.flatMap(({ sources }) => sources).filter(({ status }) => status !== 'SKIPPED');
  const lacking = records.filter(({ status }) => status !== 'OK').map(({ id, status }) => `${id} ${status}`);
  return {
    complete: fields.every(({ complete }) => complete),
    sources: new Set(records.map(({ id }) => id)).size,
    lacking: lacking.length === 0 ? undefined : [...new Set(lacking)],
  };
}
