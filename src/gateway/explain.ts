import type { Subquery } from '../merge/subquery.ts';
import type { Coverage } from '../model/coverage.ts';
import type { Explanation } from '../model/explanation.ts';
import type { OutcomeReport } from '../scatter/outcome.ts';
import type { FieldAnswer } from './field-question.ts';

// Writes down for `extensions.explain` what the engine did: each root field, and each asking of a source.

interface FieldFacts {
  readonly subquery: Subquery;
  readonly path: string;
  readonly startedMs: number;
  readonly answer: FieldAnswer;
  /** Undefined for a field that the asked broker answers alone. */
  readonly coverage: Coverage | undefined;
}

/** Notes a root field that has been answered. */
export function explainField(explanation: Explanation, facts: FieldFacts): void {
  const { subquery, path, startedMs, answer, coverage } = facts;
  explanation.fields.push({
    path,
    field: subquery.field.name,
    crossing: crossingText(subquery),
    startedMs,
    endedMs: explanation.elapsedMs(),
    rows: answer.rows ?? rowsOf(subquery, answer.value),
    delivery: answer.delivery ?? null,
    sources: (coverage?.sources ?? []).map(({ id, status, message, rows }) => ({ id, status, message, rows })),
  });
}

interface RequestFacts {
  readonly source: string;
  readonly fields: readonly string[];
  readonly startedMs: number;
  readonly outcome: OutcomeReport & { readonly status: string; readonly message?: string };
}

/** Notes what a source was asked and how that went. The times of attempts count from the beginning of the asking. */
export function explainRequest(explanation: Explanation, { outcome, startedMs, ...facts }: RequestFacts): void {
  explanation.requests.push({
    ...facts,
    startedMs,
    endedMs: explanation.elapsedMs(),
    status: outcome.status,
    message: outcome.message ?? null,
    attempts: outcome.attempts
      .map((attempt) => ({
        ...attempt,
        startedMs: startedMs + attempt.startedMs,
        endedMs: startedMs + attempt.endedMs,
      }))
      .sort((a, b) => a.startedMs - b.startedMs),
  });
}

function crossingText({ crossing }: Subquery): string {
  return crossing.kind === 'route' ? `route by ${crossing.by.join('.')}` : crossing.kind;
}

/** The rows of a look-up: how many of the ids were found. */
function rowsOf({ crossing }: Subquery, value: unknown): number | null {
  if (crossing.kind !== 'route') {
    return null;
  }
  return (Array.isArray(value) ? value : [value]).filter((element) => element !== null).length;
}
