import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { startCmdb } from '../../examples/cmdb-subgraph/server.ts';
import type { ExplanationReport } from '../../src/model/explanation.ts';
import { silentLogger } from '../../src/telemetry/logger.ts';
import { eventually } from '../contract/eventually.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { startSite, type TestSite } from '../support/site.ts';
import { createFollowedSite, type FollowedSite, type Member } from '../support/site-file.ts';

// `extensions.explain`: how an answer came about, for whoever asks.

const list = '{ virtualMachines(first: 7) { nodes { name } } }';

describe('a site joined with a foreign subgraph', () => {
  let cmdb: Awaited<ReturnType<typeof startCmdb>>;
  let site: TestSite;

  beforeAll(async () => {
    cmdb = await startCmdb({ host: '127.0.0.1', port: 0 });
    const subgraphs = [{ name: 'cmdb', url: cmdb.url }];
    site = await startSite({ installations: ['lyon-a', 'lyon-b'], vms: 30, subgraphs });
  });

  afterAll(async () => {
    await site?.[Symbol.asyncDispose]();
    await cmdb?.close();
  });

  test('says nothing unless it is asked', async () => {
    expect(await explain(site.brokers[0]!, list, {})).toBeUndefined();
  });

  test('names every source, every attempt, its broker, bytes and times, and the merged rows', async () => {
    const report = (await explain(site.brokers[0]!, list))!;
    expect(report.fields).toMatchObject([
      {
        path: 'virtualMachines',
        field: 'virtualMachines',
        crossing: 'scatter',
        rows: 7,
        sources: [
          { id: 'installation:lyon-a', status: 'OK', rows: 7 },
          { id: 'installation:lyon-b', status: 'OK', rows: 7 },
        ],
      },
    ]);
    const [own, other] = ['installation:lyon-a', 'installation:lyon-b'].map((id) =>
      report.requests.find(({ source }) => source === id),
    );
    expect(own).toMatchObject({ status: 'OK', attempts: [] });
    expect(other).toMatchObject({
      status: 'OK',
      fields: ['virtualMachines'],
      attempts: [
        { broker: 'lyon-b-1', reason: 'FIRST', status: 'OK', choice: 'the only one', endpoint: site.brokers[1] },
      ],
    });
    const attempt = other!.attempts[0]!;
    expect(attempt.sentBytes).toBeGreaterThan(100);
    expect(attempt.receivedBytes).toBeGreaterThan(100);
    expect(attempt.startedMs).toBeGreaterThanOrEqual(other!.startedMs);
    expect(attempt.endedMs).toBeLessThanOrEqual(report.totalMs);
    expect(report.queryPlan).toBeNull();
  });

  test('says why a source was not asked', async () => {
    const text = '{ hosts(filter: { installation: { eq: "lyon-b" } }) { nodes { name } } }';
    const report = (await explain(site.brokers[0]!, text))!;
    expect(report.fields[0]!.sources).toMatchObject([
      { id: 'installation:lyon-a', status: 'SKIPPED', message: 'the filter rules it out' },
      { id: 'installation:lyon-b', status: 'OK' },
    ]);
  });

  test('answers @explain as it does the header, beside @coverage, variables and the foreign subgraph', async () => {
    const text = `query ($all: CoverageRequirement) @explain @coverage(require: $all) {
      virtualMachines(first: 3) { nodes { name owner } }
    }`;
    const report = (await explain(site.brokers[0]!, text, {}, { all: 'ALL' }))!;
    expect(report.subgraphs).toMatchObject([{ subgraph: 'cmdb', status: 'OK', message: null }]);
    expect(report.subgraphs[0]!.receivedBytes).toBeGreaterThan(10);
    expect(report.queryPlan).toContain('Fetch(service: "cmdb")');
    expect(report.fields.map(({ crossing }) => crossing)).toEqual(['scatter']);
  });

  test('explains fields that are local or routed', async () => {
    const first = await fetchAnswer(site.brokers[0]!, '{ virtualMachines(first: 1) { nodes { id } } }', {}, {});
    const { id } = (first.data as { virtualMachines: { nodes: { id: string }[] } }).virtualMachines.nodes[0]!;
    const text = 'query ($id: ID!) { site { id } node(id: $id) { id } }';
    const report = (await explain(site.brokers[0]!, text, undefined, { id }))!;
    expect(report.fields).toContainEqual(expect.objectContaining({ path: 'site', crossing: 'local', rows: null }));
    expect(report.fields).toContainEqual(expect.objectContaining({ path: 'node', crossing: 'route by id', rows: 1 }));
  });
});

