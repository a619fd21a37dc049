import type { Question, SourceError } from '../merge/combine.ts';
import { answered, type SourceCoverage } from '../model/coverage.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { settleInstallations } from './known-installations.ts';
import { allRecords, readAnswer, type Reading } from './reading.ts';
import { selectSources } from './select-sources.ts';
import type { Source } from './source.ts';

// What all sources concerned say to a question, before it is merged.

/** What is asked, before anybody has answered. */
export interface Asked {
  /** One for each source, in no order; none of them rejects. */
  readonly pending: readonly Promise<Reading>[];
  readonly skipped: readonly SourceCoverage[];
}

/** What the sources said, before it is judged. */
interface Said {
  readonly readings: readonly Reading[];
  readonly skipped: readonly SourceCoverage[];
}

interface GatherOptions {
  readonly rowsOf: (value: unknown) => number | null;
  /** Which rows of a list are wanted of each of these sources, as bytes. Absent: values. */
  readonly rowsFor?: (sources: readonly Source[]) => (source: Source) => Question['rows'];
}

export interface Gathered {
  /** In the order of the sources' names. */
  readonly records: readonly SourceCoverage[];
  /** Those that gave something to merge. */
  readonly parts: readonly Reading[];
  readonly refusal: SourceError | null;
}

/** Asks all sources concerned at once, and waits for all of them. */
export async function gather(question: FieldQuestion, options: GatherOptions): Promise<Said> {
  const { pending, skipped } = askAll(question, options);
  return { readings: settleInstallations(question, await Promise.all(pending)), skipped };
}

/** Asks all sources concerned at once. */
export function askAll(question: FieldQuestion, { rowsOf, rowsFor }: GatherOptions): Asked {
  const { concerned, skipped } = selectSources(question);
  const { subquery, variables } = question;
  const rows = rowsFor?.(concerned);
  const pending = concerned.map(async (source) =>
    readAnswer(source, await question.ask(source, { subquery, variables, rows: rows?.(source) }), {
      rowsOf,
      nullable: false,
    }),
  );
  return { pending, skipped };
}

/** What can be merged of it. */
export function settle({ readings, skipped }: Said): Gathered {
  const records = [...readings.flatMap(allRecords), ...skipped];
  return {
    records: records.sort((a, b) => (a.id < b.id ? -1 : 1)),
    // In the same order at every broker, so that they all come to the same answer, to the last digit of an average.
    parts: readings.filter(({ record }) => answered(record)).sort(bySource),
    refusal: readings.find(({ refusal }) => refusal !== null)?.refusal ?? null,
  };
}

/** The order of sources. */
export function bySource(a: Reading, b: Reading): number {
  return a.source.id < b.source.id ? -1 : 1;
}

/** The question is at fault: the first refusal is the answer, as every source would say the same. */
export function refuse({ subquery }: FieldQuestion, { message, extensions }: SourceError): FieldAnswer {
  return { value: null, errors: [{ message, path: [subquery.responseName], extensions }] };
}
