import { expect, test } from '@jest/globals';

import { SitewideError } from '../../../src/core/errors.ts';
import type { Place } from '../../../src/core/revision-vector.ts';
import { createFeedLog, type WritableFeedLog } from '../../../src/inventory/create-feed-log.ts';
import type { LogBatch } from '../../../src/inventory/feed-log.ts';
import type { Append } from '../../../src/store/feed.ts';
import { vm } from '../../support/builders.ts';
import { createManualClock, settle } from '../../support/manual-clock.ts';

const appendOf = (revision: number): Append => {
  const after = vm({ name: `vm-${revision}` });
  return { revision, changes: [{ kind: 'VirtualMachine', localId: after.name, before: null, after }] };
};

const at = (revision: number, feed = 'life'): Place => ({ feed, revision, part: 0 });

/** A log that knows this many appends, of which it has the last four in memory. */
function start(known: number) {
  const clock = createManualClock();
  const stored = Array.from({ length: known }, (_, index) => appendOf(index + 1));
  const asked: number[] = [];
  const store = { isAway: false };
  const log = createFeedLog({
    clock,
    capacity: 4,
    onWanted: () => undefined,
    async read({ revision }) {
      await Promise.resolve();
      asked.push(revision);
      if (store.isAway) throw new SitewideError('STORE_UNAVAILABLE', { problem: 'away' });
      return stored.slice(revision, revision + 10);
    },
  });
  const looked = log.looking();
  log.jumped('life', 0);
  stored.forEach((append) => log.took('life', append));
  looked();
  return { log, clock, asked, store };
}

function read(log: WritableFeedLog, after: Place | null) {
  const stop = new AbortController();
  const seen: (number | string)[] = [];
  const tell = (batch: LogBatch): void => {
    if (batch.kind === 'gap') seen.push(`gap ${batch.place.revision}`);
    else seen.push(...batch.appends.map(({ revision }) => revision));
  };
  const ended = (async () => {
    for await (const batch of log.follow(after, stop.signal)) tell(batch);
    return 'ended';
  })();
  ended.catch(() => undefined);
  return { seen, ended, stop: () => stop.abort(new Error('enough')) };
}

test('a reader ends with its signal, and with the feed, as one who has read everything', async () => {
  const { log } = start(5);
  const [one, two] = [read(log, null), read(log, at(3))];
  await settle();
  one.stop();
  expect(await one.ended).toBe('ended');
  log[Symbol.dispose]();
  expect(await two.ended).toBe('ended');
  expect([one.seen, two.seen]).toEqual([[], [4, 5]]);
});

test('what is ahead of this broker is waited for as long as the database has not said that it is lost', async () => {
  const { log, clock } = start(5);
  const before = log.looking();
  const { seen } = read(log, at(6));
  await clock.advance(10_000);
  // This look may have read the head before the reader's place was made.
  before();
  await clock.advance(10_000);
  expect(seen).toEqual([]);
  log.took('life', appendOf(6));
  log.took('life', appendOf(7));
  await settle();
  expect(seen).toEqual([7]);
});

test('a place that a later look at the database does not find is lost', async () => {
  const { log } = start(5);
  const [ahead, elsewhere] = [read(log, at(6)), read(log, at(2, 'another life'))];
  await settle();
  log.looking()();
  await settle();
  expect([ahead.seen, elsewhere.seen]).toEqual([['gap 5'], ['gap 5']]);
});

test('whoever needs old changes waits 30 s for a database that is away, and is refused then', async () => {
  const { log, clock, store } = start(20);
  store.isAway = true;
  const lucky = read(log, at(0));
  await clock.advance(20_000);
  const unlucky = read(log, at(0));
  store.isAway = false;
  await clock.advance(1_000);
  expect(lucky.seen).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(unlucky.seen).toEqual(lucky.seen);
  store.isAway = true;
  const { seen, ended } = read(log, at(1));
  unlucky.stop();
  lucky.stop();
  await clock.advance(31_000);
  expect(seen).toEqual([]);
  await expect(ended).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
});

test('whoever keeps up never asks the database', async () => {
  const { log, clock, store, asked } = start(20);
  store.isAway = true;
  const { seen } = read(log, null);
  await clock.advance(60_000);
  log.took('life', appendOf(21));
  await clock.advance(60_000);
  log.took('life', appendOf(22));
  await settle();
  expect(seen).toEqual([21, 22]);
  expect(asked).toEqual([]);
});

test('a thousand readers who come back at once ask the database once for each piece', async () => {
  const { log, asked } = start(30);
  const readers = Array.from({ length: 1_000 }, (_, index) => read(log, at(index % 5)));
  for (let turn = 0; turn < 10; turn += 1) await settle();
  for (const [index, { seen }] of readers.entries()) {
    expect(seen).toEqual(Array.from({ length: 30 - (index % 5) }, (_, more) => (index % 5) + more + 1));
  }
  expect(asked.length).toBeLessThan(10);
});

test('while another life of the feed is read, nothing of it is told', async () => {
  const { log } = start(5);
  const { seen } = read(log, null);
  await settle();
  const looked = log.looking();
  log.jumped('new life', 0);
  log.took('new life', appendOf(1));
  await settle();
  expect([seen, log.place()]).toEqual([[], null]);
  log.took('new life', appendOf(2));
  looked();
  log.looking()();
  await settle();
  expect(seen).toEqual(['gap 2']);
  expect(await log.reach(at(2, 'new life'), AbortSignal.timeout(1_000))).toBe(true);
});
