import type { GraphQLObjectType } from 'graphql';

import type { SelectedField } from '../core/selection.ts';
import { rowCount } from '../merge/connection.ts';
import type { Place } from '../merge/k-way.ts';
import type { Part } from '../merge/strategy.ts';
import type { Delivery } from '../model/delivery.ts';
import { rowFormOf } from '../rows/row-form.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { askAll, refuse, settle } from './gather.ts';
import { settleInstallations } from './known-installations.ts';
import { extentOf, mergeList, readList, withEarlier } from './merged-list.ts';
import type { Reading } from './reading.ts';
import { supplyRows } from './row-supply.ts';
import { judgeCoverage } from './verdict.ts';

// A list, of which every source has some rows: a page of them, merged.

/** A list: its rows are bytes from the sources to the client if they can be, and values otherwise. */
export async function answerList(
  question: FieldQuestion,
  type: GraphQLObjectType,
  field: SelectedField,
): Promise<FieldAnswer> {
  const { splicer, scope, batches } = question;
  const list = readList({ ...question, field: field.name });
  const form = splicer === null ? 'values_needed' : rowFormOf(scope, type, field);
  const bytesOut = splicer === null || typeof form === 'string' ? null : { splicer, ...form };
  const page = { hash: list.hash, ...extentOf(list) };
  let isBatched = false;
  const { pending, skipped } = askAll(question, {
    rowsOf: (value) => rowCount(value as Part),
    ...(bytesOut && {
      rowsFor: (sources) => {
        const batchFor = batches.plan(page, sources);
        return (source) => {
          const batch = list.first != null && list.last != null ? null : batchFor(source);
          isBatched ||= batch !== null;
          return { batch };
        };
      },
    }),
  });
  const readings = isBatched
    ? await supplyRows({ question, ...page, listHash: page.hash }, pending)
    : settleInstallations(question, await Promise.all(pending));
  const gathered = settle({ readings, skipped });
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

/** How many rows of a page are of each source. */
function contributions(parts: readonly Reading[], places: readonly Place[]): Map<string, number> {
  const counts = new Map(parts.map(({ source }) => [source.id, 0]));
  for (const { list } of places) {
    const { id } = parts[list]!.source;
    counts.set(id, counts.get(id)! + 1);
  }
  return counts;
}
