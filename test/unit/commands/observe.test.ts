import { describe, expect, test } from '@jest/globals';

import { createScatterObserver } from '../../../src/commands/observe.ts';
import { openTrace } from '../../../src/core/trace.ts';
import type { BreakerState } from '../../../src/scatter/breaker.ts';
import type { AttemptRecord } from '../../../src/scatter/outcome.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { parseSamples } from '../../support/metrics.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';

// What becomes of the scatter layer's reports.

function observed() {
  const metrics = createMetrics();
  const logger = createRecordingLogger();
  return { metrics, lines: logger.lines, observer: createScatterObserver(metrics, logger) };
}

test("a broker's loss is a warning and its return is said; that it stays away is not repeated", async () => {
  const { metrics, lines, observer } = observed();
  const states: BreakerState[] = [
    { kind: 'OPEN', until: 0, openings: 1 },
    { kind: 'HALF_OPEN', openings: 1 },
    { kind: 'OPEN', until: 0, openings: 2 },
    { kind: 'HALF_OPEN', openings: 2 },
    { kind: 'CLOSED', failures: 0 },
  ];
  states.forEach((state) => observer.onBreaker('a-1', state));
  expect(lines.map(({ level }) => level)).toEqual(['warn', 'debug', 'debug', 'debug', 'info']);
  expect(lines.every(({ facts }) => facts['broker'] === 'a-1')).toBe(true);
  const samples = parseSamples(await metrics.text());
  expect(samples.value('sitewide_breaker_transitions_total', { endpoint: 'a-1', to: 'OPEN' })).toBe(2);
});

describe('an attempt', () => {
  const record: AttemptRecord = {
    ...{ broker: 'a-1', endpoint: 'http://a', reason: 'RETRY', startedMs: 10, endedMs: 35 },
    ...{ status: 'UNREACHABLE', message: 'connection refused', choice: null, sentBytes: 200, receivedBytes: 0 },
  };
  const trace = openTrace({}, Math.random);

  test('that fails is logged with the request that it was for', () => {
    const { lines, observer } = observed();
    observer.onAttempt('installation:a', record, { requestId: 'r1', trace });
    expect(lines).toEqual([
      {
        level: 'debug',
        message: expect.any(String),
        facts: {
          ...{ requestId: 'r1', traceId: trace.traceId, source: 'installation:a', broker: 'a-1' },
          ...{ reason: 'RETRY', status: 'UNREACHABLE', durationMs: 25, problem: 'connection refused' },
        },
      },
    ]);
  });

  test('that is answered, or that another one forestalled, is only counted', () => {
    const { lines, observer } = observed();
    for (const status of ['OK', 'SUPERSEDED'] as const) {
      observer.onAttempt('installation:a', { ...record, status }, { requestId: 'r1', trace });
    }
    expect(lines).toEqual([]);
  });
});
