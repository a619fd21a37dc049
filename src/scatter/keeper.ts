import type { Clock } from '../core/clock.ts';
import type { Endpoint } from './endpoint.ts';
import { type Probe, probeOne } from './probe.ts';
import type { Target } from './target.ts';

// Looks after targets that are far away and have many endpoints. Of each a few endpoints are kept warm, whatever the traffic,
// so that the next request pays no handshake; the others are left in peace, but for one at a time of those that are down.

interface KeeperOptions {
  /** The targets at this moment. */
  readonly targets: () => readonly Target[];
  readonly probe: Probe;
  readonly clock: Clock;
  /** From 0 to below 1: each broker keeps other endpoints warm. */
  readonly random: () => number;
}

/** Two, so that the loss of one costs nobody a handshake. */
const keptWarm = 2;
/** How often the targets are looked at, in milliseconds. */
const lookEveryMs = 500;
/** A warm endpoint that was asked nothing for so long is probed: twice before its connection would be closed. */
const idleMs = 10_000;
/** One that others keep busy is probed all the same after this time, as probes tell how far away it is. */
const probeEveryMs = 30_000;
/** How long a probe may take, in milliseconds: a handshake and an answer around the world take 600. */
const probeTimeoutMs = 1_000;

/** Starts to keep endpoints warm; disposing ends it. */
export function createKeeper({ targets, probe, clock, random }: KeeperOptions): AsyncDisposable {
  const stop = new AbortController();
  const { signal } = stop;
  const warm = new Map<string, readonly Endpoint[]>();
  const under = new Set<Promise<void>>();
  const probedAt = new WeakMap<Endpoint, number>();
  const isDue = (endpoint: Endpoint, now: number): boolean =>
    isIdle(endpoint) || (endpoint.admits && now - (probedAt.get(endpoint) ?? -Infinity) >= probeEveryMs);
  const look = (target: Target): void => {
    const chosen = chooseWarm(target, warm.get(target.source) ?? [], random);
    warm.set(target.source, chosen);
    const now = clock.now();
    const others = target.endpoints.filter((one) => !chosen.includes(one));
    // Where nobody answers, all are asked, so that it is soon known whether anybody does.
    const spare = isAway(target) ? others.filter(isIdle) : longestLost(others);
    for (const endpoint of [...chosen.filter((one) => isDue(one, now)), ...spare]) {
      probedAt.set(endpoint, now);
      const probing = probeOne({ endpoint, target, probe, clock, signal, timeoutMs: probeTimeoutMs });
      under.add(probing);
      void probing.then(() => under.delete(probing));
    }
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      // None waits for another one: a target that does not answer must not keep the others cold.
      targets().forEach(look);
      await clock.sleep(lookEveryMs, signal).catch(() => undefined);
    }
    await Promise.all(under);
  };
  const running = run();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('Keeping endpoints warm was ended.'));
      await running;
    },
  };
}

/** Those that were warm before as long as they are well, then any that admit requests. */
function chooseWarm({ endpoints }: Target, before: readonly Endpoint[], random: () => number): readonly Endpoint[] {
  const kept = before.filter((one) => endpoints.includes(one) && !one.isLost);
  const others = endpoints.filter((one) => one.admits && !kept.includes(one));
  const chosen = [...kept];
  // A connection that traffic has opened is better than one that has yet to be opened.
  for (const group of [others.filter(({ isWarm }) => isWarm), others.filter(({ isWarm }) => !isWarm)]) {
    while (chosen.length < keptWarm && group.length > 0) {
      chosen.push(...group.splice(Math.floor(random() * group.length), 1));
    }
  }
  return chosen;
}

function isIdle({ admits, inFlight, quietMs, lastError }: Endpoint): boolean {
  return admits && inFlight === 0 && (quietMs >= idleMs || lastError !== null);
}

/** True if somebody failed, and nobody has answered lately and not failed since. */
function isAway({ endpoints }: Target): boolean {
  const isWell = endpoints.some(({ isWarm, lastError }) => isWarm && lastError === null);
  return !isWell && endpoints.some(({ lastError }) => lastError !== null);
}

/** Of the endpoints that are down and may be tried again, the one that was tried longest ago. */
function longestLost(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const lost = endpoints.filter(({ isLost, admits, inFlight }) => isLost && admits && inFlight === 0);
  return lost.sort((a, b) => b.quietMs - a.quietMs).slice(0, 1);
}
