import { setTimeout as delay } from 'node:timers/promises';

import { expect, test } from '@jest/globals';

import type { Place } from '../../src/core/revision-vector.ts';
import { createRandom, type Random } from '../../src/drivers/simulator/random.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import type { FeedChange } from '../../src/model/resource.ts';
import { eventually } from '../contract/eventually.ts';
import { joinFeed, untilCurrent, type FeedMember } from '../support/feed-member.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { simulatorConsole } from '../support/simulator.ts';

// Readers that hop between the brokers of an installation, while the brokers are replaced and the database is killed: each
// is told of every change once and in the same order. The seed is printed; SITEWIDE_CHAOS_SEED repeats it.

const isLong = process.env['SITEWIDE_CHAOS'] === 'long';
const seed = process.env['SITEWIDE_CHAOS_SEED'] ?? String(Date.now());
const [rounds, changes] = isLong ? [20, 5_000] : [2, 400];
const readers = 30;
const longestStayMs = 1_500;

interface Reader {
  readonly told: string[];
  readonly ended: Promise<void>;
  place(): Place;
}

function startReader(members: readonly FeedMember[], random: Random, over: AbortSignal): Reader {
  let place = members[0]!.feed.log!.place()!;
  const told: string[] = [];
  const stay = async (member: FeedMember): Promise<void> => {
    const limit = AbortSignal.any([over, AbortSignal.timeout(random.between(50, longestStayMs))]);
    for await (const batch of member.feed.log!.follow(place, limit)) {
      if (batch.kind === 'gap') {
        told.push(`gap after ${place.revision}`);
        ({ place } = batch);
        continue;
      }
      told.push(...batch.appends.flatMap((append) => append.changes.map(nameOf)));
      place = { feed: batch.feed, revision: batch.appends.at(-1)!.revision, part: 0 };
      if (random.chance(0.1)) return;
    }
  };
  const read = async (): Promise<void> => {
    while (!over.aborted) {
      await stay(random.pick(members));
      // A broker that was replaced ends its readers at once.
      await delay(1);
    }
  };
  return { told, ended: read(), place: () => place };
}

async function disturb(members: FeedMember[], join: (owner: string) => FeedMember, postgres: TestPostgres) {
  const { server } = postgres;
  for (let round = 0; round < rounds; round += 1) {
    await delay(1_000);
    process.kill(server.pid!, 'SIGKILL');
    await server.ended();
    await delay((round % 4) * 500);
    await server.start(AbortSignal.timeout(30_000));
    await delay(1_000);
    const at = round % members.length;
    await members[at]![Symbol.asyncDispose]();
    members[at] = join(`${at} again ${round}`);
  }
}

test('readers miss nothing and hear nothing twice, whichever broker they are at and whatever becomes of the database', async () => {
  process.stderr.write(`seed ${seed}\n`);
  await using everything = new AsyncDisposableStack();
  const postgres = everything.use(await startPostgres());
  const [url, simulator] = [
    await postgres.newDatabase(),
    everything.use(await startSimulator({ installation: 'a', vms: 20, usageIntervalMs: 0 })),
  ];
  const join = (owner: string): FeedMember => everything.use(joinFeed(url, simulator.url, owner));
  const members = ['0', '1', '2'].map(join);
  await untilCurrent(simulator, ...members);
  const over = new AbortController();
  const reading = Array.from({ length: readers }, (_, at) =>
    startReader(members, createRandom(`${seed} ${at}`), over.signal),
  );
  const disturbing = disturb(members, join, postgres);
  const names: string[] = [];
  for (let at = 0; at < changes; at += 1) {
    names.push((await simulatorConsole(simulator.url).add({ name: `new-${at}` })).name);
    await delay(8);
  }
  await disturbing;
  await eventually(() => untilCurrent(simulator, ...members), 30_000);
  const end = members[0]!.feed.log!.place();
  for (const reader of reading) await eventually(() => expect(reader.place()).toEqual(end));
  over.abort(new Error('The test is over.'));
  await Promise.all(reading.map(({ ended }) => ended));
  const [{ told: wanted }] = reading as [Reader];
  expect([...wanted].sort()).toEqual(names.sort());
  for (const { told } of reading) expect(told).toEqual(wanted);
}, 300_000);

function nameOf({ after, localId }: FeedChange): string {
  return after !== null && 'name' in after ? after.name : localId;
}
