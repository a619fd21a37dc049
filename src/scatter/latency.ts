// What is known of how long an endpoint takes: a moving average and a small histogram for the tail. Both forget, so that
// yesterday's trouble does not decide today's choice.

/** How much a new measurement moves the average: about the last ten count. */
const ewmaWeight = 0.2;
/** The upper bound of the first bucket, in milliseconds. */
const firstBoundMs = 1;
/** Each bucket is so much wider than the one before: a quantile is right to within 20 %. */
const growth = 1.2;
/** Enough to reach a minute: 1.2 ** 61 is about 68,000. */
const bucketCount = 62;
/** When so many measurements are held, all counts are halved. */
const halveAt = 512;

/** How long something takes. All times are in milliseconds. */
export interface Latency {
  /** How many measurements count at present. */
  readonly count: number;
  /** The moving average; null before the first measurement. */
  readonly ewmaMs: number | null;
  record(milliseconds: number): void;
  /** An upper bound for this share (0 to 1) of the measurements; null before the first. */
  quantile(share: number): number | null;
}

/** Nothing measured yet. */
export function createLatency(): Latency {
  const buckets = new Uint32Array(bucketCount);
  let count = 0;
  let ewmaMs: number | null = null;
  return {
    get count() {
      return count;
    },
    get ewmaMs() {
      return ewmaMs;
    },
    record(milliseconds) {
      ewmaMs = ewmaMs === null ? milliseconds : ewmaMs + ewmaWeight * (milliseconds - ewmaMs);
      buckets[bucketOf(milliseconds)]! += 1;
      count += 1;
      if (count >= halveAt) {
        count = halve(buckets);
      }
    },
    quantile(share) {
      if (count === 0) {
        return null;
      }
      let passed = 0;
      for (const [at, held] of buckets.entries()) {
        passed += held;
        if (passed >= share * count) {
          return boundOf(at);
        }
      }
      return boundOf(bucketCount - 1);
    },
  };
}

function bucketOf(milliseconds: number): number {
  const at = milliseconds <= firstBoundMs ? 0 : Math.ceil(Math.log(milliseconds / firstBoundMs) / Math.log(growth));
  return Math.min(at, bucketCount - 1);
}

function boundOf(bucket: number): number {
  return firstBoundMs * growth ** bucket;
}

/** Halves all counts and gives what is left. */
function halve(buckets: Uint32Array): number {
  let left = 0;
  for (const [at, held] of buckets.entries()) {
    buckets[at] = held >> 1;
    left += held >> 1;
  }
  return left;
}
