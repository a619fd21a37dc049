import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { createRandom } from '../../src/drivers/simulator/random.ts';
import { eventually } from '../contract/eventually.ts';
import { feedsOf, streamProblems } from '../support/chaos-feed.ts';
import { disturbBrokers } from '../support/chaos-operations.ts';
import { type ChaosSite, startChaosSite } from '../support/chaos-site.ts';
import { subscribe, type Subscriber } from '../support/chaos-subscribers.ts';
import { simulatorConsole } from '../support/simulator.ts';

// Streams of a whole site while brokers are killed, stopped and started again and the site is reloaded: every subscriber sees
// every change once and in the order of its installation. SITEWIDE_CHAOS=long has 50 subscribers and 10,000 changes.

const isLong = process.env['SITEWIDE_CHAOS'] === 'long';
const seed = process.env['SITEWIDE_CHAOS_SEED'] ?? String(Date.now());
const subscribers = isLong ? 50 : 10;
const changes = isLong ? 10_000 : 1_500;
const perSecond = isLong ? 60 : 100;
const vms = 40;

let site: ChaosSite;
const stop = new AbortController();

beforeAll(async () => {
  site = await startChaosSite({ installations: ['a', 'b', 'c'], brokers: 3, vms });
}, 120_000);

afterAll(async () => {
  stop.abort(new Error('The tests are over.'));
  await site?.[Symbol.asyncDispose]();
});

test('every subscriber sees every change once and in order, whatever happens to brokers', async () => {
  const random = createRandom(seed);
  const all = Array.from({ length: subscribers }, () => subscribe(shuffled(site.endpoints, random), stop));
  all.forEach(({ done }) => void done.catch(() => undefined));
  await untilAllSee(all);
  const end = new AbortController();
  const disturbing = disturbBrokers(site, {
    random: (installation) => createRandom(`${seed} ${installation}`),
    signal: end.signal,
  });
  const reloading = reload(end.signal);
  await change(changes);
  end.abort();
  const disturbed = await disturbing;
  const reloads = await reloading;
  const truth = await untilSettled(all);
  const lost = all.reduce((sum, subscriber) => sum + subscriber.lost, 0);
  process.stderr.write(`streams under disturbance: ${JSON.stringify({ seed, ...disturbed, reloads, lost })}\n`);
  for (const subscriber of all) {
    expect(streamProblems(subscriber, truth)).toEqual([]);
  }
}, 400_000);

test('a token goes on behind a restart of the whole site, without a gap', async () => {
  const before = new AbortController();
  const first = subscribe(site.endpoints, { signal: before.signal });
  await untilAllSee([first]);
  before.abort(new Error('enough'));
  await first.done;
  const places = new Map([...first.seen].map(([source, events]) => [source, events.at(-1)!]));
  await Promise.all(site.brokers.map((broker) => broker.kill()));
  await change(30);
  site.brokers.forEach((broker) => broker.start());
  await Promise.all(site.brokers.map((broker) => broker.healthy()));
  const second = subscribe(site.endpoints, { after: first.token, signal: stop.signal });
  second.done.catch(() => undefined);
  await change(30);
  await eventually(async () => {
    for (const [source, events] of await feedsOf(site.databases)) {
      const rest = events.slice(events.indexOf(places.get(source)!) + 1);
      expect(second.seen.get(source)).toEqual(rest);
    }
  }, 30_000);
  expect(second.remarks.filter((remark) => remark.startsWith('GAP'))).toEqual([]);
}, 120_000);

/** Until each sees what happens in each installation. */
async function untilAllSee(all: readonly Subscriber[]): Promise<void> {
  await eventually(async () => {
    await change(3);
    for (const { seen } of all) expect(seen.size).toBe(3);
  }, 40_000);
  await untilSettled(all);
}

/** Until each has seen the last change of each installation; gives all changes. */
async function untilSettled(all: readonly Subscriber[]): Promise<ReadonlyMap<string, readonly string[]>> {
  return eventually(async () => {
    // Read anew each time: what a manager was asked may reach the feed only when somebody watches it again.
    await delay(250);
    const truth = await feedsOf(site.databases);
    for (const { seen } of all) {
      for (const [source, events] of truth) expect(seen.get(source)?.at(-1)).toBe(events.at(-1));
    }
    return truth;
  }, 60_000);
}

let changed = 0;

/** Changes machines of all installations in turn at a steady rate. */
async function change(count: number): Promise<void> {
  const consoles = [...site.simulators.values()].map(simulatorConsole);
  const pending: Promise<unknown>[] = [];
  for (let at = 0; at < count; at += 1) {
    changed += 1;
    const number = changed;
    const manager = consoles[number % consoles.length]!;
    const edit = (): Promise<unknown> => manager.edit(`vm-${1_000 + (number % vms)}`, { memoryMiB: 1_000 + number });
    // A connection that the manager closes in the very moment in which it is used again says nothing about streams.
    pending.push(edit().catch(edit));
    await delay(1_000 / perSecond);
  }
  await Promise.all(pending);
}

/** Changes the site's file again and again until the signal; gives how often. */
async function reload(signal: AbortSignal): Promise<number> {
  let times = 0;
  while (!signal.aborted) {
    await delay(2_000, undefined, { signal }).catch(() => undefined);
    times += 1;
    await site.rename(`Chaos ${times}`);
  }
  return times;
}

function shuffled<T>(list: readonly T[], random: ReturnType<typeof createRandom>): readonly T[] {
  return list
    .map((value) => ({ value, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
