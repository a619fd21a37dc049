import type { WanFault } from '../../src/commands/wan/connection.ts';
import type { ChaosFederation, FederationBroker } from './chaos-federation.ts';

// What is done to a federation while it is asked, and of which sites answers may lack something meanwhile.

/** A disturbance. */
interface Scenario {
  readonly faultMs: number;
  /** Begins it; gives what ends it. */
  begin(federation: ChaosFederation): Promise<() => Promise<void>>;
  /** The sites that answers given at a site may lack. */
  mayMiss(federation: ChaosFederation, site: string): readonly string[];
}

/** All disturbances, by what they are. The first two sites are `s1` and `s2`. */
export function createScenarios(isLong: boolean): Readonly<Record<string, Scenario>> {
  const faultMs = isLong ? 10_000 : 3_000;
  const link = (fault: WanFault, forMs = faultMs): Scenario => spoiled(forMs, fault);
  return {
    'a link that is cut': link({ kind: 'reset' }),
    'a link in which everything is lost': link({ kind: 'black-hole' }),
    'a link of which the answers are lost': link({ kind: 'half-open', dead: 'down' }),
    'a link of which the questions are lost': link({ kind: 'half-open', dead: 'up' }),
    'a link that stalls': link({ kind: 'stall' }, isLong ? 30_000 : 4_000),
    'a link that comes and goes': flapping(faultMs),
    'a broker of each installation that is killed': {
      ...killed(faultMs, ({ id }) => id.endsWith('-1')),
      mayMiss: () => [],
    },
    'an installation that is killed': {
      ...killed(faultMs, ({ installation }) => installation === 's2-1'),
      mayMiss: () => ['s2'],
    },
    ...(isLong ? { 'a site that is cut off from all others': cutOff(faultMs, 's2') } : {}),
  };
}

/** The link between the first two sites. */
function spoiled(faultMs: number, fault: WanFault): Scenario {
  return {
    faultMs,
    begin: async (federation) => {
      federation.spoilLink('s1', 's2', fault);
      return async () => federation.spoilLink('s1', 's2', { kind: 'none' });
    },
    mayMiss: (_, site) => besideLink(site),
  };
}

function besideLink(site: string): readonly string[] {
  return site === 's1' ? ['s2'] : site === 's2' ? ['s1'] : [];
}

/** How long a link that comes and goes stays as it is, in milliseconds. */
const flapMs = 400;

function flapping(faultMs: number): Scenario {
  return {
    faultMs,
    begin: async (federation) => {
      let isCut = false;
      const turn = (): void => {
        isCut = !isCut;
        federation.spoilLink('s1', 's2', { kind: isCut ? 'reset' : 'none' });
      };
      const timer = setInterval(turn, flapMs);
      return async () => {
        clearInterval(timer);
        federation.spoilLink('s1', 's2', { kind: 'none' });
      };
    },
    mayMiss: (_, site) => besideLink(site),
  };
}

/** Brokers that are killed, and started again at the end. */
function killed(faultMs: number, which: (broker: FederationBroker) => boolean): Omit<Scenario, 'mayMiss'> {
  return {
    faultMs,
    begin: async (federation) => {
      const victims = federation.brokers.filter(which);
      await Promise.all(victims.map((broker) => broker.kill()));
      return async () => {
        victims.forEach((broker) => broker.start());
        await Promise.all(victims.map((broker) => broker.healthy()));
      };
    },
  };
}

function cutOff(faultMs: number, site: string): Scenario {
  const othersOf = ({ sites }: ChaosFederation): readonly string[] => sites.filter((one) => one !== site);
  return {
    faultMs,
    begin: async (federation) => {
      const spoil = (fault: WanFault): void =>
        othersOf(federation).forEach((one) => federation.spoilLink(site, one, fault));
      spoil({ kind: 'black-hole' });
      return async () => spoil({ kind: 'none' });
    },
    mayMiss: (federation, at) => (at === site ? othersOf(federation) : [site]),
  };
}
