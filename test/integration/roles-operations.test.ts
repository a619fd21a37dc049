import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { GraphQLSchema } from 'graphql';

import { type Binding, createAuthority, type RoleAuthority } from '../../src/auth/roles.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Principal } from '../../src/model/principal.ts';
import { eventually } from '../contract/eventually.ts';
import { createTestInstallation, type TestBroker, type TestInstallation } from '../support/operations-installation.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { askSchema, follow, idOf, schemaOf, type SeenAnswer } from '../support/subgraph.ts';

// Changes by users with roles, over a real database: `web` has three machines and `db` three others.

let postgres: TestPostgres;
let installation: TestInstallation;
let broker: TestBroker;
let authority: RoleAuthority;
let schema: GraphQLSchema;

function binding(role: string, group: string, labels: string | null): Binding {
  return { role, subjects: [], groups: [group], fromSites: null, sites: null, installations: null, labels };
}

const roles = {
  roles: { editor: ['view', 'reconfigure', 'create'] as const },
  bindings: [
    binding('admin', 'platform', null),
    binding('viewer', 'web', 'team=web'),
    binding('operator', 'web', 'team=web,env!=prod'),
    binding('editor', 'editors', 'team=web'),
    binding('viewer', 'all-viewers', null),
    binding('operator', 'all-viewers', 'team=web'),
  ],
};

function user(subject: string, ...groups: readonly string[]): Principal {
  return { subject, groups, site: null, expiresAt: null };
}

const root = user('root', 'platform');
const alice = user('alice', 'web');
const eve = user('eve', 'editors');
const vera = user('vera', 'all-viewers');

beforeAll(async () => {
  postgres = await startPostgres();
});
beforeEach(async () => {
  installation = createTestInstallation(await postgres.newDatabase(), 6);
  for (const [at, vm] of [...installation.manager.vms.values()].entries()) {
    const labels = { team: at < 3 ? 'web' : 'db', env: at === 0 ? 'prod' : 'test' };
    installation.manager.vms.set(vm.localId, { ...vm, labels });
  }
  broker = await installation.newBroker();
  authority = createAuthority(roles, { site: 'lyon', installation: 'a' });
  const { inventory, operations } = broker;
  schema = schemaOf({
    current: () => inventory.current(),
    changed: (revision, signal) => inventory.changed(revision, signal),
    clock: systemClock,
    log: inventory.log!,
    operations,
    authority,
  });
});
afterEach(async () => {
  await installation[Symbol.asyncDispose]();
});
afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
});

async function ask(principal: Principal, source: string): Promise<SeenAnswer> {
  return askSchema(schema, systemClock, { source, principal });
}

interface Payload {
  readonly operation: { readonly id: string; readonly itemCount: number; readonly state: string } | null;
  readonly userErrors: readonly { readonly code: string; readonly field: string | null; readonly message: string }[];
  readonly targetCount: number | null;
}

async function change(principal: Principal, field: string, input: string): Promise<Payload> {
  const source = `mutation { ${field}(input: { ${input} }) {
    operation { id itemCount state } userErrors { code field message } targetCount } }`;
  const { data, errors } = await ask(principal, source);
  expect(errors).toEqual([]);
  return data[field] as Payload;
}

const vm = (name: string): string => `id: "${idOf('VirtualMachine', name)}"`;
const code = ({ userErrors }: Payload): string | undefined => userErrors[0]?.code;

