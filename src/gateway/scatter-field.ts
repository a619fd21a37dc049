import { decodeCursor, hashList, type Trail } from '../core/cursor.ts';
import type { SourceError } from '../merge/combine.ts';
import { mergePages, rowCount } from '../merge/connection.ts';
import type { Place } from '../merge/k-way.ts';
import { pageAlias } from '../merge/reserved.ts';
import type { SelectedField } from '../merge/selection.ts';
import { shapeOf } from '../merge/shape.ts';
import type { Part } from '../merge/strategy.ts';
import { mergeSummaries } from '../merge/summary.ts';
import { extendTrail, markMissed } from '../merge/trail.ts';
import type { SourceCoverage } from '../model/coverage.ts';
import { answered } from '../model/coverage.ts';
import { defaultPageSize } from '../model/page.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
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
      const list = listOf(question);
      const gathered = await gather(question, (value) => rowCount(value as Part));
      if (gathered.refusal) {
        return refuse(question, gathered.refusal);
      }
      // A tier above knows all sources that the pages so far rest on; this one does not.
      const earlier = question.context.isPart === true ? null : list.earlier;
      const records = markMissed(gathered.records, earlier);
      const coverage = judgeCoverage(question, records);
      const trail = extendTrail(records, revisionsOf(gathered.parts, list.hash), earlier);
      const { first, last } = question.args as { first?: number | null; last?: number | null };
      const merged = mergePages(
        {
          scope: question.scope,
          type: shape.type,
          field,
          limit: first ?? last ?? defaultPageSize,
          fromEnd: first == null && last != null,
          coverage,
          trail,
        },
        gathered.parts.map(({ source, value }) => ({ source: source.id, value: value as Part })),
      );
      return { value: merged.value, errors: rowErrors(gathered.parts, merged.places), rows: merged.places.length };
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
  const readings = await Promise.all(
    concerned.map(async (source) =>
      readAnswer(source, await question.ask(source, { subquery, variables }), { rowsOf, nullable: false }),
    ),
  );
  const records = [...readings.flatMap(allRecords), ...skipped];
  return {
    records: records.sort((a, b) => (a.id < b.id ? -1 : 1)),
    parts: readings.filter(({ record }) => answered(record)),
    refusal: readings.find(({ refusal }) => refusal !== null)?.refusal ?? null,
  };
}

/** The question is at fault: the first refusal is the answer, as every source would say the same. */
function refuse({ subquery }: FieldQuestion, { message, extensions }: SourceError): FieldAnswer {
  return { value: null, errors: [{ message, path: [subquery.responseName], extensions }] };
}

interface ListIdentity {
  readonly hash: Buffer;
  /** What the earlier pages rest on; null on the first page, or when the cursor is that of a row. */
  readonly earlier: Trail | null;
}

/** Reads the cursor at the gateway already, so that a bad one is refused once and not by every source. */
function listOf({ subquery, args }: FieldQuestion): ListIdentity {
  const { first: _first, last: _last, after, before, ...identity } = args;
  const hash = hashList(subquery.field.name, identity);
  const trails = [after, before].map((cursor) =>
    typeof cursor === 'string' ? decodeCursor(cursor, hash).trail : null,
  );
  return { hash, earlier: trails.find((trail) => trail !== null) ?? null };
}

/** The revision of each source's data, from the cursors of its page. */
function revisionsOf(parts: readonly Reading[], hash: Buffer): Record<string, number> {
  return Object.assign(
    {},
    ...parts.map(({ value }) => {
      const { endCursor } = (value as Part)[pageAlias] as { endCursor: string | null };
      return endCursor === null ? {} : decodeCursor(endCursor, hash).trail?.seen;
    }),
  ) as Record<string, number>;
}

/** The errors inside rows, at the places that the rows have in the merged page; those of rows left out are left out. */
function rowErrors(parts: readonly Reading[], places: readonly Place[]): SourceError[] {
  if (parts.every(({ errors }) => errors.length === 0)) {
    return [];
  }
  const merged = new Map(places.map(({ list, row }, at) => [`${list} ${row}`, at]));
  return parts.flatMap(({ errors }, list) =>
    errors.flatMap((error) => {
      const [responseName, listName, row, ...rest] = error.path ?? [];
      if (typeof row !== 'number') {
        return [error];
      }
      const at = merged.get(`${list} ${row}`);
      return at === undefined ? [] : [{ ...error, path: [responseName!, listName!, at, ...rest] }];
    }),
  );
}
