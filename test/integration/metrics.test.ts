import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { eventually } from '../contract/eventually.ts';
import { type LogLine } from '../support/recording-logger.ts';
import { readMetrics } from '../support/metrics.ts';
import { query } from '../support/graphql.ts';
import { startSite, type TestSite } from '../support/site.ts';
import { type SlowSubgraph, startSlowSubgraph } from '../support/slow-subgraph.ts';

// What real brokers count and log of real requests: two installations and a subgraph of the operator that can hang.

let subgraph: SlowSubgraph;
let site: TestSite;

beforeAll(async () => {
  subgraph = await startSlowSubgraph();
  site = await startSite({
    installations: ['lyon-a', 'lyon-b'],
    vms: 12,
    subgraphs: [{ name: 'slow', url: subgraph.url }],
  });
});

afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  await subgraph?.[Symbol.asyncDispose]();
});

const first = (): string => site.brokers[0]!;
const names = '{ virtualMachines(first: 3) { nodes { name } } }';

/** Asks, and waits until the brokers are done with it: an answer can arrive before its end is counted. */
async function post(text: string, headers: Record<string, string> = {}): Promise<Response> {
  const response = await send(text, headers, AbortSignal.timeout(10_000));
  await response.text();
  await eventually(nothingInFlight);
  return response;
}

function send(text: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  return fetch(`${first()}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: text }),
    signal,
  });
}

async function nothingInFlight(): Promise<void> {
  for (const samples of await Promise.all(site.brokers.map(readMetrics))) {
    for (const tier of ['SITE', 'INSTALLATION']) {
      expect(samples.value('sitewide_requests_in_flight', { tier })).toBe(0);
    }
    expect(samples.value('sitewide_attempts_in_flight')).toBe(0);
  }
}

/** The line of the log about the end of a request. */
function accessLine(broker: number, requestId: string): LogLine {
  const found = site.logs[broker]!.filter(
    ({ message, facts }) => message === 'A request ended.' && facts['requestId'] === requestId,
  );
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe('/metrics', () => {
  test('answers in the text format of Prometheus, with the numbers of the process', async () => {
    const response = await fetch(`${first()}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4\b/);
    expect(await response.text()).toContain('\nprocess_cpu_seconds_total ');
  });

  test('is only read', async () => {
    const response = await fetch(`${first()}/metrics`, { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await fetch(`${first()}/metrics`, { method: 'HEAD' })).status).toBe(200);
  });

  test('tells of the snapshot of the own installation', async () => {
    const samples = await readMetrics(first());
    expect(samples.value('sitewide_inventory_status')).toBe(0);
    expect(samples.value('sitewide_inventory_rows', { kind: 'VirtualMachine' })).toBe(12);
  });
});

describe('a request', () => {
  test('counts at the broker asked, at the one that it asks, and for each source of its field', async () => {
    const before = await Promise.all(site.brokers.map(readMetrics));
    await post(names);
    const after = await Promise.all(site.brokers.map(readMetrics));
    const grown = (broker: number, name: string, labels: Record<string, string>): number =>
      after[broker]!.value(name, labels)! - (before[broker]!.value(name, labels) ?? 0);
    expect(grown(0, 'sitewide_requests_total', { tier: 'SITE', outcome: 'ok' })).toBe(1);
    expect(grown(1, 'sitewide_requests_total', { tier: 'INSTALLATION', outcome: 'ok' })).toBe(1);
    const source = 'installation:lyon-b';
    expect(grown(0, 'sitewide_attempts_total', { source, reason: 'FIRST', status: 'OK' })).toBe(1);
    expect(grown(0, 'sitewide_coverage_total', { field: 'virtualMachines', status: 'OK' })).toBe(2);
    expect(after[0]!.value('sitewide_breaker_state', { endpoint: 'lyon-b-1' })).toBe(0);
  });

  test('adds no series by what a client chooses: aliases, operation names, codes, paths', async () => {
    await post(`query chosenByMe { myAlias: virtualMachines(first: 1) { myField: nodes { id } } }`);
    await post('{ myWrongField }');
    await fetch(`${first()}/my/path`);
    const { text } = await readMetrics(first());
    expect(text).not.toMatch(/chosenByMe|my[A-Z]|my\/path/);
  });

  test('that is refused as a whole is an error with its code', async () => {
    const before = await readMetrics(first());
    await post('{ nonsense', { 'sitewide-request-id': 'refused-1' });
    await fetch(`${first()}/graphql`, { method: 'DELETE' });
    await eventually(nothingInFlight);
    const after = await readMetrics(first());
    const outcome = { tier: 'SITE', outcome: 'error' };
    expect(after.value('sitewide_requests_total', outcome)).toBe(
      (before.value('sitewide_requests_total', outcome) ?? 0) + 2,
    );
    for (const code of ['GRAPHQL_PARSE_FAILED', 'METHOD_NOT_ALLOWED']) {
      expect(after.value('sitewide_graphql_errors_total', { code })).toBe(1);
    }
    const line = accessLine(0, 'refused-1');
    expect(line.level).toBe('info');
    expect(line.facts).toMatchObject({ outcome: 'error', errorCodes: ['GRAPHQL_PARSE_FAILED'] });
  });
});

