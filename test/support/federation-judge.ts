import { isDeepStrictEqual } from 'node:util';

import type { KnownVm } from './chaos-inventory.ts';
import type { PartialQuestion } from './federation-questions.ts';

// Whether an answer of a federation is right: complete and right, or partial and honest, that is exactly what the
// installations that it names as answered have, and every other installation named with a reason.

/** What an answer is. `ms` since the question. */
export type FederationVerdict =
  | { readonly kind: 'complete' }
  /** The sites of which something is missing. */
  | { readonly kind: 'partial'; readonly missing: readonly string[] }
  | { readonly kind: 'wrong'; readonly problem: string };

/** What came. */
export interface FederationAnswer {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly { readonly path?: readonly (string | number)[] | undefined }[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

interface Coverage {
  readonly complete: boolean;
  readonly sources: readonly SourceRecord[];
}

interface SourceRecord {
  readonly id: string;
  readonly tier: string;
  readonly parent: string | null;
  readonly status: string;
  readonly message: string | null;
}

/** Judges an answer. */
export function judgeAnswer(
  question: PartialQuestion,
  { data, errors, extensions }: FederationAnswer,
  vms: readonly KnownVm[],
): FederationVerdict {
  const wrong = (problem: string): FederationVerdict => ({ kind: 'wrong', problem: `${question.name}: ${problem}` });
  const [coverage] = Object.values((extensions['coverage'] ?? {}) as Readonly<Record<string, Coverage>>);
  if (data === null || coverage === undefined) {
    return wrong(JSON.stringify({ data, errors }).slice(0, 900));
  }
  const known = new Set(vms.map(({ installation }) => installation));
  const records = coverage.sources.filter(({ tier }) => tier === 'INSTALLATION');
  const unnamed = [...known].filter((name) => !records.some(({ id }) => id === `installation:${name}`));
  if (unnamed.length > 0) {
    return wrong(`not named: ${unnamed.join()} in ${JSON.stringify(coverage)}`);
  }
  const absent = records.filter(({ status, message }) => !isAnswer(status, message));
  const away = new Set(absent.map(({ id }) => id.slice('installation:'.length)));
  const unexplained = absent.filter(({ message }) => message === null);
  if (unexplained.length > 0) {
    return wrong(`no reason given: ${JSON.stringify(unexplained)}`);
  }
  const seen = vms.filter(({ installation }) => !away.has(installation));
  const isWhole = records.every(({ status, message }) => status === 'OK' || isUnasked(status, message));
  const expected = question.expected(seen, data);
  const wanted = isWhole ? expected : atLeast(expected);
  if (!isDeepStrictEqual(data, wanted)) {
    const texts = [data, wanted].map((value) => JSON.stringify(value).slice(0, 500));
    return wrong(`gave\n${texts[0]}\ninstead of\n${texts[1]}\nwith ${JSON.stringify(coverage).slice(0, 1_500)}`);
  }
  const paths = errors.map(({ path }) => JSON.stringify(path)).sort();
  const wantedPaths = question.missing(seen).map((path) => JSON.stringify(path));
  if (!isDeepStrictEqual(paths, wantedPaths.sort())) {
    return wrong(`errors ${JSON.stringify(errors).slice(0, 900)} instead of some at ${wantedPaths.join()}`);
  }
  if (coverage.complete !== isWhole) {
    return wrong(`complete: ${coverage.complete} with ${JSON.stringify(records)}`);
  }
  return isWhole ? { kind: 'complete' } : { kind: 'partial', missing: [...new Set(absent.map(siteOf))].sort() };
}

function siteOf({ parent, id }: SourceRecord): string {
  return (parent ?? id).replace(/^site:/, '');
}

function isAnswer(status: string, message: string | null): boolean {
  return status === 'OK' || status === 'STALE' || isUnasked(status, message);
}

/** Not concerned, which a look-up of ids of others is. */
function isUnasked(status: string, message: string | null): boolean {
  return status === 'SKIPPED' && message !== null;
}

/** The same, known to be a part only. */
function atLeast(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(atLeast);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, /[cC]ountRelation$/.test(name) ? 'AT_LEAST' : atLeast(one)]),
  );
}
