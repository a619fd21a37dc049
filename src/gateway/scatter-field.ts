import type { GraphQLObjectType } from 'graphql';

import type { SelectedField } from '../core/selection.ts';
import type { Question, SourceError } from '../merge/combine.ts';
import { rowCount } from '../merge/connection.ts';
import type { Place } from '../merge/k-way.ts';
import { shapeOf } from '../merge/shape.ts';
import type { Part } from '../merge/strategy.ts';
import { mergeSummaries } from '../merge/summary.ts';
import type { SourceCoverage } from '../model/coverage.ts';
import { answered } from '../model/coverage.ts';
import type { Delivery } from '../model/delivery.ts';
import { rowFormOf } from '../rows/row-form.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { settleInstallations } from './known-installations.ts';
import { extentOf, mergeList, readList, withEarlier } from './merged-list.ts';
import { allRecords, readAnswer, type Reading } from './reading.ts';
import type { BatchedPage } from './row-batches.ts';
import { streamRows } from './row-stream.ts';
import { supplyRows } from './row-supply.ts';
import { selectSources } from './select-sources.ts';
import type { Source } from './source.ts';
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
        : answerConnection(question, shape.type, field);
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

/** A list: its rows are bytes from the sources to the client if they can be, and values otherwise. */
async function answerConnection(
  question: FieldQuestion,
  type: GraphQLObjectType,
  field: SelectedField,
): Promise<FieldAnswer> {
  const { splicer, scope, batches } = question;
  const list = readList({ ...question, field: field.name });
  const form = splicer === null ? 'values_needed' : rowFormOf(scope, type, field);
  const bytesOut = splicer === null || typeof form === 'string' ? null : { splicer, ...form };
  const page = { hash: list.hash, ...extentOf(list) };
  const rowsOf = (value: unknown): number => rowCount(value as Part);
  const asked = await gather(question, {
    rowsOf,
    ...(bytesOut && {
      rowsFor: (sources) => {
        const batchFor = batches.plan(page, sources);
        return (source) => ({ batch: list.first != null && list.last != null ? null : batchFor(source) });
      },
    }),
  });
  const supplied = bytesOut ? await supply({ question, page }, asked) : asked;
  const gathered = settle(supplied);
  if (gathered.refusal) {
    return refuse(question, gathered.refusal);
  }
  const coverage = judgeCoverage(question, withEarlier(list, gathered.records));
  const answer = mergeList({ list, scope, type, field, coverage, bytesOut }, gathered.parts);
  if (bytesOut) {
    batches.learn(page, contributions(gathered.parts, answer.places));
  }
  return {
    ...answer,
    delivery: typeof form === 'string' ? { as: 'values', reason: form } : deliveryOf(gathered.parts),
  };
}

function deliveryOf(parts: readonly Reading[]): Delivery {
  const asBytes = parts.filter(({ rows }) => rows !== undefined).length;
  const as = asBytes === parts.length ? 'bytes' : asBytes === 0 ? 'values' : 'mixed';
  return { as, reason: as === 'bytes' ? null : 'sources' };
}

interface Supplying {
  readonly question: FieldQuestion;
  readonly page: BatchedPage;
}

async function supply({ question, page }: Supplying, asked: Asked): Promise<Asked> {
  if (asked.readings.some(({ refusal }) => refusal !== null)) {
    return asked;
  }
  // In the order in which their rows are merged.
  const readings = await supplyRows({ question, ...page, listHash: page.hash }, asked.readings.toSorted(bySource));
  return { ...asked, readings };
}

/** How many rows of a page are of each source. */
function contributions(parts: readonly Reading[], places: readonly Place[]): Map<string, number> {
  const counts = new Map(parts.map(({ source }) => [source.id, 0]));
  for (const { list } of places) {
    const { id } = parts[list]!.source;
    counts.set(id, counts.get(id)! + 1);
  }
  return counts;
}

/** What the sources said, before it is judged. */
interface Asked {
  readonly readings: readonly Reading[];
  readonly skipped: readonly SourceCoverage[];
}

interface GatherOptions {
  readonly rowsOf: (value: unknown) => number | null;
  /** Which rows of a list are wanted of each of these sources, as bytes. Absent: values. */
  readonly rowsFor?: (sources: readonly Source[]) => (source: Source) => Question['rows'];
}

interface Gathered {
  /** In the order of the sources' names. */
  readonly records: readonly SourceCoverage[];
  /** Those that gave something to merge. */
  readonly parts: readonly Reading[];
  readonly refusal: SourceError | null;
}

/** Asks all sources concerned at once. */
async function gather(question: FieldQuestion, { rowsOf, rowsFor }: GatherOptions): Promise<Asked> {
  const { concerned, skipped } = selectSources(question);
  const { subquery, variables } = question;
  const rows = rowsFor?.(concerned);
  const asked = await Promise.all(
    concerned.map(async (source) =>
      readAnswer(source, await question.ask(source, { subquery, variables, rows: rows?.(source) }), {
        rowsOf,
        nullable: false,
      }),
    ),
  );
  return { readings: settleInstallations(question, asked), skipped };
}

function settle({ readings, skipped }: Asked): Gathered {
  const records = [...readings.flatMap(allRecords), ...skipped];
  return {
    records: records.sort((a, b) => (a.id < b.id ? -1 : 1)),
    // In the same order at every broker, so that they all come to the same answer, to the last digit of an average.
    parts: readings.filter(({ record }) => answered(record)).sort(bySource),
    refusal: readings.find(({ refusal }) => refusal !== null)?.refusal ?? null,
  };
}

function bySource(a: Reading, b: Reading): number {
  return a.source.id < b.source.id ? -1 : 1;
}

/** The question is at fault: the first refusal is the answer, as every source would say the same. */
function refuse({ subquery }: FieldQuestion, { message, extensions }: SourceError): FieldAnswer {
  return { value: null, errors: [{ message, path: [subquery.responseName], extensions }] };
}
