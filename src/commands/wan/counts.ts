// What passed, in numbers. Probes are listed apart: a count of questions must not depend on how often somebody looked
// whether there is anybody to ask.

/** What passed in one direction. */
export interface Passed {
  /** Of everything but probes, with heads, as TCP carries it; without the headers of TCP and IP. */
  readonly bytes: number;
  readonly probeBytes: number;
  /** WebSocket frames that begin a message. */
  readonly dataFrames: number;
  readonly continuationFrames: number;
  /** Pings, pongs and closes. */
  readonly controlFrames: number;
}

/** What passed through a relay, or through several. */
export interface WanCounts {
  /** Accepted so far. */
  readonly connections: number;
  /** Open now. */
  readonly open: number;
  /** HTTP requests that are neither probes nor upgrades. */
  readonly requests: number;
  /** HTTP requests for `/health/…`. */
  readonly probes: number;
  /** HTTP requests for a WebSocket. */
  readonly upgrades: number;
  /** Connections whose content cannot be read, for example since it is encrypted: their bytes are counted and no requests. */
  readonly opaque: number;
  /** From the side that connects. */
  readonly up: Passed;
  readonly down: Passed;
}

type Numbers<Counts> = { -readonly [Key in keyof Counts]: Counts[Key] extends number ? number : Numbers<Counts[Key]> };

/** Counts that are being counted. */
export type Tally = Numbers<WanCounts>;

/** Nothing passed. */
export function emptyTally(): Tally {
  return {
    connections: 0,
    open: 0,
    requests: 0,
    probes: 0,
    upgrades: 0,
    opaque: 0,
    up: passedNone(),
    down: passedNone(),
  };
}

/** The counts of several relays together. */
export function sumOfCounts(counts: readonly WanCounts[]): WanCounts {
  return counts.reduce((sum, one) => combine(sum, one, 1), emptyTally());
}

/** What came on top between two looks at the same relays. `open` is how many more there are. */
export function countsSince(before: WanCounts, after: WanCounts): WanCounts {
  return combine(after, before, -1);
}

function passedNone(): Tally['up'] {
  return { bytes: 0, probeBytes: 0, dataFrames: 0, continuationFrames: 0, controlFrames: 0 };
}

function combine(a: WanCounts, b: WanCounts, sign: 1 | -1): WanCounts {
  return {
    connections: a.connections + sign * b.connections,
    open: a.open + sign * b.open,
    requests: a.requests + sign * b.requests,
    probes: a.probes + sign * b.probes,
    upgrades: a.upgrades + sign * b.upgrades,
    opaque: a.opaque + sign * b.opaque,
    up: combinePassed(a.up, b.up, sign),
    down: combinePassed(a.down, b.down, sign),
  };
}

function combinePassed(a: Passed, b: Passed, sign: 1 | -1): Passed {
  return {
    bytes: a.bytes + sign * b.bytes,
    probeBytes: a.probeBytes + sign * b.probeBytes,
    dataFrames: a.dataFrames + sign * b.dataFrames,
    continuationFrames: a.continuationFrames + sign * b.continuationFrames,
    controlFrames: a.controlFrames + sign * b.controlFrames,
  };
}
