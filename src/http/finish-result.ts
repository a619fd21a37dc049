import { SitewideError } from '../core/errors.ts';
import { withoutSuggestion } from './introspection.ts';
import type { AnswerFindings, HttpRequestContext } from './request-context.ts';

// The result of an operation on its way out: what was found out about it goes into its extensions, for the client, and into
// the findings, for the metrics and the log.

interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Record<string, unknown>;
}

/** The result of an operation. */
export interface SingleResult {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly AnswerError[];
  readonly extensions?: Record<string, unknown>;
}

interface FinishOptions extends HttpRequestContext {
  /** True if the errors must not tell what there is. */
  readonly hidesSchema: boolean;
}

/** The result with what was found out beside it. */
export function finishResult<Result extends SingleResult>(result: Result, options: FinishOptions): Result {
  const { coverage, explanation, link, findings, wantsCost } = options;
  const extensions = {
    ...(coverage.size > 0 && { coverage: Object.fromEntries(coverage) }),
    ...(explanation && { explain: explanation.report() }),
    ...((wantsCost || explanation) && findings.cost && { cost: findings.cost }),
  };
  return {
    ...result,
    ...(result.errors && { errors: fewest(result.errors).map((error) => finishError(error, options)) }),
    // Over a link they are sent beside the result: they do not tell whether an answer has changed.
    ...(!link && Object.keys(extensions).length > 0 && { extensions: { ...result.extensions, ...extensions } }),
  };
}

/** What is wrong with a document that is not executed: nobody reads more of it, and whoever made it must not be sent more. */
export const mostProblems = 10;

/** One error is enough for a document that is too large; of others the first few. */
function fewest<Thrown extends AnswerError>(errors: readonly Thrown[]): readonly Thrown[] {
  if (errors.some(({ path }) => path !== undefined)) {
    return errors;
  }
  const tooComplex = errors.find(({ extensions }) => extensions?.['code'] === 'OPERATION_TOO_COMPLEX');
  return tooComplex ? [tooComplex] : errors.slice(0, mostProblems);
}

/** How an answer is. Every root field may be null, so that an answer of nothing but nulls, with errors, is one without data. */
export function findingsOf({ data, errors = [] }: SingleResult, context: HttpRequestContext): AnswerFindings {
  const reason: unknown = context.deadline.signal.reason;
  const complete = errors.length === 0 && [...context.coverage.values()].every((coverage) => coverage.complete);
  const hasData = errors.length === 0 || Object.values(data ?? {}).some((value) => value !== null);
  return {
    outcome: complete ? 'ok' : hasData ? 'partial' : 'error',
    missedDeadline: reason instanceof SitewideError && reason.code === 'DEADLINE_EXCEEDED',
    errorCodes: errors.map(({ extensions }) => codeOf(extensions)),
  };
}

function codeOf(extensions: AnswerError['extensions']): string {
  const code = extensions?.['code'];
  return typeof code === 'string' ? code : 'none';
}

function finishError<Thrown extends AnswerError>(error: Thrown, { requestId, hidesSchema }: FinishOptions): Thrown {
  const message = hidesSchema ? withoutSuggestion(error.message) : error.message;
  // Whoever reports a hidden error can name the line in the log.
  return error.extensions?.['code'] === 'INTERNAL'
    ? { ...error, message, extensions: { ...error.extensions, requestId } }
    : { ...error, message };
}
