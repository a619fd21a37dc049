import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { eventually } from '../contract/eventually.ts';
import type { FaultProxy } from '../support/fault-proxy.ts';
import { readMetrics } from '../support/metrics.ts';
import { type ProxiedSite, startProxiedSite } from '../support/proxied-site.ts';

// Equal questions that come at the same time are answered once. The other installation answers late, so that they do.

let site: ProxiedSite;
let proxy: FaultProxy;
let url: string;

const lateMs = 300;
const query = '{ virtualMachines(first: 5) { nodes { id name } coverage { complete } } }';

beforeAll(async () => {
  site = await startProxiedSite();
  ({ proxy, url } = site);
}, 60_000);

afterEach(() => proxy.setFault({ kind: 'none' }));

afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
});

const asksSofar = (): number => proxy.requests.get('/installation/graphql') ?? 0;

interface Sending {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

async function send({ body = { query }, headers = {}, signal }: Sending = {}): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: signal ?? AbortSignal.timeout(30_000),
  });
  const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown };
  return JSON.stringify({ data, errors });
}

describe('equal questions at the same time', () => {
  test('are asked once, and all get the answer', async () => {
    proxy.setFault({ kind: 'delay', milliseconds: lateMs });
    const before = asksSofar();
    const shared = (await readMetrics(site.sites.at('lyon').url)).value('sitewide_shared_answers_total', {
      tier: 'SITE',
    })!;
    const answers = await Promise.all(Array.from({ length: 6 }, () => send()));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('"complete":true');
    expect(asksSofar() - before).toBe(1);
    const samples = await readMetrics(site.sites.at('lyon').url);
    expect(samples.value('sitewide_shared_answers_total', { tier: 'SITE' })! - shared).toBe(5);
  });

  test('are asked anew once the first is over', async () => {
    const before = asksSofar();
    await send();
    await send();
    expect(asksSofar() - before).toBe(2);
  });

  test.each<[string, Sending, Sending]>([
    ['with other variables', { body: { query, variables: { a: 1 } } }, { body: { query, variables: { a: 2 } } }],
    ['with a deadline of their own', { headers: { 'sitewide-deadline-ms': '4000' } }, {}],
    ['to be explained', { headers: { 'sitewide-explain': '1' } }, { headers: { 'sitewide-explain': '1' } }],
    ['of a broker', { headers: { 'sitewide-tier': 'SITE' } }, { headers: { 'sitewide-tier': 'SITE' } }],
  ])('%s are not equal', async (_, one, other) => {
    proxy.setFault({ kind: 'delay', milliseconds: lateMs });
    const before = asksSofar();
    await Promise.all([send(one), send(other)]);
    expect(asksSofar() - before).toBe(2);
  });

  test('changes are never one', async () => {
    const text = 'mutation { cancelOperation(input: { id: "x" }) { userErrors { code } } }';
    const samples = async (): Promise<number> =>
      (await readMetrics(site.sites.at('lyon').url)).value('sitewide_shared_answers_total', { tier: 'SITE' })!;
    const before = await samples();
    await Promise.all([send({ body: { query: text } }), send({ body: { query: text } })]);
    expect(await samples()).toBe(before);
  });

  test('are answered although the first who asked goes away', async () => {
    proxy.setFault({ kind: 'delay', milliseconds: lateMs });
    const gone = new AbortController();
    const before = asksSofar();
    const first = send({ signal: gone.signal }).catch(() => 'gone');
    await eventually(() => expect(asksSofar() - before).toBe(1));
    const second = send();
    await new Promise((resolve) => setTimeout(resolve, 50));
    gone.abort();
    expect(await first).toBe('gone');
    expect(await second).toContain('"complete":true');
    expect(asksSofar() - before).toBe(2);
  });
});
