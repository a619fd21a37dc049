import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { createTransport } from '../../src/client/transport.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Effect } from '../../src/drivers/simulator/effects.ts';
import { eventually } from '../contract/eventually.ts';
import { type ChaosSite, startChaosSite } from '../support/chaos-site.ts';

// A bulk over three installations of 500 machines each, one of which is down: the rest is done and the coverage names what
// is missing, which the same request with the same key does later, without doing the rest again.

const vms = 500;
const { signal } = new AbortController();
let site: ChaosSite;

beforeAll(async () => {
  site = await startChaosSite({ installations: ['a', 'b', 'c'], brokers: 2, vms });
}, 120_000);
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
});

interface Bulk {
  readonly operation: { readonly id: string; readonly itemCount: number } | null;
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
  readonly targetCount: number | null;
  readonly coverage: {
    readonly complete: boolean;
    readonly sources: readonly { readonly id: string; readonly status: string }[];
  };
}

/** A broker of an installation that is never down. */
async function ask<Data>(text: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
  const endpoints = site.brokers
    .filter(({ installation }) => installation === 'a')
    .map(({ proxy }) => `${proxy.url}/graphql`);
  const transport = createTransport({ endpoints, clock: systemClock });
  const { data, errors } = await transport.request(text, variables, { signal, timeoutMs: 20_000 });
  expect(errors).toEqual([]);
  return data as Data;
}

async function bulk(rest: Readonly<Record<string, unknown>> = {}): Promise<Bulk> {
  const input = { filter: { powerState: ['RUNNING'] }, action: 'SUSPEND', maxTargets: 2_000, ...rest };
  const { setPowerStateBulk } = await ask<{ setPowerStateBulk: Bulk }>(
    `mutation($input: SetPowerStateBulkInput!) {
      setPowerStateBulk(input: $input) {
        operation { id itemCount }
        userErrors { code message }
        targetCount
        coverage { complete sources { id status } }
      }
    }`,
    { input },
  );
  return setPowerStateBulk;
}

interface Ended {
  readonly state: string;
  readonly itemCount: number;
  readonly succeededCount: number;
  readonly failedCount: number;
}

async function ended(id: string): Promise<Ended> {
  return eventually(async () => {
    const { operation } = await ask<{ operation: Ended }>(
      'query($id: ID!) { operation(id: $id) { state itemCount succeededCount failedCount } }',
      { id },
    );
    expect(['SUCCEEDED', 'FAILED']).toContain(operation.state);
    return operation;
  }, 90_000);
}

interface PartsPage {
  readonly nodes: readonly { readonly state: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** The parts by state, over all pages. */
async function parts(id: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (let after: string | null = null; ;) {
    const { operations }: { readonly operations: PartsPage } = await ask(
      `query($id: ID!, $after: String) {
        operations(filter: { parentId: { eq: $id } }, first: 400, after: $after) {
          nodes { state }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      { id, after },
    );
    for (const { state } of operations.nodes) counts.set(state, (counts.get(state) ?? 0) + 1);
    if (!operations.pageInfo.hasNextPage) return counts;
    after = operations.pageInfo.endCursor;
  }
}

async function effectsOf(installation: string): Promise<readonly Effect[]> {
  return (await (await fetch(`${site.simulators.get(installation)}/v1/effects`)).json()) as readonly Effect[];
}

async function runningIn(installation: string): Promise<number> {
  const vmsOf = (await (await fetch(`${site.simulators.get(installation)}/v1/vms`)).json()) as readonly {
    readonly powerState: string;
  }[];
  return vmsOf.filter(({ powerState }) => powerState === 'RUNNING').length;
}

test('a bulk does what it can, says what is missing, and does that later under the same key', async () => {
  const running = { a: await runningIn('a'), b: await runningIn('b'), c: await runningIn('c') };
  const lost = site.brokers.filter(({ installation }) => installation === 'c');
  await Promise.all(lost.map((broker) => broker.kill()));
  const tooMany = await bulk({ maxTargets: running.a + running.b - 1 });
  // With the coverage, since of an installation that does not answer nobody knows how many it would be.
  const both = [
    { id: 'installation:a', status: 'OK' },
    { id: 'installation:b', status: 'OK' },
  ];
  expect(tooMany).toMatchObject({
    operation: null,
    userErrors: [{ code: 'TOO_MANY_TARGETS' }],
    coverage: { sources: [...both, { id: 'installation:c' }] },
  });
  const nothing = await bulk({ filter: { name: { eq: 'nobody' } } });
  expect(nothing).toMatchObject({ operation: null, userErrors: [{ code: 'NOTHING_MATCHED' }] });
  expect([...(await effectsOf('a')), ...(await effectsOf('b'))]).toEqual([]);

  const first = await bulk({ idempotencyKey: 'nightly' });
  expect(first).toMatchObject({
    userErrors: [],
    targetCount: running.a + running.b,
    coverage: {
      complete: false,
      sources: [...both, { id: 'installation:c', status: expect.stringMatching(/^(UNREACHABLE|TIMEOUT)$/) }],
    },
  });
  const { id } = first.operation!;
  expect(await ended(id)).toEqual({
    state: 'SUCCEEDED',
    itemCount: running.a + running.b,
    succeededCount: running.a + running.b,
    failedCount: 0,
  });
  expect(await parts(id)).toEqual(new Map([['SUCCEEDED', running.a + running.b]]));
  const done = [await effectsOf('a'), await effectsOf('b')];
  expect(done.map(({ length }) => length)).toEqual([running.a, running.b]);

  lost.forEach((broker) => broker.start());
  await Promise.all(lost.map((broker) => broker.healthy()));
  const second = await eventually(async () => {
    const again = await bulk({ idempotencyKey: 'nightly' });
    expect(again).toMatchObject({ userErrors: [], coverage: { complete: true } });
    return again;
  }, 30_000);
  expect(second.operation!.id).toBe(id);
  const all = running.a + running.b + running.c;
  expect(await ended(id)).toMatchObject({ state: 'SUCCEEDED', itemCount: all, succeededCount: all });
  expect(await effectsOf('c')).toHaveLength(running.c);
  expect([await effectsOf('a'), await effectsOf('b')]).toEqual(done);
}, 240_000);
