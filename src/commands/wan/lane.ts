import type { Clock } from '../../core/clock.ts';

// One direction between two places: a delay and a rate that everything in this direction shares, in the order in which it
// came, like a queue in front of a wire. It knows no sockets.

/** What a direction is like. */
export interface LaneShape {
  /** How long a byte travels, in milliseconds. */
  readonly delayMs: number;
  /** What comes on top by chance, from 0 to this, in milliseconds. The order stays. */
  readonly jitterMs: number;
  /** How many bits leave in a second; Infinity for no bound. */
  readonly bitsPerSecond: number;
}

/** One direction. Disposing drops what is under way. */
export interface Lane extends Disposable {
  shape: LaneShape;
  /** How much one connection may have under way, in bytes: enough that the rate can be had. */
  readonly windowBytes: number;
  /** Takes so many bytes; `deliver` is called when the last of them arrives. Zero bytes are a sign that travels in order. */
  carry(bytes: number, deliver: () => void): void;
}

interface LaneOptions {
  readonly shape: LaneShape;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * What is due within this time is delivered, in milliseconds: so long it takes from one program through the system to this
 * one and on to the other (measured), and that is not to come on top of the delay.
 */
const handOverMs = 0.4;

/** What systems allow a connection to have under way, in bytes, however long the way is. */
const window = { least: 262_144, most: 16_777_216 };

/** A direction in which nothing is under way. */
export function createLane({ shape: first, clock, random }: LaneOptions): Lane {
  const over = new AbortController();
  const arrivals: { readonly at: number; readonly deliver: () => void }[] = [];
  let shape = first;
  let freeAt = 0;
  let latest = 0;
  let isDelivering = false;
  const deliverAll = async (): Promise<void> => {
    isDelivering = true;
    for (let next = arrivals[0]; next !== undefined && !over.signal.aborted; next = arrivals[0]) {
      const wait = next.at - handOverMs - clock.now();
      if (wait > 0) {
        await clock.sleep(wait, over.signal).catch(() => undefined);
      } else {
        arrivals.shift();
        next.deliver();
      }
    }
    isDelivering = false;
  };
  return {
    get shape() {
      return shape;
    },
    set shape(changed) {
      shape = changed;
    },
    get windowBytes() {
      const underWay = (shape.bitsPerSecond / 8_000) * shape.delayMs;
      return Math.min(window.most, Math.max(window.least, 2 * underWay));
    },
    carry(bytes, deliver) {
      freeAt = Math.max(clock.now(), freeAt) + (bytes * 8_000) / shape.bitsPerSecond;
      latest = Math.max(latest, freeAt + shape.delayMs + random() * shape.jitterMs);
      arrivals.push({ at: latest, deliver });
      if (!isDelivering) {
        void deliverAll();
      }
    },
    [Symbol.dispose]() {
      over.abort();
      arrivals.length = 0;
    },
  };
}
