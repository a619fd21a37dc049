import { preciseClock } from '../../../src/commands/wan/precise-clock.ts';
import { countsSince, type WanCounts } from '../../../src/commands/wan/counts.ts';
import type { WanRelay } from '../../../src/commands/wan/relay.ts';
import { createWan, type Wan, type WanShape, type WanWay } from '../../../src/commands/wan/wan.ts';

// The emulated wide area network for tests: relays between every two sites, found by site and address.

/** The addresses of the brokers of each site, by the site's id. */
export type BrokersBySite = Readonly<Record<string, readonly string[]>>;

/** Relays between every two sites. */
export interface TestWan extends AsyncDisposable {
  readonly wan: Wan;
  /** The relay by which a site reaches a broker of another one. */
  relay(from: string, brokerUrl: string): WanRelay;
  /** What an action sends between two sites, with what it gave. What runs at the same time is counted as well. */
  counted<T>(way: WanWay, action: () => Promise<T>): Promise<{ readonly result: T; readonly counts: WanCounts }>;
}

/** As a fast local network would be, for tests of what is counted and not of how long it takes. */
const quick: WanShape = { rttMs: 2, jitterMs: 0, megabitsPerSecond: 1_000 };

/** Starts relays in front of all brokers for each other site. The brokers need not run yet. */
export async function startTestWan(sites: BrokersBySite, shape: Partial<WanShape> = {}): Promise<TestWan> {
  const wan = createWan({ shape: { ...quick, ...shape }, clock: preciseClock, random: Math.random });
  const relays = new Map<string, WanRelay>();
  for (const from of Object.keys(sites)) {
    for (const [to, urls] of Object.entries(sites).filter(([id]) => id !== from)) {
      for (const url of urls) {
        relays.set(`${from} ${url}`, await wan.relay({ from, to }, url));
      }
    }
  }
  return {
    wan,
    relay(from, brokerUrl) {
      const relay = relays.get(`${from} ${brokerUrl}`);
      if (relay === undefined) {
        throw new Error(`There is no relay from ${from} to ${brokerUrl}.`);
      }
      return relay;
    },
    async counted(way, action) {
      const before = wan.counts(way);
      const result = await action();
      return { result, counts: countsSince(before, wan.counts(way)) };
    },
    [Symbol.asyncDispose]: () => wan[Symbol.asyncDispose](),
  };
}
