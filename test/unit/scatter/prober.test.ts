import { expect, test } from '@jest/globals';

import { createEndpoint } from '../../../src/scatter/endpoint.ts';
import { createProber } from '../../../src/scatter/prober.ts';
import { createTarget } from '../../../src/scatter/target.ts';
import { createManualClock } from '../../support/manual-clock.ts';

test('an idle endpoint is probed now and then, and its latency is not learned from that', async () => {
  const { clock, endpoint, target, probes } = setUp();
  await using _prober = createProber({ targets: () => [target], probe: probes.answer, clock });
  await clock.advance(100);
  expect(endpoint).toMatchObject({ state: 'UP', isWarm: true, inFlight: 0, latency: { count: 0 } });
  expect(probes.count).toBe(1);
  await clock.advance(10_000);
  expect(probes.count).toBe(3);
});

test('an endpoint that answers somebody else is left alone', async () => {
  const { clock, endpoint, target, probes } = setUp();
  endpoint.begin().succeed();
  await using _prober = createProber({ targets: () => [target], probe: probes.answer, clock });
  await clock.advance(4_000);
  expect(probes.count).toBe(0);
});

test('one that is down is found again within three and a half seconds, without any traffic', async () => {
  const { clock, endpoint, target, probes } = setUp();
  await using _prober = createProber({ targets: () => [target], probe: probes.answer, clock });
  await clock.advance(10);
  probes.alive = false;
  await clock.advance(60_000);
  expect(endpoint).toMatchObject({ state: 'DOWN', lastError: 'connect ECONNREFUSED' });
  probes.alive = true;
  await clock.advance(3_500);
  expect(endpoint).toMatchObject({ state: 'UP', lastError: null });
});

test('a probe that hangs ends as a failure', async () => {
  const { clock, endpoint, target } = setUp();
  await using _prober = createProber({ targets: () => [target], probe: () => new Promise(() => undefined), clock });
  await clock.advance(1_100);
  expect(endpoint.lastError).toBe('No answer within 1000 ms.');
});

function setUp() {
  const clock = createManualClock();
  const endpoint = createEndpoint({ id: 'one', url: 'http://one', clock, random: () => 0.5 });
  const target = createTarget({ source: 'installation:x', endpoints: [endpoint], clock });
  const probes = {
    count: 0,
    alive: true,
    async answer() {
      probes.count += 1;
      if (!probes.alive) {
        throw new Error('connect ECONNREFUSED');
      }
    },
  };
  return { clock, endpoint, target, probes };
}
