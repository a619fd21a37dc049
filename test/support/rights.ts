import fc from 'fast-check';

import type { Binding } from '../../src/auth/roles.ts';
import type { FeedChange, Inventory } from '../../src/model/resource.ts';
import { bulkNewsOf, countParts } from '../../src/model/bulk.ts';
import type { Operation, OperationState } from '../../src/model/operation.ts';
import type { Principal } from '../../src/model/principal.ts';
import type { Vm } from '../../src/model/vm.ts';
import { vmFields } from '../property/arbitraries.ts';
import { datastore, host, inventory, network, vm } from './builders.ts';
import { operation } from './operation.ts';

// Worlds with rights in them, and what is left of a world when everything that somebody may not see is deleted from it. What may
// be seen is decided here anew, in the plainest way, so that the program is compared with something other than itself.

/** Who asks in all of them: a user with a group. */
export const alice: Principal = { subject: 'alice', groups: ['web'], site: null, expiresAt: null };

/** An inventory with operations. */
export interface World {
  readonly inventory: Inventory;
  readonly operations: readonly Operation[];
}

type Labels = Readonly<Record<string, string>>;

/** Selectors with what they mean. */
const selectors: readonly (readonly [text: string, meets: (labels: Labels) => boolean])[] = [
  ['team=web', ({ team }) => team === 'web'],
  ['team!=web', ({ team }) => team !== 'web'],
  ['team in (web, db), env=prod', ({ team, env }) => (team === 'web' || team === 'db') && env === 'prod'],
  ['!team', ({ team }) => team === undefined],
  ['env notin (prod)', ({ env }) => env !== 'prod'],
];

const few = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** Bindings, of which some are for alice here. */
export const bindings: fc.Arbitrary<Binding[]> = fc.array(
  fc.record({
    role: few('viewer', 'operator', 'admin'),
    subjects: few(['alice'], ['bob'], ['*'], ['anonymous']),
    groups: few([], ['web'], ['db']),
    fromSites: few(null, null, null, ['paris']),
    sites: few(null, null, ['lyon'], ['paris']),
    installations: few(null, null, ['a'], ['b']),
    labels: few(null, ...selectors.map(([text]) => text), ...selectors.map(([text]) => text)),
  }),
  { minLength: 1, maxLength: 4 },
);

const labels = fc.record({ team: few('web', 'db'), env: few('prod', 'test') }, { requiredKeys: [] });

const machines = fc
  .array(fc.tuple(vmFields, labels), { maxLength: 10 })
  .map((all) => all.map(([fields, own], at) => machine(`m${at}`, fields, own)));

function machine(localId: string, fields: Partial<Vm>, own: Labels): Vm {
  const disks = [{ name: 'vda', capacityBytes: 1, allocatedBytes: null, datastore: 'd1', path: null }];
  const nic = { name: 'eth0', macAddress: null, network: 'n1', ipAddresses: [] };
  return vm({ name: localId, ...fields, localId, labels: own, disks, networkInterfaces: [nic] });
}

const operations = fc
  .array(
    fc.record({
      actor: few('alice', 'bob', 'anonymous'),
      target: few(null, 'm0', 'm1', 'm2', 'm9'),
      targetLabels: fc.option(labels),
      state: few<OperationState>('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED'),
      parent: few(null, null, 'bulk-of-bob', 'bulk-of-alice'),
    } as const),
    { maxLength: 8 },
  )
  .map((all) => [
    ...all.map((one, at) => {
      const end = one.state === 'SUCCEEDED' || one.state === 'FAILED' ? at + 1 : null;
      return operation({ localId: `o${at}`, ...one, targetName: one.target, finishedAt: end, revision: at + 1 });
    }),
  ])
  .map((parts) => [...parts, ...['bob', 'alice'].flatMap((actor) => bulkOf(actor, parts))]);

function bulkOf(actor: string, all: readonly Operation[]): Operation[] {
  const localId = `bulk-of-${actor}`;
  const parts = all.filter(({ parent }) => parent === localId);
  return parts.length === 0 ? [] : [merged(operation({ localId, actor, kind: 'SET_POWER_STATE_BULK' }), parts)];
}

