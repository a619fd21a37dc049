import { randomUUID } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { startBroker } from '../../src/commands/broker.ts';
import { parseConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { eventually } from '../contract/eventually.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { query } from '../support/graphql.ts';
import { readMetrics } from '../support/metrics.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { ask, createWaiting, startTestServer } from './http-support.ts';

// What is counted and logged when things go wrong: another broker is lost, a deadline passes, there is too much to do.

const site = { tier: 'SITE' };

describe('a broker whose neighbour is not there', () => {
  async function startLonely() {
    await using started = new AsyncDisposableStack();
    const port = await findFreePorts(2);
    const simulator = await startSimulator({ installation: 'a', vms: 3, port: 0 });
    started.defer(() => simulator.close());
    const brokerAt = (id: string, at: number) => ({
      id,
      brokers: [{ id: `${id}-1`, url: `http://127.0.0.1:${port + at}` }],
    });
    const text = JSON.stringify({
      site: { id: 'test', installations: [brokerAt('a', 0), brokerAt('b', 1)] },
      installation: 'a',
      broker: 'a-1',
      driver: { kind: 'simulator', url: simulator.url },
      timeouts: { drainMs: 100 },
    });
    const logger = createRecordingLogger();
    const options = { clock: systemClock, random: Math.random, newId: randomUUID, logger };
    const broker = started.use(await startBroker(parseConfig(text, { file: 'test.yml' }), options));
    const everything = started.move();
    return {
      url: broker.address.url,
      lines: logger.lines,
      [Symbol.asyncDispose]: () => everything.disposeAsync(),
    };
  }

  test('says so: in the log, in the coverage, and by the breaker', async () => {
    await using broker = await startLonely();
    await eventually(async () => {
      const { data } = await query(`${broker.url}/graphql`, '{ virtualMachines { totalCount } }');
      expect(data).toEqual({ virtualMachines: { totalCount: 3 } });
      expect((await readMetrics(broker.url)).value('sitewide_breaker_state', { endpoint: 'b-1' })).toBeGreaterThan(0);
    });
    const samples = await readMetrics(broker.url);
    expect(samples.value('sitewide_requests_total', { ...site, outcome: 'partial' })).toBeGreaterThan(0);
    expect(samples.value('sitewide_coverage_incomplete_total', site)).toBeGreaterThan(0);
    const coverage = { field: 'virtualMachines', status: 'UNREACHABLE' };
    expect(samples.value('sitewide_coverage_total', coverage)).toBeGreaterThan(0);
    const transitions = { endpoint: 'b-1', to: 'OPEN' };
    expect(samples.value('sitewide_breaker_transitions_total', transitions)).toBeGreaterThan(0);

    const ended = broker.lines.findLast(({ message }) => message === 'A request ended.')!;
    const lacking = ['installation:b UNREACHABLE'];
    expect(ended).toMatchObject({ level: 'info', facts: { coverage: { complete: false, lacking } } });
    expect(broker.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', facts: { broker: 'b-1', breaker: 'OPEN' } }),
    );
  });
});

describe('a deadline', () => {
  test('that passes before the answer is counted as missed', async () => {
    const waiting = createWaiting();
    await using server = await startTestServer({ waiting });
    await ask(server.url, '{ waiting }', { headers: { 'sitewide-deadline-ms': '80' } });
    await eventually(async () => {
      const samples = await readMetrics(server.url);
      expect(samples.value('sitewide_deadlines_missed_total', site)).toBe(1);
      expect(samples.value('sitewide_graphql_errors_total', { code: 'DEADLINE_EXCEEDED' })).toBe(1);
      expect(samples.value('sitewide_requests_in_flight', site)).toBe(0);
    });
  });
});

describe('a request for which there is no room', () => {
  test('is counted as shed, and is not written about where everybody looks', async () => {
    const waiting = createWaiting();
    const logger = createRecordingLogger();
    const full = {
      concurrent: { federation: 1, site: 1, installation: 1 },
      queue: { length: 0, waitMs: 1, lastingWaitMs: 1 },
    };
    await using server = await startTestServer({ waiting, logger, admission: full });
    const first = ask(server.url, '{ waiting }');
    await waiting.began;
    const { status } = await ask(server.url, '{ hello }', { headers: { 'sitewide-request-id': 'shed-1' } });
    expect(status).toBe(503);
    await eventually(async () => {
      const samples = await readMetrics(server.url);
      expect(samples.value('sitewide_shed_total', site)).toBe(1);
      expect(samples.value('sitewide_requests_total', { ...site, outcome: 'error' })).toBe(1);
    });
    expect(logger.lines.find(({ facts }) => facts['requestId'] === 'shed-1')?.level).toBe('debug');
    waiting.finish();
    expect((await first).status).toBe(200);
  });
});
