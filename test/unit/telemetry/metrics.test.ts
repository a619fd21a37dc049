import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';

import { coverageOf, type SourceCoverage } from '../../../src/model/coverage.ts';
import { createMetrics, type Metrics, type RequestEnd } from '../../../src/telemetry/metrics.ts';
import { parseSamples, type Samples } from '../../support/metrics.ts';

// What the numbers of a broker mean, without a broker.

const read = async (metrics: Metrics): Promise<Samples> => parseSamples(await metrics.text());
const well: RequestEnd = {
  outcome: 'ok',
  durationMs: 30,
  missedDeadline: false,
  isIncomplete: false,
  errorCodes: [],
};
const site = { tier: 'SITE' };

describe('a request', () => {
  test('is in flight until its end, which counts it once with its outcome and time', async () => {
    const metrics = createMetrics();
    const end = metrics.requestBegan('SITE');
    expect((await read(metrics)).value('sitewide_requests_in_flight', site)).toBe(1);
    end(well);
    const samples = await read(metrics);
    expect(samples.value('sitewide_requests_in_flight', site)).toBe(0);
    expect(samples.value('sitewide_requests_total', { ...site, outcome: 'ok' })).toBe(1);
    expect(samples.value('sitewide_request_duration_seconds_sum', site)).toBeCloseTo(0.03);
    expect(samples.value('sitewide_request_duration_seconds_bucket', { le: '0.025', ...site })).toBe(0);
    expect(samples.value('sitewide_request_duration_seconds_bucket', { le: '0.05', ...site })).toBe(1);
  });

  test('whose caller went away is a cancellation, one that was late a missed deadline, one that lacks a source incomplete', async () => {
    const metrics = createMetrics();
    metrics.requestBegan('SITE')({ ...well, outcome: 'cancelled' });
    metrics.requestBegan('SITE')({ ...well, missedDeadline: true });
    metrics.requestBegan('SITE')({ ...well, isIncomplete: true });
    metrics.shed('SITE');
    const samples = await read(metrics);
    for (const name of ['cancellations', 'deadlines_missed', 'coverage_incomplete', 'shed']) {
      expect([name, samples.value(`sitewide_${name}_total`, site)]).toEqual([name, 1]);
      expect([name, samples.value(`sitewide_${name}_total`, { tier: 'INSTALLATION' })]).toEqual([name, 0]);
    }
  });
});

test('codes that are in no table are counted as other, so that nobody can add series from outside', async () => {
  const metrics = createMetrics();
  const errorCodes = ['INVALID_ID', 'GRAPHQL_VALIDATION_FAILED', 'MY_OWN', 'ANOTHER', 'constructor'];
  metrics.requestBegan('SITE')({ ...well, errorCodes });
  const samples = await read(metrics);
  const codes = samples.labelValues('sitewide_graphql_errors_total', 'code');
  expect([...codes].sort()).toEqual(['GRAPHQL_VALIDATION_FAILED', 'INVALID_ID', 'other']);
  expect(samples.value('sitewide_graphql_errors_total', { code: 'other' })).toBe(3);
});

test('attempts are counted by why they were sent; a hedge wins if it was answered', async () => {
  const metrics = createMetrics();
  const source = 'installation:a';
  const attempt = { source, durationMs: 5 };
  metrics.attemptEnded({ ...attempt, reason: 'FIRST', status: 'TIMEOUT' });
  metrics.attemptEnded({ ...attempt, reason: 'RETRY', status: 'OK' });
  metrics.attemptEnded({ ...attempt, reason: 'HEDGE', status: 'OK' });
  metrics.attemptEnded({ ...attempt, reason: 'HEDGE', status: 'SUPERSEDED' });
  const samples = await read(metrics);
  expect(samples.value('sitewide_attempts_total', { source, reason: 'FIRST', status: 'TIMEOUT' })).toBe(1);
  expect(samples.value('sitewide_attempt_duration_seconds_count', { source })).toBe(4);
  expect(samples.value('sitewide_retries_total', { source })).toBe(1);
  expect(samples.value('sitewide_hedges_total', { source })).toBe(2);
  expect(samples.value('sitewide_hedge_wins_total', { source })).toBe(1);
});

test('coverage counts each source of each root field by its status', async () => {
  const metrics = createMetrics();
  metrics.covered('hosts', coverageOf([record('a', 'OK'), record('b', 'OK'), record('c', 'STALE')]));
  const samples = await read(metrics);
  expect(samples.value('sitewide_coverage_total', { field: 'hosts', status: 'OK' })).toBe(2);
  expect(samples.value('sitewide_coverage_total', { field: 'hosts', status: 'STALE' })).toBe(1);
});

