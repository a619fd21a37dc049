import type { Clock } from '../../core/clock.ts';
import type { WanFault } from './connection.ts';
import { sumOfCounts, type WanCounts } from './counts.ts';
import { createLane, type Lane, type LaneShape } from './lane.ts';
import { startRelay, type WanRelay } from './relay.ts';

// A wide area network between sites, in this process: a lane for each direction between two of them, and relays in front of
// the brokers. What it does not do: there is no slow start and no loss with repetition as TCP has them over a real one, no
// other traffic, and packets have no heads. A handshake takes its round trip, but `connect` itself succeeds at once, and
// the time is spent before the first bytes leave.

/** What lies between two sites. */
export interface WanShape {
  /** There and back, in milliseconds; half of it each way. */
  readonly rttMs: number;
  /** What comes on top by chance in each direction, at most, in milliseconds. */
  readonly jitterMs: number;
  /** Of each direction, shared by everything in it; 1 is 1,000,000 bits a second. */
  readonly megabitsPerSecond: number;
}

/** A direction between two sites, by their ids. */
export interface WanWay {
  readonly from: string;
  readonly to: string;
}

/** A wide area network. Disposing ends its relays. */
export interface Wan extends AsyncDisposable {
  /**
   * Puts a relay in front of a broker: `from` connects, `to` is the broker's site.
   * @throws SitewideError `PORT_IN_USE`.
   */
  relay(way: WanWay, target: string, port?: number): Promise<WanRelay>;
  /** All relays by which one site reaches the other together. */
  counts(way: WanWay): WanCounts;
  /** Changes both directions between two sites. */
  setShape(way: WanWay, shape: WanShape): void;
  /** Spoils all connections by which `from` reaches `to`, not those that the other one opens. */
  setFault(way: WanWay, fault: WanFault): void;
}

interface WanOptions {
  readonly shape: WanShape;
  readonly clock: Clock;
  readonly random: () => number;
}

/** A network in which everything is well. */
export function createWan({ shape, clock, random }: WanOptions): Wan {
  const lanes = new Map<string, Lane>();
  const relays = new Map<string, WanRelay[]>();
  const laneOf = ({ from, to }: WanWay): Lane => {
    const key = keyOf({ from, to });
    const lane = lanes.get(key) ?? createLane({ shape: laneShape(shape), clock, random });
    lanes.set(key, lane);
    return lane;
  };
  const relaysOf = (way: WanWay): readonly WanRelay[] => relays.get(keyOf(way)) ?? [];
  return {
    async relay(way, target, port = 0) {
      const relay = await startRelay({ target, port, lanes: { up: laneOf(way), down: laneOf(back(way)) } });
      relays.set(keyOf(way), [...relaysOf(way), relay]);
      return relay;
    },
    counts: (way) => sumOfCounts(relaysOf(way).map((relay) => relay.counts())),
    setShape(way, changed) {
      for (const direction of [way, back(way)]) {
        laneOf(direction).shape = laneShape(changed);
      }
    },
    setFault(way, fault) {
      relaysOf(way).forEach((relay) => relay.setFault(fault));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...relays.values()].flat().map((relay) => relay[Symbol.asyncDispose]()));
      lanes.forEach((lane) => lane[Symbol.dispose]());
    },
  };
}

function laneShape({ rttMs, jitterMs, megabitsPerSecond }: WanShape): LaneShape {
  return { delayMs: rttMs / 2, jitterMs, bitsPerSecond: megabitsPerSecond * 1_000_000 };
}

function back({ from, to }: WanWay): WanWay {
  return { from: to, to: from };
}

/** Ids have no blanks. */
function keyOf({ from, to }: WanWay): string {
  return `${from} ${to}`;
}
