import { describe, expect, test } from '@jest/globals';

import { decodeCursor } from '../../../src/core/cursor.ts';
import { pageAlias } from '../../../src/core/reserved.ts';
import type { FieldQuestion } from '../../../src/gateway/field-question.ts';
import type { SourceAnswer } from '../../../src/gateway/loader.ts';
import { readAnswer, type Reading } from '../../../src/gateway/reading.ts';
import { supplyRows } from '../../../src/gateway/row-supply.ts';
import { identifyInstallation, type Source } from '../../../src/gateway/source.ts';
import { blockOfTexts } from '../../../src/rows/row-block.ts';
import type { RowBatch } from '../../../src/rows/row-batch.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';

// What is fetched where the first batches were too small. Sources are lists of keys, which may change while they are asked.

const listHash = Buffer.from('sixsix');

interface World {
  keys: readonly string[];
  revision: number;
  isAway?: boolean;
}

/** What a source says, as it is now. */
function answerOf(world: World, batch: RowBatch | null, fromEnd: boolean): SourceAnswer {
  const report = { endpoint: 'http://a', attempts: [], latencyMs: 1 };
  if (world.isAway) {
    return { status: 'UNREACHABLE', message: 'it is away', ...report };
  }
  const beyond = batch?.beyond == null ? null : decodeCursor(batch.beyond, listHash).key;
  const left = world.keys.filter((key) => beyond === null || (fromEnd ? key < beyond : key > beyond));
  const limit = batch?.limit ?? 10;
  const keys = fromEnd ? left.slice(Math.max(0, left.length - limit)) : left.slice(0, limit);
  const [first, last] = [keys[0] ?? '', keys.at(-1) ?? ''];
  const ends = {
    hasNextPage: world.keys.some((key) => key > last),
    hasPreviousPage: keys.length > 0 && world.keys.some((key) => key < first),
  };
  return {
    status: 'OK',
    ...report,
    reply: {
      value: { [pageAlias]: ends },
      errors: [],
      coverage: null,
      rows: {
        block: blockOfTexts({ length: keys.length, key: (at) => keys[at]!, text: (at) => `"${keys[at]}"` }),
        isFull: batch !== null && keys.length >= batch.limit,
        seen: keys.length === 0 ? {} : { a: world.revision },
      },
    },
  };
}

interface Supplied {
  readonly keys: readonly (readonly string[])[];
  readonly statuses: readonly string[];
  /** For each question after the first: of which source, and how many rows; null for all of the page. */
  readonly asked: readonly (readonly [number, number | null])[];
}

interface SupplyOptions {
  readonly batch: number;
  readonly fromEnd?: boolean;
  /** Happens before more is asked for. */
  readonly meanwhile?: () => void;
  /** How long the first answer of each source takes, in milliseconds; at once if it is not said. */
  readonly lateMs?: readonly number[];
  readonly clock?: ManualClock;
}

/** Asks for a page of ten rows in batches of so many, within a second. */
async function supply(
  worlds: readonly World[],
  { batch, fromEnd = false, meanwhile, lateMs = [], clock = createManualClock() }: SupplyOptions,
): Promise<Supplied> {
  const sources = worlds.map((_, at) => identifyInstallation('lyon', `a${at}`) as unknown as Source);
  const read = (at: number, wanted: RowBatch | null): Reading =>
    readAnswer(sources[at]!, answerOf(worlds[at]!, wanted, fromEnd), { rowsOf: () => null, nullable: false });
  const first = worlds.map((_, at) => read(at, { limit: batch, beyond: null }));
  meanwhile?.();
  const asked: [number, number | null][] = [];
  const endsAt = clock.now() + 1_000;
  const question = {
    clock,
    context: { deadline: { remainingMs: () => endsAt - clock.now() } },
    ask: (source: Source, { rows }: { rows: { batch: RowBatch | null } }) => {
      const at = sources.indexOf(source);
      asked.push([at, rows.batch?.limit ?? null]);
      if (clock.now() >= endsAt) {
        throw new Error('There is no time to ask anybody.');
      }
      return Promise.resolve(answerOf(worlds[at]!, rows.batch, fromEnd));
    },
  } as unknown as FieldQuestion;
  const pending = first.map(async (reading, at) => {
    if (lateMs[at]) await clock.sleep(lateMs[at], new AbortController().signal);
    return reading;
  });
  const readings = await supplyRows({ question, limit: 10, fromEnd, listHash }, pending);
  return {
    keys: readings.map(({ rows }) => Array.from({ length: rows?.block.length ?? 0 }, (_, at) => rows!.block.key(at))),
    statuses: readings.map(({ record }) => record.status),
    asked,
  };
}

