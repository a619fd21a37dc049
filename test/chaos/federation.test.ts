import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { WanFault } from '../../src/commands/wan/connection.ts';
import { createRandom } from '../../src/drivers/simulator/random.ts';
import { eventually } from '../contract/eventually.ts';
import { type ChaosFederation, type FederationBroker, startChaosFederation } from '../support/chaos-federation.ts';
import { knownInventory, type KnownVm } from '../support/chaos-inventory.ts';
import { federationLine } from '../support/federation-report.ts';
import { type Asked, startFederationClients } from '../support/federation-clients.ts';
import { createFederationQuestions } from '../support/federation-questions.ts';

// Links between sites that are cut, silent, half open, stalled or flapping, and brokers that die: every answer comes within
// its deadline, is complete where it can be and honest where it cannot, and all is well again soon after. The seed is
// printed; SITEWIDE_CHAOS_SEED repeats it, SITEWIDE_CHAOS=long has more sites and longer faults.

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

let federation: ChaosFederation;
let vms: readonly KnownVm[];

beforeAll(async () => {
  federation = await startChaosFederation({ ...size, shape });
  vms = await knownInventory(federation);
  await everyoneWell();
}, 180_000);

afterAll(async () => {
  await federation?.[Symbol.asyncDispose]();
});

/** What is done to a federation. */
interface Scenario {
  readonly faultMs: number;
  /** Begins it; gives what ends it. */
  begin(): Promise<() => Promise<void>>;
  /** The sites that answers given at a site may lack. */
  mayMiss(site: string): readonly string[];
}

const scenarios: Readonly<Record<string, Scenario>> = {
  'a link that is cut': link({ kind: 'reset' }),
  'a link in which everything is lost': link({ kind: 'black-hole' }),
  'a link of which the answers are lost': link({ kind: 'half-open', dead: 'down' }),
  'a link of which the questions are lost': link({ kind: 'half-open', dead: 'up' }),
  'a link that stalls': link({ kind: 'stall' }, isLong ? 30_000 : 4_000),
  'a link that comes and goes': flapping(),
  'a broker of each installation that is killed': killed(({ id }) => id.endsWith('-1')),
  'an installation that is killed': {
    ...killed(({ installation }) => installation === 's2-1'),
    mayMiss: () => ['s2'],
  },
  ...(isLong ? { 'a site that is cut off from all others': cutOff('s2') } : {}),
};

test.each(Object.entries(scenarios))(
  '%s spoils no answer',
  async (name, { faultMs, begin, mayMiss }) => {
    const question = createFederationQuestions(vms, createRandom(`${seed} ${name}`));
    await using clients = startFederationClients({ federation, vms, perSecond, timeoutMs, question });
    await delay(1_000);
    const faultAt = clients.now();
    const heal = await begin();
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
      partialWithoutReason: asked.filter((one) => missingOf(one).some((site) => !mayMiss(one.site).includes(site))),
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

function missingOf({ verdict }: Asked): readonly string[] {
  return verdict.kind === 'partial' ? verdict.missing : [];
}

/** The link between the first two sites. */
function link(fault: WanFault, faultMs = isLong ? 10_000 : 3_000): Scenario {
  return {
    faultMs,
    begin: async () => {
      federation.spoilLink('s1', 's2', fault);
      return async () => federation.spoilLink('s1', 's2', { kind: 'none' });
    },
    mayMiss: besideLink,
  };
}

function besideLink(site: string): readonly string[] {
  return site === 's1' ? ['s2'] : site === 's2' ? ['s1'] : [];
}

function flapping(): Scenario {
  const periodMs = 400;
  return {
    faultMs: isLong ? 10_000 : 3_000,
    begin: async () => {
      let isCut = false;
      const turn = (): void => {
        isCut = !isCut;
        federation.spoilLink('s1', 's2', { kind: isCut ? 'reset' : 'none' });
      };
      const timer = setInterval(turn, periodMs);
      return async () => {
        clearInterval(timer);
        federation.spoilLink('s1', 's2', { kind: 'none' });
      };
    },
    mayMiss: besideLink,
  };
}

/** Brokers that are killed, and started again at the end. */
function killed(which: (broker: FederationBroker) => boolean): Scenario {
  return {
    faultMs: isLong ? 8_000 : 3_000,
    begin: async () => {
      const victims = federation.brokers.filter(which);
      await Promise.all(victims.map((broker) => broker.kill()));
      return async () => {
        victims.forEach((broker) => broker.start());
        await Promise.all(victims.map((broker) => broker.healthy()));
      };
    },
    mayMiss: () => [],
  };
}

function cutOff(site: string): Scenario {
  const spoil = (fault: WanFault): void =>
    federation.sites.filter((one) => one !== site).forEach((one) => federation.spoilLink(site, one, fault));
  return {
    faultMs: 10_000,
    begin: async () => {
      spoil({ kind: 'black-hole' });
      return async () => spoil({ kind: 'none' });
    },
    mayMiss: (at) => (at === site ? federation.sites.filter((one) => one !== site) : [site]),
  };
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
