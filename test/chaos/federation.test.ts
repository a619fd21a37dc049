import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { createRandom, type Random } from '../../src/drivers/simulator/random.ts';
import { eventually } from '../contract/eventually.ts';
import { type ChaosFederation, startChaosFederation } from '../support/chaos-federation.ts';
import { knownInventory, type KnownVm } from '../support/chaos-inventory.ts';
import { feedsOf, streamProblems } from '../support/chaos-feed.ts';
import { subscribe, type Subscriber } from '../support/chaos-subscribers.ts';
import { type Asked, startFederationClients } from '../support/federation-clients.ts';
import { createFederationQuestions } from '../support/federation-questions.ts';
import { federationLine } from '../support/federation-report.ts';
import { createScenarios } from '../support/federation-scenarios.ts';
import { simulatorConsole } from '../support/simulator.ts';

// Links between sites that are cut, silent, half open, stalled or flapping, and brokers that die: every answer comes within
// its deadline, is complete where it can be and honest where it cannot, and all is well again soon after; no subscriber
// loses or repeats anything. The seed is printed; SITEWIDE_CHAOS_SEED repeats it, SITEWIDE_CHAOS=long has more sites and
// longer faults.

const isLong = process.env['SITEWIDE_CHAOS'] === 'long';
const seed = process.env['SITEWIDE_CHAOS_SEED'] ?? String(Date.now());
const size = isLong
  ? { sites: 3, installations: 3, brokers: 2, vms: 40 }
  : { sites: 2, installations: 2, brokers: 2, vms: 40 };
const shape = { rttMs: 40, jitterMs: 5, megabitsPerSecond: 100 };
/** At each site. */
const perSecond = isLong ? 8 : 5;
const timeoutMs = 5_000;
/** By when all must be well after the end of a fault. */
const recoveredMs = 5_000;

/** At each site. */
const subscribersEach = isLong ? 8 : 3;
/** How many changes there are in a second, at all installations together. */
const changesPerSecond = 10;

let federation: ChaosFederation;
let vms: readonly KnownVm[];
let subscribers: readonly Subscriber[] = [];
const stop = new AbortController();

beforeAll(async () => {
  federation = await startChaosFederation({ ...size, shape });
  vms = await knownInventory(federation);
  await everyoneWell();
  subscribers = federation.sites.flatMap((site) => {
    const endpoints = federation.endpointsOf(site);
    const random = createRandom(`${seed} ${site}`);
    return Array.from({ length: subscribersEach }, () => subscribe(shuffled(endpoints, random), stop));
  });
  subscribers.forEach(({ done }) => void done.catch(() => undefined));
  void changeAlways();
  await eventually(() => {
    for (const { seen } of subscribers) expect(seen.size).toBe(federation.installations.length);
  }, 40_000);
}, 240_000);

afterAll(async () => {
  stop.abort(new Error('The tests are over.'));
  await federation?.[Symbol.asyncDispose]();
});

test.each(Object.entries(createScenarios(isLong)))(
  '%s spoils no answer',
  async (name, { faultMs, begin, mayMiss }) => {
    const question = createFederationQuestions(vms, createRandom(`${seed} ${name}`));
    await using clients = startFederationClients({ federation, vms, perSecond, timeoutMs, question });
    await delay(1_000);
    const faultAt = clients.now();
    const heal = await begin(federation);
    await delay(faultMs);
    await heal();
    const healedAt = clients.now();
    await delay(recoveredMs + 1_000);
    await clients.stop();
    const { asked } = clients;
    process.stderr.write(federationLine({ name, seed, asked, faultAt, healedAt }));
    const logs = federation.brokers.map((broker) => broker.log()).join('');
    const found = {
      wrong: asked.filter(({ verdict }) => verdict.kind === 'wrong').slice(0, 5),
      late: asked.filter(({ tookMs }) => tookMs >= timeoutMs),
      partialWithoutReason: asked.filter((one) =>
        missingOf(one).some((site) => !mayMiss(federation, one.site).includes(site)),
      ),
      partialBefore: asked.filter((one) => one.atMs + one.tookMs < faultAt && missingOf(one).length > 0),
      partialAfter: asked.filter((one) => one.atMs > healedAt + recoveredMs && missingOf(one).length > 0),
      logs,
    };
    expect(found).toEqual({
      wrong: [],
      late: [],
      partialWithoutReason: [],
      partialBefore: [],
      partialAfter: [],
      logs: '',
    });
  },
  120_000,
);

test('no subscriber has lost or repeated anything', async () => {
  endOfChanges.abort();
  const truth = await eventually(async () => {
    // Read anew each time: what a manager was told may reach the feed only when somebody watches it again.
    await delay(250);
    const feeds = await feedsOf(federation.databases);
    for (const { seen } of subscribers) {
      for (const [source, events] of feeds) expect(seen.get(source)?.at(-1)).toBe(events.at(-1));
    }
    return feeds;
  }, 30_000);
  const events = [...truth.values()].reduce((sum, one) => sum + one.length, 0);
  const reconnects = subscribers.reduce((sum, { lost }) => sum + lost, 0);
  process.stderr.write(
    `${subscribers.length} subscribers, ${events} changes, ${reconnects} reconnects of subscribers\n`,
  );
  for (const subscriber of subscribers) {
    expect(streamProblems(subscriber, truth)).toEqual([]);
  }
}, 60_000);

function missingOf({ verdict }: Asked): readonly string[] {
  return verdict.kind === 'partial' ? verdict.missing : [];
}

/** Resolves once every broker gives complete answers, several in a row: freshly started ones run slow code. */
async function everyoneWell(): Promise<void> {
  const question = createFederationQuestions(vms, createRandom('warm-up'));
  await eventually(async () => {
    const clients = startFederationClients({ federation, vms, perSecond, timeoutMs, question });
    await delay(2_000);
    await clients.stop();
    expect(clients.asked.filter(({ verdict }) => verdict.kind !== 'complete')).toEqual([]);
  }, 30_000);
}

const endOfChanges = new AbortController();

/** Changes machines of all installations in turn, and nothing of them that a question of this test reads. */
async function changeAlways(): Promise<void> {
  const consoles = [...federation.simulators.values()].map(simulatorConsole);
  for (let at = 0; !endOfChanges.signal.aborted && !stop.signal.aborted; at += 1) {
    const manager = consoles[at % consoles.length]!;
    const labels = { changed: String(at) };
    const edit = (): Promise<unknown> => manager.edit(`vm-${1_000 + (at % size.vms)}`, { labels });
    // A connection that the manager closes in the very moment in which it is used again says nothing about streams.
    await edit().catch(edit);
    await delay(1_000 / changesPerSecond);
  }
}

function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  return list
    .map((value) => ({ value, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
