import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { SitewideError } from '../../src/core/errors.ts';
import { isLater, type Place } from '../../src/core/revision-vector.ts';
import { createFeedLog, type WritableFeedLog } from '../../src/inventory/create-feed-log.ts';
import type { FeedLog, LogBatch } from '../../src/inventory/feed-log.ts';
import type { Append } from '../../src/store/feed.ts';
import { vm } from '../support/builders.ts';
import { createManualClock, settle, type ManualClock } from '../support/manual-clock.ts';

// Readers that join, leave, lag and go on elsewhere, at brokers that fall behind, over a database that comes and goes and
// drops what is old: each sees every change once and in order, and a gap only where something is truly lost.

/** What the database holds, as far as a log asks. */
interface Store {
  feed: string;
  readonly appends: Append[];
  keptAfter: number;
  isAway: boolean;
}

interface Broker {
  readonly log: WritableFeedLog;
  /** Looks at the head and takes what is new. */
  look(): void;
  /** Takes a stored snapshot instead. */
  jump(): void;
}

function newBroker(store: Store, clock: ManualClock, capacity: number): Broker {
  let [feed, revision] = ['', 0];
  const read = async ({ feed: wanted, revision: after }: Place): Promise<readonly Append[]> => {
    await Promise.resolve();
    if (store.isAway) throw new SitewideError('STORE_UNAVAILABLE', { problem: 'away' });
    return wanted === store.feed && after >= store.keptAfter ? store.appends.slice(after, after + 3) : [];
  };
  const jump = (): void => {
    if (store.isAway) return;
    const looked = log.looking();
    [feed, revision] = [store.feed, store.appends.length];
    log.jumped(feed, revision);
    looked();
  };
  const look = (): void => {
    if (store.isAway) return;
    const looked = log.looking();
    if (feed !== store.feed || revision < store.keptAfter) {
      [feed, revision] = [store.feed, store.keptAfter];
      log.jumped(feed, revision);
    }
    for (const append of store.appends.slice(revision)) {
      revision = append.revision;
      log.took(feed, append);
    }
    looked();
  };
  const log = createFeedLog({ clock, read, capacity, onWanted: () => queueMicrotask(look) });
  return { log, look, jump };
}

/** A client: it reads as much as it is let, here or there, and checks everything it is told. */
function newReader(store: Store, mayLose: () => boolean) {
  let place: Place | null = null;
  let allowed = 0;
  let more = Promise.withResolvers<void>();
  let reading = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  const check = (batch: LogBatch): void => {
    if (batch.kind === 'gap') {
      expect(mayLose()).toBe(true);
      // Nothing is told again after a gap.
      if (place !== null) expect(isLater(place, batch.place)).toBe(false);
      place = batch.place;
      return;
    }
    const [first] = batch.appends;
    if (place !== null) {
      const { feed, revision, part } = place;
      expect([batch.feed, first!.revision, batch.skip]).toEqual([feed, revision + 1, part]);
    }
    batch.appends.forEach(({ revision }, at) => expect(revision).toBe(first!.revision + at));
    place = { feed: batch.feed, revision: batch.appends.at(-1)!.revision, part: 0 };
    if (batch.feed === store.feed) {
      expect(batch.appends).toEqual(store.appends.slice(first!.revision - 1, place.revision));
    }
  };
  const read = async (log: FeedLog, signal: AbortSignal): Promise<void> => {
    for await (const batch of log.follow(place, signal)) {
      while (allowed === 0 && !signal.aborted) await more.promise;
      if (signal.aborted) return;
      allowed -= 1;
      check(batch);
    }
  };
  const allow = (batches: number): void => {
    allowed += batches;
    more.resolve();
    more = Promise.withResolvers();
  };
  const leave = async (): Promise<void> => {
    reading.abort(new Error('The reader leaves.'));
    allow(0);
    await ended;
  };
  return {
    place: () => place,
    allow,
    leave,
    /** Reads at this broker from now on. */
    async moveTo({ log }: Broker): Promise<void> {
      await leave();
      // A reader without a token begins where its broker is, and has that as its token.
      place ??= log.place();
      reading = new AbortController();
      ended = read(log, reading.signal);
    },
    /** Stands in the middle of the append that comes next, as a token of a single event does. */
    async halve(): Promise<void> {
      await leave();
      const next = store.appends[place?.revision ?? Infinity];
      if (place !== null && next !== undefined && place.part === 0) place = { ...place, part: next.changes.length - 1 };
    },
  };
}