function merged(bulk: Operation, parts: readonly Operation[]): Operation {
  const news = bulkNewsOf(countParts(parts), false);
  const finishedAt = news.state === 'RUNNING' ? null : Math.max(...parts.map((part) => part.finishedAt!));
  return { ...bulk, ...news, finishedAt, revision: Math.max(...parts.map(({ revision }) => revision)) };
}

/** Worlds. */
export const worlds: fc.Arbitrary<World> = fc.record({ VirtualMachine: machines, operations }).map((given) => ({
  inventory: inventory({
    VirtualMachine: given.VirtualMachine,
    Host: ['h1', 'h2', 'h3'].map((name) => host({ name })),
    Datastore: [datastore({ name: 'd1' })],
    Network: [network({ name: 'n1' })],
  }),
  operations: given.operations,
}));

/** What alice sees: everything, machines with certain labels, or null for nothing at all. */
export type Rights = 'EVERYTHING' | ((labels: Labels) => boolean) | null;

/** What these bindings let alice see of installation `a` of site `lyon`. */
export function rightsOf(all: readonly Binding[]): Rights {
  const own = all.filter(
    ({ subjects, groups, fromSites, sites, installations }) =>
      (subjects.includes('alice') || subjects.includes('*') || groups.includes('web')) &&
      fromSites === null &&
      (sites === null || sites.includes('lyon')) &&
      (installations === null || installations.includes('a')),
  );
  if (own.some((one) => one.labels === null)) {
    return 'EVERYTHING';
  }
  const meets = own.map((one) => selectors.find(([text]) => text === one.labels)![1]);
  return meets.length === 0 ? null : (found) => meets.some((holds) => holds(found));
}

/** The world without what may not be seen, nor anything that refers to it. */
export function withoutForbidden(world: World, rights: Exclude<Rights, null>): World {
  if (rights === 'EVERYTHING') {
    return world;
  }
  const isSeen = ({ actor, targetLabels = null, kind }: Operation): boolean =>
    actor === 'alice' || (kind !== 'SET_POWER_STATE_BULK' && targetLabels !== null && rights(targetLabels));
  const seen = world.operations.filter(isSeen);
  const bulks = world.operations.filter((one) => one.kind === 'SET_POWER_STATE_BULK' && !isSeen(one));
  return {
    inventory: inventory({
      VirtualMachine: world.inventory.VirtualMachine.filter((one) => rights(one.labels)).map(withoutPlaces),
    }),
    operations: [
      ...seen,
      ...bulks.flatMap((bulk) => {
        const parts = seen.filter(({ parent }) => parent === bulk.localId);
        return parts.length === 0 ? [] : [merged(bulk, parts)];
      }),
    ],
  };
}

function withoutPlaces(one: Vm): Vm {
  return {
    ...one,
    host: null,
    disks: one.disks.map((disk) => ({ ...disk, datastore: null })),
    networkInterfaces: one.networkInterfaces.map((nic) => ({ ...nic, network: null })),
  };
}

/** The changes that make one world of another. */
export function changesBetween(before: World, after: World): readonly FeedChange[] {
  const kinds = ['VirtualMachine', 'Host', 'Datastore', 'Network'] as const;
  return [
    ...kinds.flatMap((kind) => recordChanges(kind, before.inventory[kind], after.inventory[kind])),
    ...recordChanges('Operation', before.operations, after.operations),
  ];
}

interface Found {
  readonly localId: string;
}

function recordChanges(kind: FeedChange['kind'], before: readonly Found[], after: readonly Found[]): FeedChange[] {
  const ids = new Set([...before, ...after].map(({ localId }) => localId));
  return [...ids].sort().flatMap((localId) => {
    const [old = null, now = null] = [before, after].map((all) => all.find((one) => one.localId === localId) ?? null);
    return JSON.stringify(old) === JSON.stringify(now)
      ? []
      : [{ kind, localId, before: old, after: now } as FeedChange];
  });
}
