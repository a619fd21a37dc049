import {
  Counter,
  type CounterConfiguration,
  type Histogram,
  type HistogramConfiguration,
  type Registry,
} from 'prom-client';

// Figures of what happens several times for each request. Told to the library each time, they were 3 % of a small question over
// eight installations (measured); so they are noted here, and told when somebody reads them.

type Labels<Label extends string> = Readonly<Partial<Record<Label, string>>>;

interface Counted<Label extends string> {
  readonly labels: Labels<Label>;
  untold: number;
}

/**
 * A counter.
 * @returns what counts; each labels what it counts, and is to be kept by whoever counts.
 */
export function tallyCounter<Label extends string>(
  configuration: CounterConfiguration<Label>,
): (labels: Labels<Label>) => () => void {
  const counts: Counted<Label>[] = [];
  new Counter({
    ...configuration,
    collect() {
      for (const one of counts) {
        this.inc(one.labels, one.untold);
        one.untold = 0;
      }
    },
  });
  return (labels) => {
    const own = { labels, untold: 0 };
    counts.push(own);
    return () => {
      own.untold += 1;
    };
  };
}

interface HistogramOptions<Label extends string> extends Required<
  Pick<HistogramConfiguration<Label>, 'name' | 'help'>
> {
  /** The only label. */
  readonly label: Label;
  /** The upper bounds of the buckets, ascending; one without a bound follows. */
  readonly buckets: readonly number[];
  readonly registry: Registry;
}

interface Observed {
  /** The value of the label. */
  readonly labelled: string;
  /** Of each bucket by itself, that without a bound included. */
  readonly counts: number[];
  sum: number;
}

/**
 * A histogram with one label. The library's own cannot be told more than one value at a time.
 * @returns what notes values under a value of the label, to be kept by whoever notes them.
 */
export function tallyHistogram<Label extends string>({
  name,
  help,
  label,
  buckets,
  registry,
}: HistogramOptions<Label>): (labelled: string) => (value: number) => void {
  const all: Observed[] = [];
  const values = (): readonly object[] =>
    all.flatMap((one) => valuesOf(name, { [label]: one.labelled }, { ...one, buckets }));
  const metric = { name, help, type: 'histogram', aggregator: 'sum' };
  // All that a registry asks of a metric; the type of the library names its own classes.
  const asMetric = { ...metric, get: async () => ({ ...metric, values: values() }), reset: () => void all.splice(0) };
  registry.registerMetric(asMetric as unknown as Histogram<Label>);
  return (labelled) => {
    const own = { labelled, counts: Array<number>(buckets.length + 1).fill(0), sum: 0 };
    all.push(own);
    return (value) => {
      let at = 0;
      while (at < buckets.length && value > buckets[at]!) at += 1;
      own.counts[at]! += 1;
      own.sum += value;
    };
  };
}

/** As Prometheus wants them: each bucket holds those before it as well. */
function valuesOf(
  name: string,
  labels: Readonly<Record<string, string>>,
  { counts, sum, buckets }: Observed & { readonly buckets: readonly number[] },
): readonly object[] {
  let count = 0;
  const found: object[] = counts.map((own, at) => {
    count += own;
    return { labels: { le: buckets[at] ?? '+Inf', ...labels }, value: count, metricName: `${name}_bucket` };
  });
  return [
    ...found,
    { labels, value: sum, metricName: `${name}_sum` },
    { labels, value: count, metricName: `${name}_count` },
  ];
}