describe('the log', () => {
  test('names one request by one id at both brokers, and says how it went', async () => {
    const response = await post(`query fleet ${names}`, { 'sitewide-request-id': 'from-the-client' });
    expect(response.headers.get('sitewide-request-id')).toBe('from-the-client');
    const [asked, other] = await eventually(() => [accessLine(0, 'from-the-client'), accessLine(1, 'from-the-client')]);
    expect(asked).toMatchObject({
      level: 'debug',
      facts: {
        tier: 'SITE',
        operation: 'fleet',
        outcome: 'ok',
        durationMs: expect.any(Number),
        coverage: { complete: true, sources: 2 },
        caller: expect.stringContaining('127.0.0.1'),
      },
    });
    expect(other.facts).toMatchObject({ tier: 'INSTALLATION', outcome: 'ok', traceId: asked.facts['traceId'] });
  });

  test('of an answer that was slow in coming stands out', async () => {
    subgraph.answers = false;
    await post('query @coverage(timeoutMs: 1500) { sleepy hosts { totalCount } }', { 'sitewide-request-id': 'slow-1' });
    subgraph.answers = true;
    const line = accessLine(0, 'slow-1');
    expect(line.level).toBe('info');
    expect(line.facts).toMatchObject({ outcome: 'partial', errorCodes: ['SUBGRAPH_FAILED'] });
    expect(line.facts['durationMs']).toBeGreaterThan(1_000);
  });
});

describe('a caller who goes away', () => {
  test('is counted, and nothing of the request stays in flight', async () => {
    subgraph.answers = false;
    const cancelled = async (): Promise<number> =>
      (await readMetrics(first())).value('sitewide_cancellations_total', { tier: 'SITE' })!;
    const before = await cancelled();
    const caller = new AbortController();
    const answers = Array.from({ length: 10 }, (_, at) =>
      // Equal ones would wait for the first.
      send(`{ sleepy hosts { at${at}: totalCount } }`, {}, caller.signal),
    );
    const rejected = Promise.allSettled(answers);
    await eventually(() => expect(subgraph.waiting).toBe(10));
    expect((await readMetrics(first())).value('sitewide_requests_in_flight', { tier: 'SITE' })).toBe(10);
    caller.abort();
    await rejected;
    await eventually(async () => {
      await nothingInFlight();
      expect(subgraph.waiting).toBe(0);
    }, 1_000);
    expect(await cancelled()).toBe(before + 10);
    subgraph.answers = true;
  });
});

describe('a trace', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const incoming = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, tracestate: 'vendor=opaque' };

  test("goes on at the other broker and at the operator's subgraph, each under a span of its own", async () => {
    await post('{ sleepy hosts { totalCount } }', { ...incoming, 'sitewide-request-id': 'traced-1' });
    const asked = accessLine(0, 'traced-1').facts;
    const other = accessLine(1, 'traced-1').facts;
    expect(asked).toMatchObject({ traceId, parentSpanId: '00f067aa0ba902b7' });
    expect(other).toMatchObject({ traceId, parentSpanId: expect.stringMatching(/^[0-9a-f]{16}$/) });
    const foreign = subgraph.asked.find((headers) => headers['sitewide-request-id'] === 'traced-1')!;
    expect(foreign['tracestate']).toBe('vendor=opaque');
    const [, foreignTrace, foreignParent, flags] = String(foreign['traceparent']).split('-');
    expect([foreignTrace, flags]).toEqual([traceId, '01']);
    const spans = [asked['parentSpanId'], asked['spanId'], other['parentSpanId'], other['spanId'], foreignParent];
    expect(new Set(spans).size).toBe(5);
  });

  test('begins anew where the header is wrong', async () => {
    const wrong = { ...incoming, traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` };
    await post('{ sleepy }', { ...wrong, 'sitewide-request-id': 'traced-2' });
    const { traceId: fresh, parentSpanId } = accessLine(0, 'traced-2').facts;
    expect(fresh).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(parentSpanId).toBeUndefined();
    const foreign = subgraph.asked.find((headers) => headers['sitewide-request-id'] === 'traced-2')!;
    expect(foreign['traceparent']).toContain(String(fresh));
    expect(foreign['tracestate']).toBeUndefined();
  });
});

test('errors in an answer with data make it partial', async () => {
  const before = await readMetrics(first());
  const id = Buffer.from('1|Host|nowhere|x').toString('base64url');
  const { data, errors } = await query(`${first()}/graphql`, `{ node(id: "${id}") { id } hosts { totalCount } }`);
  expect([data, errors.length]).toEqual([{ node: null, hosts: { totalCount: expect.any(Number) } }, 1]);
  await eventually(nothingInFlight);
  const after = await readMetrics(first());
  const outcome = { tier: 'SITE', outcome: 'partial' };
  expect(after.value('sitewide_requests_total', outcome)).toBe(
    (before.value('sitewide_requests_total', outcome) ?? 0) + 1,
  );
});
