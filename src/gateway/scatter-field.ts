import type { SelectedField } from '../core/selection.ts';
import { shapeOf } from '../merge/shape.ts';
import type { Part } from '../merge/strategy.ts';
import { mergeSummaries } from '../merge/summary.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { gather, refuse, settle } from './gather.ts';
import { answerList } from './list-field.ts';
import { streamRows } from './row-stream.ts';
import { judgeCoverage } from './verdict.ts';

// A root field that is asked of every source concerned, and whose answers are merged.

/** Answers a scattered field. */
export async function answerScattered(question: FieldQuestion): Promise<FieldAnswer> {
  const { subquery } = question;
  const shape = shapeOf(subquery.field);
  const field: SelectedField = { name: subquery.field.name, nodes: subquery.nodes };
  switch (shape.kind) {
    case 'connection': {
      const { streaming } = question;
      return streaming
        ? streamRows(question, { type: shape.type, field, streaming })
        : answerList(question, shape.type, field);
    }
    case 'summary': {
      const gathered = settle(await gather(question, { rowsOf: () => null }));
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
