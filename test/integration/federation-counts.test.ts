import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { WanCounts } from '../../src/commands/wan/counts.ts';
import { eventually } from '../contract/eventually.ts';
import { subscribe } from '../support/chaos-subscribers.ts';
import { ask, query } from '../support/graphql.ts';
import { startWanSites, type WanSites } from '../support/wan-sites.ts';

// What a question costs between sites, counted on the wire: one request for each other site that it concerns, however many
// installations that site has, and none for a site that it does not concern.

const installations = {
  home: ['h1', 'h2'],
  one: ['o1'],
  two: ['t1', 't2'],
  three: ['d1', 'd2', 'd3'],
};
const vms = 12;

/** One request to each other site. */
const onceEach = { one: 1, two: 1, three: 1 };

let running: WanSites;

beforeAll(async () => {
  running = await startWanSites({ sites: installations, vms });
}, 120_000);

afterAll(async () => {
  await running?.[Symbol.asyncDispose]();
});

const federation = (): string => `${running.sites.at('home').url}/federation/graphql`;

/** The requests that a question sends to each other site; it must be answered without an error. */
async function requestsOf(text: string, variables: Record<string, unknown> = {}): Promise<Record<string, number>> {
  const { requests } = await running.during('home', () => ask(federation(), text, variables));
  return requests;
}

/** The global ids of what an installation has, from its own site. */
async function idsOf(installation: string, field = 'virtualMachines'): Promise<readonly string[]> {
  const broker = running.sites.brokers.find((one) => one.installation === installation)!;
  const text = `{ found: ${field}(first: 100) { nodes { id } } }`;
  const { found } = await ask<Found>(`${broker.url}/installation/graphql`, text);
  return found.nodes.map(({ id }) => id);
}

interface Found {
  readonly found: { readonly nodes: readonly { readonly id: string }[] };
}

/** The first machine of each of these installations. */
async function oneOfEach(...names: readonly string[]): Promise<readonly string[]> {
  return Promise.all(names.map(async (name) => (await idsOf(name))[0]!));
}

describe('a list', () => {
  test.each([
    ['of machines', '{ virtualMachines(first: 5) { nodes { id name host { name } } totalCount } }'],
    ['of hosts', '{ hosts(first: 5) { nodes { id name } totalCount } }'],
    ['of datastores', '{ datastores { nodes { id } } }'],
    ['of networks', '{ networks(last: 3) { edges { cursor node { id } } } }'],
    ['of operations', '{ operations { nodes { id state } totalCount } }'],
    ['that is a summary', '{ virtualMachineSummary(groupBy: [{ field: INSTALLATION }]) { count memoryMiB } }'],
    [
      'beside others',
      `{ a: virtualMachines(first: 2) { nodes { id } } b: virtualMachines(last: 9) { nodes { name } pageInfo { startCursor } }
         hosts(first: 1) { totalCount } virtualMachineSummary { count } operations(first: 1) { totalCount } }`,
    ],
  ])('%s asks each other site once, whatever the number of its installations', async (_, text) => {
    expect(await requestsOf(text)).toEqual(onceEach);
  });

  test('costs the same for every page', async () => {
    const text = `query Page($after: String) {
      virtualMachines(first: 20, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } }
    }`;
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const { result, requests }: { readonly result: Page; readonly requests: Readonly<Record<string, number>> } =
        await running.during('home', () => ask<Page>(federation(), text, { after }));
      expect(requests).toEqual(onceEach);
      const { nodes, pageInfo } = result.virtualMachines;
      seen.push(...nodes.map(({ id }) => id));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(new Set(seen).size).toBe(8 * vms);
  });

  test('asked of a broker of another site asks the others the same way', async () => {
    const url = `${running.sites.at('three').url}/federation/graphql`;
    const { requests } = await running.during('three', () => ask(url, '{ virtualMachines { totalCount } }'));
    expect(requests).toEqual({ home: 1, one: 1, two: 1 });
  });

  test('of the site tier asks no other site', async () => {
    const url = `${running.sites.at('home').url}/graphql`;
    const { requests } = await running.during('home', () => ask(url, '{ virtualMachines { totalCount } }'));
    expect(requests).toEqual({});
  });

  interface Page {
    readonly virtualMachines: {
      readonly nodes: readonly { readonly id: string }[];
      readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
    };
  }
});

