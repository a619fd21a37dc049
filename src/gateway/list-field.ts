import type { GraphQLObjectType } from 'graphql';

import type { SelectedField } from '../core/selection.ts';
import { rowCount } from '../merge/connection.ts';
import type { Place } from '../merge/k-way.ts';
import type { Part } from '../merge/strategy.ts';
import type { Delivery } from '../model/delivery.ts';
import { rowFormOf } from '../rows/row-form.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { type Asked, bySource, gather, refuse, settle } from './gather.ts';
import { extentOf, mergeList, readList, withEarlier } from './merged-list.ts';
import type { Reading } from './reading.ts';
import type { BatchedPage } from './row-batches.ts';
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
