import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { type Demo, startDemo } from '../support/demo.ts';
import { ask } from '../support/graphql.ts';

// The demo as it starts by itself: two sites of two installations, each with two brokers.

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

async function count(url: string): Promise<unknown> {
  const answer = await ask<{ virtualMachineSummary: unknown }>(
    url,
    '{ virtualMachineSummary { count countRelation } }',
  );
  return answer.virtualMachineSummary;
}