describe('a site that a question does not concern', () => {
  const list = '{ virtualMachines(filter: $filter) { nodes { id } totalCount } }';
  const filtered = `query List($filter: VirtualMachineFilter) ${list}`;

  test('costs nothing if a filter on installations rules it out', async () => {
    expect(await requestsOf(filtered, { filter: { installation: { eq: 'd2' } } })).toEqual({ three: 1 });
    expect(await requestsOf(filtered, { filter: { installation: { in: ['t1', 'h2', 'd3'] } } })).toEqual({
      two: 1,
      three: 1,
    });
    expect(await requestsOf(filtered, { filter: { installation: { eq: 'h2' } } })).toEqual({});
  });

  test('costs nothing if a filter on sites or on ids rules it out', async () => {
    expect(await requestsOf(filtered, { filter: { site: { eq: 'two' } } })).toEqual({ two: 1 });
    expect(await requestsOf(filtered, { filter: { site: { in: ['home', 'three', 'one'] } } })).toEqual({
      one: 1,
      three: 1,
    });
    const ids = await oneOfEach('h2', 't2', 't1');
    expect(await requestsOf(filtered, { filter: { id: { in: ids } } })).toEqual({ two: 1 });
  });

  test('costs nothing if @coverage names others', async () => {
    const of = (sources: string): Promise<Record<string, number>> =>
      requestsOf(`query @coverage(sources: ${sources}) { virtualMachines(first: 1) { totalCount } }`);
    expect(await of('["site:two"]')).toEqual({ two: 1 });
    expect(await of('["installation:d1", "installation:d3"]')).toEqual({ three: 1 });
    expect(await of('["site:home"]')).toEqual({});
    expect(await of('["installation:h1", "site:one"]')).toEqual({ one: 1 });
  });

  test('costs nothing for what the asked broker answers itself', async () => {
    expect(await requestsOf('{ site { id } sites { id installations { id } } __typename }')).toEqual({});
  });
});

describe('a look-up', () => {
  test('asks the site that has it once', async () => {
    const [id] = await oneOfEach('d2');
    expect(await requestsOf('query ($id: ID!) { virtualMachine(id: $id) { name } }', { id })).toEqual({ three: 1 });
    expect(await requestsOf('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ three: 1 });
    const host = (await idsOf('t2', 'hosts'))[0];
    expect(await requestsOf('query ($id: ID!) { host(id: $id) { name } }', { id: host })).toEqual({ two: 1 });
  });

  test('of many asks each site that has any once', async () => {
    const text = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    const look = async (...names: readonly string[]): Promise<Record<string, number>> =>
      requestsOf(text, { ids: await oneOfEach(...names) });
    expect(await look('d1', 't1', 'h2', 'd3', 'o1', 't2', 'd2')).toEqual(onceEach);
    expect(await look('d1', 'd2', 'd3')).toEqual({ three: 1 });
    expect(await look('h1', 'h2')).toEqual({});
  });

  test('of entities asks each site that has any once', async () => {
    const text = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on VirtualMachine { name } } }';
    const ids = await oneOfEach('t2', 'd1', 't1', 'd3', 'h1');
    const of = ids.map((id) => ({ __typename: 'VirtualMachine', id }));
    expect(await requestsOf(text, { of })).toEqual({ two: 1, three: 1 });
  });

  test('beside lists travels with them', async () => {
    const text = `query ($ids: [ID!]!, $id: ID!) {
      nodes(ids: $ids) { id } node(id: $id) { id } hosts { totalCount } virtualMachineSummary { count }
    }`;
    const ids = await oneOfEach('d1', 'd2', 't1');
    expect(await requestsOf(text, { ids, id: ids[0] })).toEqual(onceEach);
  });
});