describe('a change', () => {
  test('is made to what the permission is held for, and to nothing else', async () => {
    const stop = (name: string): string => `${vm(name)}, action: FORCE_STOP`;
    expect(await change(alice, 'setPowerState', stop('vm-1'))).toMatchObject({ userErrors: [], operation: {} });
    const seen = await change(alice, 'setPowerState', stop('vm-0'));
    expect(seen.userErrors).toEqual([
      { code: 'FORBIDDEN', field: 'input.id', message: 'You may not do this with vm-0.' },
    ]);
    const [unseen, absent] = [
      await change(alice, 'setPowerState', stop('vm-4')),
      await change(alice, 'setPowerState', stop('vm-99')),
    ];
    expect(unseen).toEqual(absent);
    expect(code(unseen)).toBe('NOT_FOUND');
    await eventually(() => expect(installation.manager.effects.map((effect) => effect.vm)).toEqual(['vm-1']));
  });

  test('by somebody without any role is refused, and nothing is done', async () => {
    const source = `mutation { setPowerState(input: { ${vm('vm-1')}, action: FORCE_STOP }) { userErrors { code } } }`;
    const { data, errors } = await ask(user('mallory'), source);
    expect([data, errors.map(({ extensions }) => extensions.code)]).toEqual([{ setPowerState: null }, ['FORBIDDEN']]);
    expect(installation.manager.effects).toEqual([]);
  });

  test('of labels does not change what whoever asks may do', async () => {
    const labels = (team: string): string => `${vm('vm-1')}, labels: [{ key: "team", value: "${team}" }]`;
    expect((await change(eve, 'reconfigureVirtualMachine', labels('db'))).userErrors).toMatchObject([
      { code: 'FORBIDDEN', field: 'input.labels' },
    ]);
    expect((await change(eve, 'reconfigureVirtualMachine', labels('web'))).userErrors).toEqual([]);
    expect(code(await change(vera, 'reconfigureVirtualMachine', labels('db')))).toBe('FORBIDDEN');
    expect((await change(root, 'reconfigureVirtualMachine', labels('db'))).userErrors).toEqual([]);
  });

  test('makes a machine only with labels that it is allowed for', async () => {
    const input = (team: string): string =>
      `installationId: "${idOf('Installation', 'a')}", name: "new-${team}", labels: [{ key: "team", value: "${team}" }]`;
    expect(await change(eve, 'createVirtualMachine', input('db'))).toMatchObject({
      userErrors: [{ code: 'FORBIDDEN', field: 'input.labels' }],
    });
    expect((await change(eve, 'createVirtualMachine', input('web'))).userErrors).toEqual([]);
    expect(await change(alice, 'createVirtualMachine', input('web'))).toMatchObject({
      userErrors: [{ code: 'FORBIDDEN', field: null }],
    });
  });

  test('from a template needs the right to copy that', async () => {
    const input = (template: string): string => `installationId: "${idOf('Installation', 'a')}", name: "copy",
      templateId: "${idOf('VirtualMachine', template)}", labels: [{ key: "team", value: "web" }]`;
    expect(await change(eve, 'createVirtualMachine', input('vm-1'))).toMatchObject({
      userErrors: [{ code: 'FORBIDDEN', field: 'input.templateId' }],
    });
    expect(await change(eve, 'createVirtualMachine', input('vm-4'))).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', field: 'input.templateId' }],
    });
  });
});

describe('a bulk', () => {
  const all = 'filter: {}, action: FORCE_STOP';

  test('is of what the permission is held for', async () => {
    expect(await change(alice, 'setPowerStateBulk', `${all}, dryRun: true`)).toMatchObject({ targetCount: 2 });
    expect(await change(alice, 'setPowerStateBulk', all)).toMatchObject({ operation: { itemCount: 2 } });
    await eventually(() =>
      expect(installation.manager.effects.map((effect) => effect.vm).sort()).toEqual(['vm-1', 'vm-2']),
    );
  });

  test('of what is only seen is FORBIDDEN, and of what is not seen meets nothing', async () => {
    const named = (name: string): string => `filter: { name: { eq: "${name}" } }, action: FORCE_STOP`;
    expect(code(await change(alice, 'setPowerStateBulk', named('vm-0')))).toBe('FORBIDDEN');
    expect(code(await change(alice, 'setPowerStateBulk', named('vm-4')))).toBe('NOTHING_MATCHED');
    expect(await change(alice, 'setPowerStateBulk', named('vm-4'))).toEqual(
      await change(alice, 'setPowerStateBulk', named('vm-99')),
    );
  });

  test('of somebody else is what has come of its parts that are seen', async () => {
    const { operation } = await change(root, 'setPowerStateBulk', all);
    const looked = `{ operation(id: "${operation!.id}") { itemCount succeededCount state target { id } }
      operations { totalCount } }`;
    await eventually(async () => {
      const { data } = await ask(root, looked);
      expect(data).toMatchObject({ operation: { itemCount: 6, succeededCount: 6, state: 'SUCCEEDED' } });
    });
    await eventually(async () => {
      const { data } = await ask(alice, looked);
      expect(data['operation']).toMatchObject({ itemCount: 3, succeededCount: 3, state: 'SUCCEEDED' });
      expect(data['operations']).toEqual({ totalCount: 4 });
    });
    const nobody = await ask(user('dora', 'web', 'nothing'), looked);
    expect(nobody.data['operation']).toMatchObject({ itemCount: 3 });
  });

  test('of somebody else is followed by the parts that are seen', async () => {
    const stop = new AbortController();
    const stream = follow(schema, {
      source: 'subscription { operationsChanged { type operation { kind itemCount state } } }',
      principal: alice,
      signal: stop.signal,
    });
    await stream.next();
    await change(root, 'setPowerStateBulk', all);
    const counts = new Set<number>();
    for (let isOver = false; !isOver;) {
      const { value } = await stream.next();
      const { type, operation } = value!.data['operationsChanged'];
      if (type === 'BOOKMARK' || operation.kind !== 'SET_POWER_STATE_BULK') continue;
      counts.add(operation.itemCount as number);
      isOver = operation.state === 'SUCCEEDED';
    }
    expect([...counts]).toEqual([3]);
    stop.abort(new Error('The test is over.'));
  });
});