describe('an installation that a dead broker joins', () => {
  let site: FollowedSite;
  let port: number;
  const member = (installation: string, nth: number, at: number): Member => ({
    installation,
    broker: `${installation}-${nth}`,
    url: `http://127.0.0.1:${port + at}`,
  });

  beforeAll(async () => {
    port = await findFreePorts(3);
    site = await createFollowedSite();
    await site.write([member('a', 1, 0), member('b', 1, 1)]);
    await Promise.all([member('a', 1, 0), member('b', 1, 1)].map((one) => site.start(one, 500, silentLogger)));
  });

  afterAll(async () => {
    await site?.[Symbol.asyncDispose]();
  });

  test('shows the failed attempt, why that broker was chosen, and the attempt in its place', async () => {
    const asked = member('a', 1, 0).url;
    const rows = '{ virtualMachines(first: 500) { nodes { id name labels { key value } ipAddresses } } }';
    // A broker that nobody knows yet is believed to be quick, so that it is soon asked first; then its breaker opens. Each
    // round has another one join.
    const found = await eventually(async () => {
      const stranger = member('b', Math.floor(Math.random() * 1_000_000) + 2, 2);
      await explain(asked, rows);
      await site.write([member('a', 1, 0), member('b', 1, 1), stranger]);
      await eventually(async () => {
        const { data } = await fetchAnswer(asked, '{ site { installations { brokers { id } } } }', {}, {});
        expect(JSON.stringify(data)).toContain(`"${stranger.broker}"`);
      });
      const { requests } = (await explain(asked, rows))!;
      const request = requests.find(({ source }) => source === 'installation:b')!;
      expect(request.attempts.map(({ reason }) => reason)).toEqual(['FIRST', 'RETRY']);
      return { request, stranger };
    }, 20_000);
    const { request, stranger } = found;
    expect(request.status).toBe('OK');
    expect(request.attempts).toMatchObject([
      {
        broker: stranger.broker,
        reason: 'FIRST',
        status: 'UNREACHABLE',
        message: expect.stringContaining('ECONNREFUSED'),
      },
      { broker: 'b-1', reason: 'RETRY', status: 'OK', choice: `the only one left: ${stranger.broker} tried before` },
    ]);
    expect(request.attempts[0]!.choice).toMatch(/^of 2, two at random: b-\d+ costs .* against b-1 costs /);
    expect(request.attempts[1]!.startedMs).toBeGreaterThanOrEqual(request.attempts[0]!.endedMs);
  });
});

async function explain(
  broker: string,
  text: string,
  headers: Record<string, string> = { 'sitewide-explain': '1' },
  variables: Record<string, unknown> = {},
): Promise<ExplanationReport | undefined> {
  const { errors, extensions } = await fetchAnswer(broker, text, headers, variables);
  expect(errors).toBeUndefined();
  return extensions?.explain;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly extensions?: { readonly explain?: ExplanationReport };
}

async function fetchAnswer(
  broker: string,
  query: string,
  headers: Record<string, string>,
  variables: Record<string, unknown>,
): Promise<Answer> {
  const response = await fetch(`${broker}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(20_000),
  });
  return (await response.json()) as Answer;
}