describe('a change', () => {
  const power = `mutation Power($input: SetPowerStateInput!) {
    setPowerState(input: $input) { operation { id } userErrors { code message } }
  }`;
  const bulk = `mutation Bulk($input: SetPowerStateBulkInput!) {
    setPowerStateBulk(input: $input) { operation { id itemCount } targetCount userErrors { code } coverage { complete } }
  }`;
  const look = 'query ($id: ID!) { operation(id: $id) { id state itemCount } }';
  const cancel = 'mutation ($id: ID!) { cancelOperation(input: { id: $id }) { operation { id } } }';

  test('of one machine asks its site once, and so do its look-up and its cancelling', async () => {
    const [id] = await oneOfEach('t2');
    const { result, requests } = await running.during('home', () =>
      ask<{ setPowerState: Payload }>(federation(), power, { input: { id, action: 'FORCE_STOP' } }),
    );
    expect(requests).toEqual({ two: 1 });
    const operation = result.setPowerState.operation!;
    expect(await requestsOf(look, { id: operation.id })).toEqual({ two: 1 });
    expect(await requestsOf(cancel, { id: operation.id })).toEqual({ two: 1 });
  });

  test('of many that is only tried, or refused, asks each site once', async () => {
    const input = { filter: { name: { startsWith: '' } }, action: 'FORCE_STOP', maxTargets: 1_000 };
    expect(await requestsOf(bulk, { input: { ...input, dryRun: true } })).toEqual(onceEach);
    expect(await requestsOf(bulk, { input: { ...input, maxTargets: 3 } })).toEqual(onceEach);
    expect(await requestsOf(bulk, { input: { ...input, filter: { name: { eq: 'nobody' } } } })).toEqual(onceEach);
  });

  test('of many at several sites asks each twice, as a bulk is asked twice', async () => {
    const filter = { installation: { in: ['h1', 'o1', 'd1', 'd3'] } };
    const input = { filter, action: 'FORCE_STOP', maxTargets: 1_000, idempotencyKey: randomUUID() };
    const { result, requests } = await running.during('home', () =>
      ask<{ setPowerStateBulk: Payload }>(federation(), bulk, { input }),
    );
    expect(requests).toEqual({ one: 2, three: 2 });
    const { id, itemCount } = result.setPowerStateBulk.operation!;
    expect(itemCount).toBe(4 * vms);
    expect(await requestsOf(look, { id })).toEqual(onceEach);
    expect(await requestsOf(cancel, { id })).toEqual(onceEach);
    // The same again: which of its installations have their parts already is each site's own business.
    expect(await requestsOf(bulk, { input })).toEqual({ one: 2, three: 2 });
    await eventually(async () => {
      const { operation } = await ask<{ operation: { state: string } }>(federation(), look, { id });
      expect(operation.state).not.toMatch(/QUEUED|RUNNING/);
    }, 30_000);
  });

  test('of many at one other site asks it once', async () => {
    const input = { filter: { installation: { in: ['t1', 't2'] } }, action: 'PAUSE', idempotencyKey: randomUUID() };
    expect(await requestsOf(bulk, { input })).toEqual({ two: 1 });
    expect(await requestsOf(bulk, { input: { ...input, filter: { site: { eq: 'two' } }, dryRun: true } })).toEqual({
      two: 1,
    });
  });

  interface Payload {
    readonly operation: { readonly id: string; readonly itemCount: number } | null;
  }
});

describe('subscribers', () => {
  test('take one connection to each other site together, and a question beside them takes none of theirs', async () => {
    const stop = new AbortController();
    const { result: subscribers, counts } = await running.during('home', async () => {
      const all = Array.from({ length: 25 }, () => subscribe([federation()], { signal: stop.signal }));
      await eventually(() => {
        for (const { token } of all) expect(token).not.toBeNull();
      });
      return all;
    });
    expect(upgradesIn(counts)).toEqual(onceEach);
    const later = await running.during('home', async () => {
      const one = subscribe([federation()], { signal: stop.signal });
      await eventually(() => expect(one.token).not.toBeNull());
      await ask(federation(), '{ virtualMachines { totalCount } }');
      return one;
    });
    expect(upgradesIn(later.counts)).toEqual({ one: 0, two: 0, three: 0 });
    expect(later.requests).toEqual(onceEach);
    stop.abort(new Error('The test is over.'));
    await Promise.all([...subscribers, later.result].map(({ done }) => done));
  });

  function upgradesIn(counts: Readonly<Record<string, WanCounts>>): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.entries(counts).map(([site, { upgrades }]) => [site, upgrades]));
  }
});

describe('a question that is at fault', () => {
  test('asks nobody if the asked broker can tell', async () => {
    for (const text of [
      '{ nothing }',
      'query @coverage(sources: ["site:nowhere"]) { virtualMachines { totalCount } }',
    ]) {
      const { result, requests } = await running.during('home', () => query(federation(), text));
      expect(result.errors).not.toEqual([]);
      expect(requests).toEqual({});
    }
  });
});