describe('an operation', () => {
  test('is cancelled by whoever asked for it, or may cancel, and is not there for others', async () => {
    installation.manager.actionMs = 60_000;
    const begin = async (who: Principal, name: string): Promise<string> =>
      (await change(who, 'setPowerState', `${vm(name)}, action: FORCE_STOP`)).operation!.id;
    const [own, other, hidden] = [await begin(alice, 'vm-1'), await begin(root, 'vm-0'), await begin(root, 'vm-4')];
    await eventually(async () => {
      const { data } = await ask(alice, '{ operations { nodes { id } } }');
      expect(data['operations'].nodes.map(({ id }: { id: string }) => id).sort()).toEqual([own, other].sort());
    });
    const cancel = (who: Principal, id: string): Promise<Payload> => change(who, 'cancelOperation', `id: "${id}"`);
    expect(code(await cancel(alice, other))).toBe('FORBIDDEN');
    expect(await cancel(alice, hidden)).toEqual(await cancel(alice, idOf('Operation', 'nothing')));
    expect((await ask(alice, `{ operation(id: "${hidden}") { id } }`)).data).toEqual({ operation: null });
    expect((await cancel(alice, own)).userErrors).toEqual([]);
    expect((await cancel(root, hidden)).userErrors).toEqual([]);
  });
});

describe('a stream', () => {
  const source = 'subscription { inventoryChanged { type node { ... on VirtualMachine { name } } } }';
  const relabel = (name: string, team: string): Promise<Payload> =>
    change(root, 'reconfigureVirtualMachine', `${vm(name)}, labels: [{ key: "team", value: "${team}" }]`);

  test('tells that a machine has left what is seen, and that one has come into it', async () => {
    const stop = new AbortController();
    const stream = follow(schema, { source, principal: alice, signal: stop.signal });
    await stream.next();
    await relabel('vm-4', 'ops');
    await relabel('vm-1', 'db');
    await relabel('vm-5', 'web');
    const event = async () => (await stream.next()).value?.data['inventoryChanged'];
    const told = [await event(), await event()].sort((a, b) => (a.type < b.type ? 1 : -1));
    expect(told).toEqual([
      { type: 'REMOVED', node: { name: 'vm-1' } },
      { type: 'ADDED', node: { name: 'vm-5' } },
    ]);
    stop.abort(new Error('The test is over.'));
  });

  test('begins anew when the roles of its reader change, and ends when nothing is left of them', async () => {
    const stop = new AbortController();
    const stream = follow(schema, { source, principal: alice, signal: stop.signal });
    const others = follow(schema, { source, principal: vera, signal: stop.signal });
    await Promise.all([stream.next(), others.next()]);
    const gap = stream.next();
    const change = others.next();
    authority.adopt({
      ...roles,
      bindings: [binding('viewer', 'web', 'team=db'), binding('admin', 'platform', null), ...roles.bindings.slice(4)],
    });
    expect((await gap).value!.data['inventoryChanged']).toEqual({ type: 'GAP', node: null });
    await relabel('vm-1', 'ops');
    await relabel('vm-4', 'ops');
    expect((await stream.next()).value!.data['inventoryChanged']).toEqual({ type: 'REMOVED', node: { name: 'vm-4' } });
    // Whose roles are what they were notices nothing.
    expect((await change).value!.data['inventoryChanged']).toMatchObject({ type: 'MODIFIED' });
    const end = stream.next();
    authority.adopt({ ...roles, bindings: [] });
    await expect(end).rejects.toMatchObject({ code: 'FORBIDDEN' });
    stop.abort(new Error('The test is over.'));
  });
});
