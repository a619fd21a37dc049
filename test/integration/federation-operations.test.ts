import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { encodeId } from '../../src/core/ids.ts';
import { type ChangeableSites, startChangeableSites } from '../support/changeable-sites.ts';
import { ask, query } from '../support/graphql.ts';

// A change of one machine of another site: asked for here, done there once, followed from either.

let sites: ChangeableSites;

beforeAll(async () => {
  sites = await startChangeableSites(6);
}, 120_000);

afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
});

interface Machine {
  readonly id: string;
  readonly localId: string;
  readonly powerState: string;
}

interface Payload {
  readonly operation: { readonly id: string } | null;
  readonly userErrors: readonly unknown[];
}

async function machinesOf(installation: string): Promise<readonly Machine[]> {
  const { virtualMachines } = await ask<{ virtualMachines: { nodes: readonly Machine[] } }>(
    sites.at('oslo'),
    `query M($installation: ID!) {
      virtualMachines(first: 100, filter: { installation: { eq: $installation } }) { nodes { id localId powerState } }
    }`,
    { installation },
  );
  return virtualMachines.nodes;
}

describe('a machine of another site', () => {
  test('is changed from here, and its operation is followed, listed and found from any site', async () => {
    const [machine] = (await machinesOf('oslo-a')).filter(({ powerState }) => powerState === 'RUNNING');
    const { setPowerState } = await ask<{ setPowerState: Payload }>(
      sites.at('lyon'),
      `mutation P($id: ID!) { setPowerState(input: { id: $id, action: FORCE_STOP }) { operation { id } userErrors { code } } }`,
      { id: machine!.id },
    );
    expect(setPowerState.userErrors).toEqual([]);
    const { id } = setPowerState.operation!;
    expect(await sites.ended('lyon', id)).toMatchObject({ state: 'SUCCEEDED' });
    expect((await sites.effects('oslo-a')).filter(({ vm }) => vm === machine!.localId)).toHaveLength(1);
    for (const site of ['lyon', 'oslo'] as const) {
      const found = await ask<{
        operations: { nodes: unknown };
        node: unknown;
        nodes: unknown;
        _entities: unknown;
      }>(
        sites.at(site),
        `query F($id: ID!, $vm: ID!, $r: [_Any!]!) {
          operations(filter: { id: { eq: $id } }) { nodes { id target { id ... on VirtualMachine { powerState } } installation { localId } } }
          node(id: $id) { id }
          nodes(ids: [$vm, $id]) { id }
          _entities(representations: $r) { ... on VirtualMachine { id powerState } }
        }`,
        { id, vm: machine!.id, r: [{ __typename: 'VirtualMachine', id: machine!.id }] },
      );
      expect(found).toEqual({
        operations: {
          nodes: [{ id, target: { id: machine!.id, powerState: 'STOPPED' }, installation: { localId: 'oslo-a' } }],
        },
        node: { id },
        nodes: [{ id: machine!.id }, { id }],
        _entities: [{ id: machine!.id, powerState: 'STOPPED' }],
      });
    }
  });

  test('is resolved as an entity beside those of other sites, each at its place', async () => {
    const ids = await Promise.all(
      ['oslo-a', 'lyon-b', 'lyon-a'].map(async (installation) => (await machinesOf(installation))[0]!.id),
    );
    const strange = encodeId({ type: 'VirtualMachine', installation: 'paris-a', localId: 'x' });
    const wanted = [...ids, strange, ids[0]!];
    const { data, errors } = await query<{ _entities: unknown }>(
      sites.at('oslo'),
      'query E($r: [_Any!]!) { _entities(representations: $r) { ... on VirtualMachine { id } } }',
      { r: wanted.map((id) => ({ __typename: 'VirtualMachine', id })) },
    );
    expect(data).toEqual({ _entities: wanted.map((id) => (id === strange ? null : { id })) });
    expect(errors).toMatchObject([{ path: ['_entities', 3], extensions: { code: 'UNKNOWN_INSTALLATION' } }]);
  });

  test('is refused by name where nobody knows its installation', async () => {
    const id = encodeId({ type: 'VirtualMachine', installation: 'paris-a', localId: 'x' });
    const text = `mutation P($id: ID!) { setPowerState(input: { id: $id, action: START }) { operation { id } } }`;
    const { errors } = await query(sites.at('lyon'), text, { id });
    expect(errors).toMatchObject([{ extensions: { code: 'UNKNOWN_INSTALLATION' } }]);
    const looked = await query(sites.at('lyon'), 'query N($id: ID!) { nodes(ids: [$id]) { id } }', { id });
    expect(looked).toMatchObject({
      data: { nodes: [null] },
      errors: [{ path: ['nodes', 0], extensions: { code: 'UNKNOWN_INSTALLATION' } }],
    });
  });
});
