// The metrics of a broker, as Prometheus reads them.

/** Its samples at a moment. */
export interface Samples {
  /** As they came. */
  readonly text: string;
  /** The value of a series; null if there is none. Labels in the order of the reference. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | null;
  /** The values that a label has, over all series of a metric. */
  labelValues(name: string, label: string): readonly string[];
}

/** Reads the metrics of the broker at an address. */
export async function readMetrics(broker: string): Promise<Samples> {
  const response = await fetch(`${broker}/metrics`, { signal: AbortSignal.timeout(10_000) });
  return parseSamples(await response.text());
}

/** The samples of the text format. */
export function parseSamples(text: string): Samples {
  const series = text
    .split('\n')
    .map((line) => /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line))
    .filter((found) => found !== null)
    .map(([, name = '', labels = '', value]) => ({ name, labels: readLabels(labels), value: Number(value) }));
  return {
    text,
    value(name, wanted = {}) {
      const found = series.find(
        (one) =>
          one.name === name &&
          Object.keys(one.labels).length === Object.keys(wanted).length &&
          Object.entries(wanted).every(([label, value]) => one.labels[label] === value),
      );
      return found?.value ?? null;
    },
    labelValues: (name, label) => [
      ...new Set(series.filter((one) => one.name === name).map(({ labels }) => labels[label] ?? '')),
    ],
  };
}

function readLabels(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]));
}
