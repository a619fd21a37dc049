import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { encodeId } from '../../src/core/ids.ts';
import type { Effect } from '../../src/drivers/simulator/effects.ts';
import { bulkIdOf } from '../../src/model/operation-list.ts';
import { eventually } from '../contract/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { type Answer, ask, query } from '../support/graphql.ts';
import { startPostgres } from '../support/postgres.ts';
import { startSites, type TestSites } from '../support/sites.ts';

// Changes over two sites with a database for each installation: what is asked for at one site is done at the other one,
// once, and followed from either.

const installations = ['lyon-a', 'lyon-b', 'oslo-a'];
let sites: TestSites;
/** Between lyon and the brokers of oslo. */
const proxies: FaultProxy[] = [];
const started = new AsyncDisposableStack();

beforeAll(async () => {
  const postgres = started.use(await startPostgres());
  const databases = new Map<string, string>();
  for (const installation of installations) databases.set(installation, await postgres.newDatabase());
  sites = started.use(
    await startSites({
      sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a'] },
      vms: 12,
      settings: ({ installation }) => ({ database: { url: databases.get(installation) } }),
      async between(from, { url }) {
        if (from === 'oslo') return url;
        const proxy = started.use(await startFaultProxy(url));
        proxies.push(proxy);
        return proxy.url;
      },
    }),
  );
}, 120_000);

afterEach(async () => {
  proxies.forEach((proxy) => proxy.setFault({ kind: 'none' }));
  await eventually(async () => {
    const { operations } = await ask<{ operations: { coverage: unknown } }>(
      at('lyon'),
      '{ operations(first: 1) { coverage { complete } } }',
    );
    expect(operations.coverage).toEqual({ complete: true });
  }, 15_000);
});

afterAll(async () => {
  await started.disposeAsync();
});

const at = (site: string): string => `${sites.at(site).url}/federation/graphql`;

interface Machine {
  readonly id: string;
  readonly localId: string;
  readonly powerState: string;
}

interface Payload {
  readonly operation: { readonly id: string; readonly itemCount: number; readonly state: string } | null;
  readonly userErrors: readonly { readonly code: string; readonly field: string | null; readonly message: string }[];
  readonly targetCount: number | null;
  readonly preview: readonly string[] | null;
  readonly coverage: { readonly complete: boolean; readonly sources: readonly { id: string; status: string }[] } | null;
}

const payload = `operation { id state itemCount } userErrors { code field message } preview targetCount
  coverage { complete sources { id status message } }`;

async function machinesOf(installation: string): Promise<readonly Machine[]> {
  const { virtualMachines } = await ask<{ virtualMachines: { nodes: readonly Machine[] } }>(
    at('oslo'),
    `query M($installation: ID!) {
      virtualMachines(first: 100, filter: { installation: { eq: $installation } }) { nodes { id localId powerState } }
    }`,
    { installation },
  );
  return virtualMachines.nodes;
}

/** How often something was done to the machines of an installation. */
async function effectsAt(installation: string): Promise<readonly Effect[]> {
  const response = await fetch(`${sites.simulators[installation]!}/v1/effects`);
  return (await response.json()) as readonly Effect[];
}

async function bulk(site: string, input: Record<string, unknown>): Promise<Payload> {
  const text = `mutation B($input: CreateSnapshotBulkInput!) { createSnapshotBulk(input: $input) { ${payload} } }`;
  const { createSnapshotBulk } = await ask<{ createSnapshotBulk: Payload }>(at(site), text, { input });
  return createSnapshotBulk;
}

interface Followed {
  readonly state: string;
  readonly itemCount: number;
  readonly succeededCount: number;
}

async function ended(site: string, id: string): Promise<Followed> {
  return eventually(async () => {
    const { operation } = await ask<{ operation: Followed }>(
      at(site),
      'query O($id: ID!) { operation(id: $id) { state itemCount succeededCount } }',
      { id },
    );
    expect(operation?.state).toMatch(/SUCCEEDED|FAILED|CANCELLED/);
    return operation;
  }, 15_000);
}

