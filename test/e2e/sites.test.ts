import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { eventually } from '../contract/eventually.ts';
import { linesOf, sitewide } from '../support/cli.ts';
import { type Demo, startDemo } from '../support/demo.ts';
import { ask } from '../support/graphql.ts';

// The demo as it starts by itself: two sites of two installations, each with two brokers. The tests run in order: the last
// ones take a site away, and then everything.

const vmsEach = 200;
let demo: Demo;

beforeAll(async () => {
  demo = await startDemo({ sites: 2, installations: 2, brokers: 2, vms: vmsEach });
}, 90_000);
afterAll(async () => {
  await demo?.[Symbol.asyncDispose]();
});

interface ComparedWay {
  readonly way: string;
  readonly run: 'first' | 'again';
  readonly milliseconds: number;
  readonly requests: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly rows: number;
}

/** What the demo printed of the three ways. */
function comparison(): readonly ComparedWay[] {
  const line = demo.stdout.find((one) => one.startsWith('{"comparison":'));
  return (JSON.parse(line!) as { readonly comparison: readonly ComparedWay[] }).comparison;
}

test('the same question takes one request over the wide area network through sitewide, and one for each installation without', () => {
  const found = comparison().map(({ way, run, requests, rows }) => [way, run, requests, rows]);
  expect(found).toEqual(
    [
      ['each installation, one by one', 2],
      ['each installation, at once', 2],
      ['through sitewide', 1],
    ].flatMap(([way, requests]) => ['first', 'again'].map((run) => [way, run, requests, 2 * vmsEach])),
  );
});

test('each way takes the time of its round trips at least', () => {
  for (const { way, run, milliseconds } of comparison()) {
    // New connections take one more; sitewide keeps its own.
    const roundTrips =
      way === 'through sitewide' ? 1 : (way.endsWith('one by one') ? 2 : 1) * (run === 'first' ? 2 : 1);
    expect(milliseconds).toBeGreaterThanOrEqual(roundTrips * 80 - 5);
  }
});

test('site after site is listed by port, and any broker answers for its site and for all of them', async () => {
  const brokers = demo.processes.filter(({ role }) => role === 'broker');
  expect(brokers.map(({ site }) => site)).toEqual([
    ...Array<string>(4).fill('demo-1'),
    ...Array<string>(4).fill('demo-2'),
  ]);
  for (const { url } of [brokers.at(0)!, brokers.at(-1)!]) {
    expect(await count(`${url}/graphql`)).toEqual({ count: 2 * vmsEach, countRelation: 'EQUAL' });
    expect(await count(`${url}/federation/graphql`)).toEqual({ count: 4 * vmsEach, countRelation: 'EQUAL' });
  }
  expect(demo.stdout.at(-1)).toBe(`ready ${demo.brokers[0]}/graphql`);
});

test('a machine of the other site is stopped and followed to its end', async () => {
  const far = demo.processes.filter(({ role, site }) => role === 'broker' && site === 'demo-2');
  const endpoints = far.map(({ url }) => `${url}/federation/graphql`);
  const options = ['--installation', 'demo-a', '--state', 'RUNNING', '--limit', '1', '-o', 'jsonl'];
  const [vm] = linesOf<{ readonly id: string }>(await sitewide(endpoints, 'vm', 'list', ...options));
  const stopped = await sitewide(endpoints, 'vm', 'stop', vm!.id);
  expect(stopped).toMatchObject({ code: 0, stderr: '' });
  expect(linesOf(stopped).at(-1)).toMatchObject({ state: 'SUCCEEDED', progress: 100 });
});

test('a site that is lost is named with its installations, and the rows of the other one are there', async () => {
  for (const { pid } of demo.processes.filter(({ site }) => site === 'demo-2')) {
    process.kill(pid, 'SIGKILL');
  }
  const { virtualMachines } = await ask<{ virtualMachines: unknown }>(
    `${demo.brokers[0]!}/federation/graphql`,
    '{ virtualMachines(first: 1) { totalCount totalCountRelation coverage { complete sources { id status } } } }',
  );
  expect(virtualMachines).toEqual({
    totalCount: 2 * vmsEach,
    totalCountRelation: 'AT_LEAST',
    coverage: {
      complete: false,
      sources: [
        { id: 'installation:demo-a', status: 'OK' },
        { id: 'installation:demo-b', status: 'OK' },
        ...['installation:demo-c', 'installation:demo-d', 'site:demo-2'].map((id) => ({ id, status: 'UNREACHABLE' })),
      ],
    },
  });
});

test('Ctrl-C ends every process of both sites within five seconds', async () => {
  demo.parent.kill('SIGINT');
  await eventually(() => expect(demo.parent.exitCode).toBe(0), 5_000);
});

async function count(url: string): Promise<unknown> {
  const answer = await ask<{ virtualMachineSummary: unknown }>(
    url,
    '{ virtualMachineSummary { count countRelation } }',
  );
  return answer.virtualMachineSummary;
}
