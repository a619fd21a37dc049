import { encodeCursor } from '../core/cursor.ts';
import { pageAlias } from '../core/reserved.ts';
import type { ReplyRows } from '../merge/combine.ts';
import { type PagePart, pageOf, placeRows, rowCount } from '../merge/connection.ts';
import type { Part } from '../merge/strategy.ts';
import { answered } from '../model/coverage.ts';
import { joinBlocks } from '../rows/row-block.ts';
import type { RowBatch } from '../rows/row-batch.ts';
import type { FieldQuestion } from './field-question.ts';
import { bySource } from './gather.ts';
import { settleInstallations } from './known-installations.ts';
import { readAnswer, type Reading } from './reading.ts';

// Fetches what is missing of a page whose sources were asked for a batch each: as long as nobody can say which row is next,
// the source that came to its end is asked for the rest that it may have. One that has changed in the meantime is asked anew for all of it,
// and one that does not answer any more has no row on the page. A source that is late must not cost the others their rows: what
// would be missing of them without it is fetched while there is still time.

interface Supply {
  readonly question: FieldQuestion;
  readonly limit: number;
  readonly fromEnd: boolean;
  readonly listHash: Buffer;
}

/**
 * The parts of a page, with as many rows as it takes, in the order in which they are merged; those that failed on the way are
 * among them, without an answer.
 * @param pending What the sources say to the first batches.
 */
export async function supplyRows(supply: Supply, pending: readonly Promise<Reading>[]): Promise<readonly Reading[]> {
  const { question } = supply;
  const arrived: Reading[] = [];
  const all = Promise.all(pending.map(async (reading) => void arrived.push(await reading)));
  if (await isLate(all, question)) {
    await refill(supply, arrived);
    await all;
  }
  // In the order in which their rows are merged.
  const readings = settleInstallations(question, arrived).toSorted(bySource);
  if (readings.every(({ refusal }) => refusal === null)) {
    await refill(supply, readings);
  }
  return readings;
}

/** True as soon as half of the time is over and somebody has not answered; false once everybody has. */
async function isLate(all: Promise<unknown>, { clock, context }: FieldQuestion): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const callOff = clock.after(context.deadline.remainingMs() / 2, () => resolve(true));
  try {
    return await Promise.race([promise, all.then(() => false)]);
  } finally {
    callOff();
  }
}

/** Puts longer readings in the place of those that are too short. Others may be added meanwhile. */
async function refill(supply: Supply, readings: Reading[]): Promise<void> {
  for (;;) {
    const well = readings.filter(({ record }) => answered(record)).sort(bySource);
    const { places, starved } = placeRows(well.map(partOf), supply);
    if (starved === null) {
      return;
    }
    const hungry = well[starved]!;
    const fed = await supplyOne(supply, hungry, supply.limit - places.length);
    readings[readings.indexOf(hungry)] = fed;
  }
}

/** A reading as a part of a page. */
export function partOf({ source, value, rows }: Reading): PagePart {
  return { source: source.id, value: value as Part, rows: rows ?? null };
}

async function supplyOne(supply: Supply, before: Reading, missing: number): Promise<Reading> {
  const { fromEnd, listHash } = supply;
  const { block, seen } = before.rows!;
  const last = fromEnd ? 0 : block.length - 1;
  const beyond = block.length === 0 ? null : encodeCursor(block.key(last), listHash);
  const more = beyond === null ? null : await askAgain(supply, before, { limit: missing, beyond });
  if (more !== null && !answered(more.record)) {
    return more;
  }
  const isSame = more?.rows && (more.rows.block.length === 0 || areSame(more.rows.seen, seen));
  return isSame ? joined(before, more, fromEnd) : askAgain(supply, before, null);
}

async function askAgain(
  { question }: Supply,
  { source }: Pick<Reading, 'source'>,
  batch: RowBatch | null,
): Promise<Reading> {
  const { subquery, variables } = question;
  const answer = await question.ask(source, { subquery, variables, rows: { batch } });
  return readAnswer(source, answer, { rowsOf: (value) => rowCount(value as Part), nullable: false });
}

function areSame(one: ReplyRows['seen'], other: ReplyRows['seen']): boolean {
  const sources = Object.keys(one);
  return sources.length === Object.keys(other).length && sources.every((source) => one[source] === other[source]);
}

/** The first reading with the rows of the second behind its own, or before them. */
function joined(first: Reading, second: Reading, fromEnd: boolean): Reading {
  const [one, other] = [first.rows!, second.rows!];
  const [near, far] = [pageOf(first.value as Part), pageOf(second.value as Part)];
  const block = fromEnd ? joinBlocks(other.block, one.block) : joinBlocks(one.block, other.block);
  const ends = fromEnd
    ? { hasNextPage: near.hasNextPage, hasPreviousPage: far.hasPreviousPage }
    : { hasNextPage: far.hasNextPage, hasPreviousPage: near.hasPreviousPage };
  return {
    ...first,
    record: { ...first.record, rows: block.length },
    value: { ...(first.value as Part), [pageAlias]: ends },
    rows: { ...one, block, isFull: other.isFull },
  };
}
