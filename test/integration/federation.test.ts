import '../../src/gateway/quiet.ts';

import { ApolloGateway, IntrospectAndCompose } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';

import { startCmdb } from '../../examples/cmdb-subgraph/server.ts';
import { ask, query } from '../support/graphql.ts';
import { startSite, type TestSite } from '../support/site.ts';

// A site among other subgraphs: an operator's own one joined in by our broker, and a whole site as one subgraph of a
// gateway that knows nothing of us.

let cmdb: Awaited<ReturnType<typeof startCmdb>>;
let site: TestSite;

beforeAll(async () => {
  cmdb = await startCmdb({ host: '127.0.0.1', port: 0 });
  site = await startSite({
    installations: ['lyon-a', 'lyon-b'],
    vms: 30,
    subgraphs: [{ name: 'cmdb', url: cmdb.url }],
  });
});

afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  await cmdb?.close();
});

const joined = `query ($timeoutMs: Int) @coverage(require: ALL, timeoutMs: $timeoutMs) {
  virtualMachines(first: 7) { nodes { name owner costCentre } coverage { complete } }
}`;

interface Joined {
  readonly virtualMachines: {
    readonly nodes: readonly { readonly name: string; readonly owner: string; readonly costCentre: string }[];
    readonly coverage: { readonly complete: boolean };
  };
}

describe("an operator's own subgraph", () => {
  test('is joined to the rows of all installations, under @coverage', async () => {
    const { virtualMachines } = await ask<Joined>(`${site.brokers[0]!}/graphql`, joined, { timeoutMs: 4_000 });
    expect(virtualMachines.nodes).toHaveLength(7);
    expect(virtualMachines.coverage.complete).toBe(true);
    for (const { name, owner, costCentre } of virtualMachines.nodes) {
      expect([typeof name, typeof owner, typeof costCentre]).toEqual(['string', 'string', 'string']);
    }
  });

  test('exists only at the broker that is configured with it', async () => {
    const { errors } = await query(`${site.brokers[1]!}/graphql`, joined);
    expect(errors[0]!.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});

describe.each(['/graphql', '/installation/graphql'])('%s', (path) => {
  test('passes the audits of GraphQL over HTTP without an error', async () => {
    const results = await Promise.all(serverAudits({ url: `${site.brokers[1]!}${path}` }).map((audit) => audit.fn()));
    expect(results.filter(({ status }) => status === 'error')).toEqual([]);
  });
});

describe('a plain ApolloGateway that composes a whole site with another subgraph', () => {
  let plain: ApolloServer;
  beforeAll(async () => {
    const supergraphSdl = new IntrospectAndCompose({
      subgraphs: [
        { name: 'site', url: `${site.brokers[1]!}/graphql` },
        { name: 'cmdb', url: cmdb.url },
      ],
    });
    plain = new ApolloServer({ gateway: new ApolloGateway({ supergraphSdl }) });
    await plain.start();
  });
  afterAll(async () => {
    await plain?.stop();
  });

  test('joins the site to the other subgraph', async () => {
    const data = await execute('{ virtualMachines(first: 5) { totalCount nodes { id name owner } } }');
    expect(data['virtualMachines']).toMatchObject({ totalCount: 60 });
    const { nodes } = data['virtualMachines'] as { nodes: { owner: unknown }[] };
    expect(nodes.map(({ owner }) => typeof owner)).toEqual(new Array(5).fill('string'));
  });

  test('resolves entities of both installations through the site endpoint', async () => {
    const { virtualMachines } = await ask<{ virtualMachines: { nodes: { id: string; name: string }[] } }>(
      `${site.brokers[1]!}/graphql`,
      '{ virtualMachines(first: 60) { nodes { id name } } }',
    );
    const ids = virtualMachines.nodes.map(({ id }) => id).reverse();
    const { _entities: entities } = await ask<{ _entities: { name: string }[] }>(
      `${site.brokers[1]!}/graphql`,
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on VirtualMachine { id name } } }',
      { r: ids.map((id) => ({ __typename: 'VirtualMachine', id })) },
    );
    expect(entities).toEqual([...virtualMachines.nodes].reverse());
  });

  async function execute(text: string): Promise<Record<string, unknown>> {
    const response = await plain.executeOperation({ query: text });
    if (response.body.kind !== 'single') {
      throw new Error('An incremental answer was not asked for.');
    }
    const { data, errors } = response.body.singleResult;
    expect(errors).toBeUndefined();
    return data as Record<string, unknown>;
  }
});