test('what is at a moment is looked at when it is read, and what has left has no series', async () => {
  const metrics = createMetrics();
  const inventory = { status: 'STALE', rows: { VirtualMachine: 7 } } as const;
  let breakers = new Map([
    ['a-1', 'CLOSED'],
    ['a-2', 'OPEN'],
  ] as const);
  const operations = { open: { QUEUED: 4, RUNNING: 2 }, here: 1 };
  const busy = {
    waiting: new Map([['SITE', 2]] as const),
    unsentBytes: 5,
    attemptsInFlight: 3,
    operations,
    certificateExpiresAt: 60_000,
  };
  const answers = { WHOLE: 3, UNCHANGED: 9 };
  const links = new Map([
    ['site:x', { rttMs: 80, sentBytes: 7, receivedBytes: 8, answers, unknownTexts: 1 }],
    ['site:y', { rttMs: null, sentBytes: 0, receivedBytes: 0, answers, unknownTexts: 0 }],
  ]);
  metrics.observe(() => ({ ...busy, breakers, inventory, links }));
  const samples = await read(metrics);
  expect(samples.value('sitewide_requests_waiting', site)).toBe(2);
  expect(samples.value('sitewide_unsent_bytes')).toBe(5);
  expect(samples.value('sitewide_certificate_expires_seconds')).toBe(60);
  expect(samples.value('sitewide_attempts_in_flight')).toBe(3);
  expect(samples.value('sitewide_breaker_state', { endpoint: 'a-1' })).toBe(0);
  expect(samples.value('sitewide_breaker_state', { endpoint: 'a-2' })).toBe(2);
  expect(samples.value('sitewide_inventory_rows', { kind: 'VirtualMachine' })).toBe(7);
  expect(samples.value('sitewide_inventory_status')).toBe(1);
  expect(samples.value('sitewide_operations_open', { state: 'QUEUED' })).toBe(4);
  expect(samples.value('sitewide_operations_running')).toBe(1);
  expect(samples.labelValues('sitewide_link_rtt_seconds', 'source')).toEqual(['site:x']);
  expect(samples.value('sitewide_link_rtt_seconds', { source: 'site:x' })).toBe(0.08);
  expect(samples.value('sitewide_link_bytes_total', { source: 'site:x', direction: 'received' })).toBe(8);
  expect((await read(metrics)).value('sitewide_link_answers_total', { source: 'site:x', kind: 'unchanged' })).toBe(9);
  expect(samples.value('sitewide_link_unknown_texts_total', { source: 'site:x' })).toBe(1);
  breakers = new Map([['a-1', 'CLOSED']]);
  expect((await read(metrics)).labelValues('sitewide_breaker_state', 'endpoint')).toEqual(['a-1']);
});

test('several brokers in one process count apart, each with the numbers of the process', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.shed('SITE');
  expect((await read(other)).value('sitewide_shed_total', site)).toBe(0);
  expect((await read(other)).value('process_resident_memory_bytes')).toBeGreaterThan(0);
});

test('the reference lists the metrics that there are, with their kinds and labels', async () => {
  const page = readFileSync(new URL('../../../docs/reference/metrics.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(sitewide_\w+)` *\| (\w+) *\| ([^|]*?) *\|/gm)];
  const listed = rows.map(([, name, kind, labels]) => `${name} ${kind} ${labels!.replace(/[`,]/g, '')}`.trim());
  const metrics = createMetrics();
  exercise(metrics);
  const text = await metrics.text();
  const found = [...text.matchAll(/^# TYPE (sitewide_\w+) (\w+)$/gm)].map(([, name, kind]) =>
    `${name} ${kind} ${labelsOf(text, name!)}`.trim(),
  );
  expect(listed.sort()).toEqual(found.sort());
});

/** Makes every series appear. */
function exercise(metrics: Metrics): void {
  metrics.requestBegan('SITE')({ ...well, errorCodes: ['INTERNAL'] });
  metrics.attemptEnded({ source: 's', reason: 'FIRST', status: 'OK', durationMs: 1 });
  metrics.breakerChanged('a-1', 'OPEN');
  metrics.streamOpened('installation:a')('LIVE');
  metrics.covered('hosts', coverageOf([record('a', 'OK')]));
  metrics.delivered('hosts', { as: 'bytes', reason: null });
  metrics.operationEnded({ kind: 'SET_POWER_STATE', state: 'SUCCEEDED' });
  metrics.observe(() => ({
    waiting: new Map([['SITE', 0]]),
    unsentBytes: 0,
    attemptsInFlight: 0,
    breakers: new Map([['a-1', 'OPEN']]),
    links: new Map([
      ['site:x', { rttMs: 1, sentBytes: 0, receivedBytes: 0, answers: { WHOLE: 0, UNCHANGED: 0 }, unknownTexts: 0 }],
    ]),
    inventory: { status: 'OK', rows: { Host: 1 } },
    operations: { open: { QUEUED: 0, RUNNING: 0 }, here: 0 },
    certificateExpiresAt: null,
  }));
}

function labelsOf(text: string, name: string): string {
  const [, labels = ''] = new RegExp(`^${name}(?:_count)?\\{(.*)\\} `, 'm').exec(text) ?? [];
  return [...labels.matchAll(/(\w+)=/g)].map(([, label]) => label).join(' ');
}

function record(id: string, status: SourceCoverage['status']): SourceCoverage {
  return {
    ...{ id, status, tier: 'INSTALLATION', parent: null, message: null, endpoint: null },
    ...{ attempts: 0, latencyMs: null, rows: null, asOf: null },
  };
}
