import { countsSince, type WanCounts } from '../../src/commands/wan/counts.ts';
import { preciseClock } from '../../src/commands/wan/precise-clock.ts';
import { createWan, type Wan } from '../../src/commands/wan/wan.ts';
import { startPostgres } from './postgres.ts';
import { startSites, type TestSites } from './sites.ts';

// Sites in this process whose brokers reach those of other sites over a network that takes no time and counts everything,
// each installation with a database of its own.

/** Sites and the network between them. Disposing ends all of it. */
export interface WanSites extends AsyncDisposable {
  readonly sites: TestSites;
  readonly wan: Wan;
  /** What a piece of work sent from one site to each other one, by their ids. */
  during<Result>(from: string, work: () => Promise<Result>): Promise<Observed<Result>>;
}

/** What came of a piece of work. */
export interface Observed<Result> {
  readonly result: Result;
  readonly counts: Readonly<Record<string, WanCounts>>;
  /** HTTP requests for each other site that was asked any. */
  readonly requests: Readonly<Record<string, number>>;
}

interface WanSitesOptions {
  /** The ids of the installations of each site. */
  readonly sites: Readonly<Record<string, readonly string[]>>;
  /** Virtual machines of each installation. */
  readonly vms: number;
  /** Brokers of each installation. */
  readonly brokers?: number;
}

const noTime = { rttMs: 0, jitterMs: 0, megabitsPerSecond: Number.POSITIVE_INFINITY };

/** Starts the sites. No request between them is hedged. */
export async function startWanSites(options: WanSitesOptions): Promise<WanSites> {
  await using started = new AsyncDisposableStack();
  const wan = started.use(createWan({ shape: noTime, clock: preciseClock, random: Math.random }));
  const postgres = started.use(await startPostgres());
  const databases = new Map<string, string>();
  for (const installation of Object.values(options.sites).flat()) {
    databases.set(installation, await postgres.newDatabase());
  }
  const sites = started.use(
    await startSites({
      ...options,
      hedging: false,
      between: async (from, { site, url }) => (await wan.relay({ from, to: site }, url)).url,
      settings: ({ installation }) => ({ database: { url: databases.get(installation) } }),
    }),
  );
  const everything = started.move();
  const ids = Object.keys(options.sites);
  return {
    sites,
    wan,
    async during(from, work) {
      const others = ids.filter((id) => id !== from);
      const before = others.map((to) => wan.counts({ from, to }));
      const result = await work();
      const counts = others.map((to, at) => [to, countsSince(before[at]!, wan.counts({ from, to }))] as const);
      const asked = counts.filter(([, { requests }]) => requests > 0);
      return {
        result,
        counts: Object.fromEntries(counts),
        requests: Object.fromEntries(asked.map(([to, { requests }]) => [to, requests])),
      };
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
