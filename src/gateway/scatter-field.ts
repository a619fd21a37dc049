import type { SourceError } from '../merge/combine.ts';
import { rowCount } from '../merge/connection.ts';
import type { SelectedField } from '../merge/selection.ts';
import { shapeOf } from '../merge/shape.ts';
import type { Part } from '../merge/strategy.ts';
import { mergeSummaries } from '../merge/summary.ts';
import type { SourceCoverage } from '../model/coverage.ts';
import { answered } from '../model/coverage.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { settleInstallations } from './known-installations.ts';
import { mergeList, readList, withEarlier } from './merged-list.ts';
import { allRecords, readAnswer, type Reading } from './reading.ts';
import { selectSources } from './select-sources.ts';
import { judgeCoverage } from './verdict.ts';

// A root field that is asked of every source concerned, and whose answers are merged.

/** Answers a scattered field. */
export async function answerScattered(question: FieldQuestion): Promise<FieldAnswer> {
  const { subquery } = question;
  const shape = shapeOf(subquery.field);
  const field: SelectedField = { name: subquery.field.name, nodes: subquery.nodes };
  switch (shape.kind) {
    case 'connection': {
      const list = readList({ ...question, field: subquery.field.name });
      const gathered = await gather(question, (value) => rowCount(value as Part));
      if (gathered.refusal) {
        return refuse(question, gathered.refusal);
      }
      const coverage = judgeCoverage(question, withEarlier(list, gathered.records));
      return mergeList({ list, scope: question.scope, type: shape.type, field, coverage }, gathered.parts);
    }
    case 'summary': {
      const gathered = await gather(question, () => null);
      if (gathered.refusal) {
        return refuse(question, gathered.refusal);
      }
      const coverage = judgeCoverage(question, gathered.records);
      const parts = gathered.parts.map(({ value }) => value as Part);
      return {
        value: mergeSummaries({ scope: question.scope, type: shape.type, field, coverage }, parts),
        errors: gathered.parts.flatMap(({ errors }) => errors),
      };
    }
  }
}

interface Gathered {
  /** In the order of the sources' names. */
  readonly records: readonly SourceCoverage[];
  /** Those that gave something to merge. */
  readonly parts: readonly Reading[];
  readonly refusal: SourceError | null;
}

/** Asks all sources concerned at once. */
async function gather(question: FieldQuestion, rowsOf: (value: unknown) => number | null): Promise<Gathered> {
  const { concerned, skipped } = selectSources(question);
  const { subquery, variables } = question;
  const asked = await Promise.all(
    concerned.map(async (source) =>
      readAnswer(source, await question.ask(source, { subquery, variables }), { rowsOf, nullable: false }),
    ),
  );
  const readings = settleInstallations(question, asked);
  const records = [...readings.flatMap(allRecords), ...skipped];
  return {
    records: records.sort((a, b) => (a.id < b.id ? -1 : 1)),
    // In the same order at every broker, so that they all come to the same answer, to the last digit of an average.
    parts: readings.filter(({ record }) => answered(record)).sort((a, b) => (a.source.id < b.source.id ? -1 : 1)),
    refusal: readings.find(({ refusal }) => refusal !== null)?.refusal ?? null,
  };
}

/** The question is at fault: the first refusal is the answer, as every source would say the same. */
function refuse({ subquery }: FieldQuestion, { message, extensions }: SourceError): FieldAnswer {
  return { value: null, errors: [{ message, path: [subquery.responseName], extensions }] };
}
