import { expect, test } from '@jest/globals';

import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { eventually } from '../contract/eventually.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { ask, query } from '../support/graphql.ts';
import { startSite } from '../support/site.ts';

// Brokers that have never reached their hypervisor manager.

const text =
  '{ virtualMachines { totalCount totalCountRelation coverage { complete sources { id status message } } } }';

test('a broker that never reached its manager says so, never an empty list, and serves as soon as it does', async () => {
  const port = await findFreePorts(1);
  const url = `http://127.0.0.1:${port}`;
  await using site = await startSite({ installations: ['lyon-a'], vms: 0, elsewhere: { 'lyon-a': url } });
  for (const path of ['/graphql', '/installation/graphql']) {
    const { data, errors } = await query(`${site.brokers[0]!}${path}`, text);
    expect(data).toEqual({ virtualMachines: null });
    expect(errors).toMatchObject([
      {
        path: ['virtualMachines'],
        message: expect.stringContaining('installation:lyon-a is UNREACHABLE'),
        extensions: { code: 'NO_SOURCE_ANSWERED', coverage: { complete: false } },
      },
    ]);
  }
  const simulator = await startSimulator({ installation: 'lyon-a', vms: 7, port });
  try {
    await eventually(async () => {
      const { virtualMachines } = await ask<{ virtualMachines: unknown }>(`${site.brokers[0]!}/graphql`, text);
      expect(virtualMachines).toMatchObject({ totalCount: 7, coverage: { complete: true } });
    });
  } finally {
    await simulator.close();
  }
});

test('beside others, only its own installation is missing', async () => {
  const url = `http://127.0.0.1:${await findFreePorts(1)}`;
  await using site = await startSite({ installations: ['lyon-a', 'lyon-b'], vms: 5, elsewhere: { 'lyon-a': url } });
  for (const broker of site.brokers) {
    const { virtualMachines } = await ask<{ virtualMachines: unknown }>(`${broker}/graphql`, text);
    expect(virtualMachines).toMatchObject({
      totalCount: 5,
      totalCountRelation: 'AT_LEAST',
      coverage: {
        complete: false,
        sources: [
          { id: 'installation:lyon-a', status: 'UNREACHABLE', message: expect.stringContaining(url) },
          { id: 'installation:lyon-b', status: 'OK', message: null },
        ],
      },
    });
  }
});

test('a foreign subgraph that comes later is joined in without a restart', async () => {
  const { startCmdb } = await import('../../examples/cmdb-subgraph/server.ts');
  const port = await findFreePorts(1);
  const subgraphs = [{ name: 'cmdb', url: `http://127.0.0.1:${port}/graphql` }];
  await using site = await startSite({ installations: ['lyon-a'], vms: 3, subgraphs });
  const joined = '{ virtualMachines { nodes { name owner } } }';
  const { errors } = await query(`${site.brokers[0]!}/graphql`, joined);
  expect(errors[0]!.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  const cmdb = await startCmdb({ host: '127.0.0.1', port });
  try {
    await eventually(async () => {
      const { virtualMachines } = await ask<{ virtualMachines: { nodes: { owner: string }[] } }>(
        `${site.brokers[0]!}/graphql`,
        joined,
      );
      expect(virtualMachines.nodes.map(({ owner }) => typeof owner)).toEqual(['string', 'string', 'string']);
    });
  } finally {
    await cmdb.close();
  }
  const answer = await query<{ virtualMachines: { nodes: unknown[] } }>(`${site.brokers[0]!}/graphql`, joined);
  expect(answer.data!.virtualMachines.nodes).toHaveLength(3);
  expect(answer.errors[0]).toMatchObject({ extensions: { code: 'SUBGRAPH_FAILED' } });
});