type Step =
  | { readonly kind: 'append'; readonly changes: number }
  | { readonly kind: 'look' | 'jump'; readonly broker: number }
  | { readonly kind: 'move'; readonly reader: number; readonly broker: number }
  | { readonly kind: 'allow'; readonly reader: number; readonly batches: number }
  | { readonly kind: 'halve'; readonly reader: number }
  | { readonly kind: 'away' | 'back' | 'drop' | 'life' };

const [brokerAt, readerAt] = [fc.nat({ max: 1 }), fc.nat({ max: 3 })];
const calm: fc.Arbitrary<Step>[] = [
  fc.record({ kind: fc.constant('append'), changes: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('append'), changes: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constantFrom('look', 'jump'), broker: brokerAt }),
  fc.record({ kind: fc.constant('move'), reader: readerAt, broker: brokerAt }),
  fc.record({ kind: fc.constant('allow'), reader: readerAt, batches: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('halve'), reader: readerAt }),
  fc.record({ kind: fc.constantFrom('away', 'back') }),
];
const lossy: fc.Arbitrary<Step>[] = [...calm, fc.record({ kind: fc.constantFrom('drop', 'life') })];

/** Left to itself, the library makes some ten of them. */
const long = { maxLength: 60, size: 'max' } as const;

async function play(steps: readonly Step[]): Promise<void> {
  const clock = createManualClock();
  const store: Store = { feed: 'life-0', appends: [], keptAfter: 0, isAway: false };
  const brokers = [newBroker(store, clock, 4), newBroker(store, clock, 1_000)];
  let hasLost = false;
  const readers = Array.from({ length: 4 }, () => newReader(store, () => hasLost));
  brokers.forEach(({ look }) => look());
  for (const [at, reader] of readers.entries()) await reader.moveTo(brokers[at % 2]!);
  const append = (changes: number): void => {
    const revision = store.appends.length + 1;
    const made = Array.from({ length: changes }, (_, part) => vm({ name: `${store.feed} ${revision}-${part}` }));
    const changed = made.map(
      (after) => ({ kind: 'VirtualMachine', localId: after.name, before: null, after }) as const,
    );
    store.appends.push({ revision, changes: changed });
  };
  const lose = (): void => {
    hasLost = true;
  };
  const take: { readonly [Kind in Step['kind']]: (step: Extract<Step, { kind: Kind }>) => unknown } = {
    append: ({ changes }) => (store.isAway ? undefined : append(changes)),
    look: ({ broker }) => brokers[broker]!.look(),
    jump: ({ broker }) => brokers[broker]!.jump(),
    move: ({ reader, broker }) => readers[reader]!.moveTo(brokers[broker]!),
    allow: ({ reader, batches }) => readers[reader]!.allow(batches),
    halve: ({ reader }) => readers[reader]!.halve(),
    away: () => (store.isAway = true),
    back: () => (store.isAway = false),
    drop() {
      lose();
      store.keptAfter = store.appends.length;
    },
    life() {
      lose();
      Object.assign(store, { feed: `${store.feed}+`, keptAfter: 0 }).appends.length = 0;
    },
  };
  for (const step of steps) {
    await (take[step.kind] as (given: Step) => unknown)(step);
    await settle();
  }
  store.isAway = false;
  append(1);
  for (const [at, reader] of readers.entries()) {
    reader.allow(10_000);
    await reader.moveTo(brokers[at % 2]!);
  }
  brokers.forEach(({ look }) => look());
  await clock.advance(1_000);
  append(2);
  brokers.forEach(({ look }) => look());
  await clock.advance(1_000);
  for (const reader of readers) {
    expect(reader.place()).toEqual({ feed: store.feed, revision: store.appends.length, part: 0 });
    await reader.leave();
  }
}

test('every reader sees every change once and in order, without a gap as long as nothing is dropped', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...calm), long), (steps) => play(steps)),
    { numRuns: 200 },
  );
});

test('where changes are dropped or the feed begins anew, readers are told of a gap and nothing is told twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...lossy), long), (steps) => play(steps)),
    { numRuns: 200 },
  );
});
