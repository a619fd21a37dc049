import { expect, test } from '@jest/globals';
import { Histogram, Registry } from 'prom-client';

import { tallyCounter, tallyHistogram } from '../../../src/telemetry/tally.ts';

const sources = ['installation:a', 'installation:"b"'];
const configuration = { name: 'durations_seconds', help: 'How long.', buckets: [0.005, 0.1, 1] };

test('says of values what the histogram of the library says', async () => {
  const [own, library] = [new Registry(), new Registry()];
  const ofSource = tallyHistogram({ ...configuration, label: 'source', registry: own });
  const observed = new Map(sources.map((source) => [source, ofSource(source)]));
  const histogram = new Histogram({ ...configuration, labelNames: ['source'], registers: [library] });
  for (const [at, value] of [0, 0.005, 0.00501, 0.1, 0.5, 1, 1.5, 100].entries()) {
    const source = sources[at % 3 === 0 ? 0 : 1]!;
    observed.get(source)!(value);
    histogram.observe({ source }, value);
  }

  expect(await own.metrics()).toBe(await library.metrics());
  expect(await own.metrics()).toContain('durations_seconds_bucket{le="+Inf",source="installation:a"} 3');
});

test('says nothing of a histogram without values but that it is there', async () => {
  const [own, library] = [new Registry(), new Registry()];
  tallyHistogram({ ...configuration, label: 'source', registry: own });
  new Histogram({ ...configuration, labelNames: ['source'], registers: [library] });

  expect(await own.metrics()).toBe(await library.metrics());
});

test('tells a counter what was not told before, whenever somebody reads', async () => {
  const registry = new Registry();
  const count = tallyCounter({
    name: 'attempts_total',
    help: 'How often.',
    labelNames: ['status'],
    registers: [registry],
  });
  const [ok, error] = [count({ status: 'OK' }), count({ status: 'ERROR' })];
  ok();
  ok();
  error();
  await registry.metrics();
  ok();

  const text = await registry.metrics();
  expect(text).toContain('attempts_total{status="OK"} 3');
  expect(text).toContain('attempts_total{status="ERROR"} 1');
});
