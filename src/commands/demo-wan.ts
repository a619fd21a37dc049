import type { DemoPlan } from './demo-plan.ts';
import { sumOfCounts, type WanCounts } from './wan/counts.ts';
import { preciseClock } from './wan/precise-clock.ts';
import type { WanRelay } from './wan/relay.ts';
import { createWan, type Wan, type WanWay } from './wan/wan.ts';

// The emulated wide area network between the sites of a demo. Its relays run in the demo's own process, as they have to
// share a rate.

/** What the user asked for. */
export interface DemoWanOptions {
  /** The round trip between two sites, in milliseconds. */
  readonly wanRtt: number;
  /** Of each direction between two sites, in Mbit/s. */
  readonly wanRate: number;
}

/** The network of a demo. Disposing ends its relays. */
export interface DemoWan extends AsyncDisposable {
  /** What the brokers of a site have sent to other sites so far, and got from there. */
  sentBy(site: string): WanCounts;
  /** One more relay, on any port that is free. */
  relay(way: WanWay, target: string): Promise<WanRelay>;
}

/**
 * Starts the relays of a plan.
 * @throws SitewideError `PORT_IN_USE`.
 */
export async function startDemoWan({ relays }: DemoPlan, { wanRtt, wanRate }: DemoWanOptions): Promise<DemoWan> {
  const shape = { rttMs: wanRtt, jitterMs: 0, megabitsPerSecond: wanRate };
  const wan: Wan = createWan({ shape, clock: preciseClock, random: Math.random });
  const started: { readonly from: string; readonly relay: WanRelay }[] = [];
  for (const { from, to, target, port } of relays) {
    started.push({ from, relay: await wan.relay({ from, to }, target, port) });
  }
  return {
    sentBy: (site) => sumOfCounts(started.filter(({ from }) => from === site).map(({ relay }) => relay.counts())),
    relay: (way, target) => wan.relay(way, target),
    [Symbol.asyncDispose]: () => wan[Symbol.asyncDispose](),
  };
}