/** Keys are whole bytes. */
const keysOf = (names: string): readonly string[] => names.split(' ').map((name) => name.padEnd(4, '-'));
const even = keysOf('a0 b0 c0 d0 e0 f0 g0 h0');
const odd = keysOf('a1 b1 c1 d1 e1 f1 g1 h1');

describe('more rows', () => {
  test('are asked for of the source that came to its end, as many as may be missing', async () => {
    const { keys, asked } = await supply(
      [
        { keys: even, revision: 1 },
        { keys: odd, revision: 1 },
      ],
      { batch: 4 },
    );
    expect(asked).toEqual([
      [0, 3],
      [1, 2],
    ]);
    expect(keys).toEqual([even.slice(0, 7), odd.slice(0, 6)]);
  });

  test('are not asked for if the first are enough', async () => {
    const { asked } = await supply(
      [
        { keys: even, revision: 1 },
        { keys: odd, revision: 1 },
      ],
      { batch: 6 },
    );
    expect(asked).toEqual([]);
  });

  test('come before the others if the page is the end of the list', async () => {
    const worlds = [
      { keys: keysOf('x1 x2 x3 x4 x5 x6 x7 x8 x9'), revision: 1 },
      { keys: even, revision: 1 },
    ];
    const { keys } = await supply(worlds, { batch: 3, fromEnd: true });
    expect(keys[0]).toEqual(worlds[0]!.keys);
  });

  test('of a source that has changed are all of the page, so that no page mixes two revisions', async () => {
    const world: World = { keys: even, revision: 1 };
    const meanwhile = (): void => {
      // What was the second row is the first now.
      Object.assign(world, { keys: keysOf('b0 c0 d0 z0'), revision: 2 });
    };
    const { keys, asked } = await supply([world], { batch: 2, meanwhile });
    expect(keys).toEqual([keysOf('b0 c0 d0 z0')]);
    expect(asked.at(-1)).toEqual([0, null]);
  });

  test('of a source that is gone are none, nor are those that it gave', async () => {
    const world: World = { keys: even, revision: 1 };
    const other = { keys: odd, revision: 1 };
    const { keys, statuses } = await supply([world, other], { batch: 4, meanwhile: () => (world.isAway = true) });
    expect(statuses).toEqual(['UNREACHABLE', 'OK']);
    expect(keys).toEqual([[], odd]);
  });

  test('are fetched while there is time where a source is late, so that the others do not pay for it', async () => {
    const worlds = [
      { keys: even, revision: 1 },
      { keys: odd, revision: 1, isAway: true },
    ];
    const clock = createManualClock();
    const supplying = supply(worlds, { batch: 4, lateMs: [0, 1_000], clock });
    await clock.advance(499);
    await clock.advance(501);
    const { keys, statuses, asked } = await supplying;
    expect(statuses).toEqual(['OK', 'UNREACHABLE']);
    expect(keys).toEqual([even, []]);
    expect(asked).toEqual([[0, 6]]);
  });

  test('are not fetched for a source that is slow only', async () => {
    const worlds = [
      { keys: even, revision: 1 },
      { keys: odd, revision: 1 },
    ];
    const clock = createManualClock();
    const supplying = supply(worlds, { batch: 6, lateMs: [0, 400], clock });
    await clock.advance(400);
    expect((await supplying).asked).toEqual([]);
    expect(clock.sleepers).toBe(0);
  });

  test('are not missed if the rest is gone when it is asked for', async () => {
    const world: World = { keys: even, revision: 1 };
    const meanwhile = (): void => void Object.assign(world, { keys: even.slice(0, 4) });
    const { keys } = await supply([world], { batch: 4, meanwhile });
    expect(keys).toEqual([even.slice(0, 4)]);
  });
});