describe('a machine of another site', () => {
  test('is changed from here, and its operation is followed, listed and found from any site', async () => {
    const [machine] = (await machinesOf('oslo-a')).filter(({ powerState }) => powerState === 'RUNNING');
    const { setPowerState } = await ask<{ setPowerState: Payload }>(
      at('lyon'),
      `mutation P($id: ID!) { setPowerState(input: { id: $id, action: FORCE_STOP }) { ${payload} } }`,
      { id: machine!.id },
    );
    expect(setPowerState.userErrors).toEqual([]);
    const { id } = setPowerState.operation!;
    expect(await ended('lyon', id)).toMatchObject({ state: 'SUCCEEDED' });
    expect((await effectsAt('oslo-a')).filter(({ vm }) => vm === machine!.localId)).toHaveLength(1);
    for (const site of ['lyon', 'oslo']) {
      const found = await ask<{
        operations: { nodes: unknown };
        node: unknown;
        nodes: unknown;
        _entities: unknown;
      }>(
        at(site),
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

  test('is refused by name where nobody knows its installation', async () => {
    const id = encodeId({ type: 'VirtualMachine', installation: 'paris-a', localId: 'x' });
    const text = `mutation P($id: ID!) { setPowerState(input: { id: $id, action: START }) { operation { id } } }`;
    const { errors } = await query(at('lyon'), text, { id });
    expect(errors).toMatchObject([{ extensions: { code: 'UNKNOWN_INSTALLATION' } }]);
    const looked = await query(at('lyon'), 'query N($id: ID!) { nodes(ids: [$id]) { id } }', { id });
    expect(looked).toMatchObject({
      data: { nodes: [null] },
      errors: [{ path: ['nodes', 0], extensions: { code: 'UNKNOWN_INSTALLATION' } }],
    });
  });
});

describe('a bulk over sites', () => {
  test('says before anything is changed what it would do everywhere, and how much is too much', async () => {
    const before = await snapshotEffects();
    const name = randomUUID();
    const tried = await bulk('lyon', { filter: {}, name, dryRun: true });
    expect(tried).toMatchObject({ operation: null, userErrors: [], targetCount: 36, coverage: { complete: true } });
    expect(tried.preview).toHaveLength(36);
    const refused = await bulk('lyon', { filter: {}, name, maxTargets: 35 });
    expect(refused.operation).toBeNull();
    expect(refused.userErrors).toEqual([
      {
        code: 'TOO_MANY_TARGETS',
        field: 'input.maxTargets',
        message:
          'The filter meets 36 machines, and maxTargets allows 35: ' +
          '12 at installation:lyon-a, 12 at installation:lyon-b, 12 at site:oslo.',
      },
    ]);
    const nothing = await bulk('oslo', { filter: { name: { eq: 'nobody' } }, name });
    expect(nothing).toMatchObject({ operation: null, userErrors: [{ code: 'NOTHING_MATCHED' }] });
    expect(await snapshotEffects()).toBe(before);
  });

  test('is one operation for all, and the same key at any site does nothing twice', async () => {
    const before = await snapshotEffects();
    const input = { filter: {}, name: randomUUID(), idempotencyKey: randomUUID() };
    const first = await bulk('lyon', input);
    expect(first).toMatchObject({ userErrors: [], targetCount: 36, coverage: { complete: true } });
    const again = await bulk('oslo', input);
    expect(again.operation!.id).toBe(first.operation!.id);
    for (const site of ['lyon', 'oslo']) {
      expect(await ended(site, first.operation!.id)).toEqual({
        state: 'SUCCEEDED',
        itemCount: 36,
        succeededCount: 36,
      });
    }
    const parts = await ask<{ operations: { totalCount: number } }>(
      at('oslo'),
      'query P($id: ID!) { operations(filter: { parentId: { eq: $id } }) { totalCount } }',
      { id: first.operation!.id },
    );
    expect(parts.operations.totalCount).toBe(36);
    expect(await bulk('oslo', input)).toMatchObject({ operation: { id: first.operation!.id, itemCount: 36 } });
    expect(await snapshotEffects()).toBe(before + 36);
    const other = await bulk('oslo', { ...input, filter: { name: { contains: '-' } } });
    expect(other).toMatchObject({ operation: null, userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
  });

  test('that cannot reach a site says so, and the same request later does what is missing', async () => {
    const before = await snapshotEffects();
    const input = { filter: {}, name: randomUUID(), idempotencyKey: randomUUID() };
    cut();
    const first = await bulk('lyon', input);
    expect(first).toMatchObject({ userErrors: [], targetCount: 24, coverage: { complete: false } });
    expect(first.coverage!.sources).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 'site:oslo', status: 'UNREACHABLE' })]),
    );
    proxies.forEach((proxy) => proxy.setFault({ kind: 'none' }));
    await eventually(async () => {
      expect(await bulk('lyon', input)).toMatchObject({ targetCount: 36, coverage: { complete: true } });
    }, 15_000);
    expect(await ended('oslo', first.operation!.id)).toMatchObject({ state: 'SUCCEEDED', succeededCount: 36 });
    expect(await snapshotEffects()).toBe(before + 36);
  });

  test('of one site is done there alone, whoever is asked', async () => {
    const [far, near] = [(await effectsAt('oslo-a')).length, (await effectsAt('lyon-a')).length];
    const done = await bulk('lyon', { filter: { site: { eq: 'oslo' } }, name: randomUUID() });
    expect(done).toMatchObject({ userErrors: [], targetCount: 12, operation: { itemCount: 12 } });
    expect(Object.fromEntries(done.coverage!.sources.map(({ id, status }) => [id, status]))).toEqual({
      'installation:lyon-a': 'SKIPPED',
      'installation:lyon-b': 'SKIPPED',
      'installation:oslo-a': 'OK',
      'site:oslo': 'OK',
    });
    expect(await ended('lyon', done.operation!.id)).toMatchObject({ state: 'SUCCEEDED' });
    expect((await effectsAt('oslo-a')).length - far).toBe(12);
    expect((await effectsAt('lyon-a')).length).toBe(near);
  });

  test('is cancelled at all sites from any of them, and one that nobody knows at none', async () => {
    const { operation } = await bulk('oslo', { filter: {}, name: randomUUID() });
    const text = `mutation C($id: ID!) {
      cancelOperation(input: { id: $id }) { operation { id cancelRequested itemCount } userErrors { code } }
    }`;
    const { data, errors } = await query<{ cancelOperation: unknown }>(at('lyon'), text, { id: operation!.id });
    expect(errors).toEqual([]);
    expect(data!.cancelOperation).toMatchObject({ operation: { id: operation!.id, itemCount: 36 } });
    await ended('lyon', operation!.id);
    const unknown: Answer<{ cancelOperation: unknown }> = await query(at('lyon'), text, { id: bulkIdOf('nothing') });
    expect(unknown.data).toEqual({ cancelOperation: { operation: null, userErrors: [{ code: 'NOT_FOUND' }] } });
  });
});

function cut(): void {
  proxies.forEach((proxy) => proxy.setFault({ kind: 'reset' }));
}

/** How many snapshots have been made everywhere. */
async function snapshotEffects(): Promise<number> {
  const all = await Promise.all(installations.map(effectsAt));
  return all.flat().filter(({ kind }) => kind === 'CREATE_SNAPSHOT').length;
}
