import fc from 'fast-check';

import { idOf } from './subgraph.ts';

// Questions about a world with rights, of every kind that there is.

/** A question. */
export interface RightsQuestion {
  readonly source: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const few = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const vmSelection = `id name powerState cpuCount labels { key value } host { id name virtualMachines { totalCount } }
  disks { name datastore { id name } } networkInterfaces { name network { id name } }`;
const operationSelection = `id kind state progress actor itemCount succeededCount failedCount parentId targetId targetName
  target { id ... on VirtualMachine { name } } finishedAt error { code message } idempotencyKey`;
const selectionOf: Readonly<Record<string, string>> = {
  virtualMachines: vmSelection,
  hosts: 'id name virtualMachines { totalCount nodes { id name } }',
  datastores: 'id name',
  networks: 'id name',
  operations: operationSelection,
};
const anySelection = `__typename id ... on VirtualMachine { ${vmSelection} } ... on Host { hostName: name }
  ... on Operation { ${operationSelection} }`;

const vmFilter = few(
  null,
  null,
  { host: { eq: 'h1' } },
  { host: { isNull: false } },
  { hostId: { eq: idOf('Host', 'h1') } },
  { label: [{ key: 'team', eq: 'web' }] },
  { label: [{ key: 'env', exists: false }] },
  { cpuCount: { gte: 1 } },
  { not: { powerState: ['RUNNING'] } },
  { id: { in: ['m0', 'm1', 'm2'].map((name) => idOf('VirtualMachine', name)) } },
);

const operationFilter = few(
  null,
  null,
  { state: ['RUNNING', 'SUCCEEDED'] },
  { actor: { eq: 'bob' } },
  { targetId: { eq: idOf('VirtualMachine', 'm0') } },
  { parentId: { eq: idOf('Operation', 'bulk-of-bob', '*') } },
);

const ordersOf: Readonly<Record<string, readonly string[]>> = {
  virtualMachines: ['NAME', 'HOST', 'CPU_COUNT', 'POWER_STATE', 'CREATED_AT'],
  hosts: ['NAME'],
  datastores: ['NAME'],
  networks: ['NAME'],
  operations: ['CREATED_AT', 'FINISHED_AT', 'STATE', 'TARGET_NAME', 'KIND'],
};

const pages = few({ first: 2 }, { last: 2 }, { first: 100 }, { first: 1 }, {});

/** A list; `cursors` is what pages may begin after or end before, of whomever. */
const list = fc
  .tuple(
    few('virtualMachines', 'operations', 'hosts', 'datastores', 'networks'),
    vmFilter,
    operationFilter,
    pages,
    fc.nat(),
  )
  .map(([field, vms, operations, page, seed]): RightsQuestion => {
    const orders = ordersOf[field]!;
    const order = orders[seed % orders.length]!;
    const filter = field === 'virtualMachines' ? vms : field === 'operations' ? operations : null;
    const type = field[0]!.toUpperCase() + field.slice(1, -1);
    return {
      source: `query ($filter: ${type}Filter, $order: ${type}Order, $first: Int, $last: Int) {
        ${field}(filter: $filter, orderBy: $order, first: $first, last: $last) {
          totalCount totalCountRelation edges { cursor node { ${selectionOf[field]} } }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
          coverage { complete sources { id status message rows asOf } }
        }
      }`,
      variables: { filter, order: { field: order, direction: seed % 2 === 0 ? 'ASC' : 'DESC' }, ...page },
    };
  });

const summary = vmFilter.map((filter): RightsQuestion => ({
  source: `query ($filter: VirtualMachineFilter) {
    virtualMachineSummary(filter: $filter, groupBy: [{ field: HOST }, { field: POWER_STATE }, { field: LABEL, label: "team" }]) {
      count cpuCount memoryMiB averageCpuCount minMemoryMiB maxMemoryMiB countRelation
      facets { field buckets { key name count } } coverage { sources { status rows } }
    }
  }`,
  variables: { filter },
}));

const ids = [
  ...['m0', 'm1', 'm2', 'm3', 'm99'].map((one) => idOf('VirtualMachine', one)),
  ...['o0', 'o1', 'o2', 'o99'].map((one) => idOf('Operation', one)),
  ...['bulk-of-bob', 'bulk-of-alice', 'bulk-of-nobody'].map((one) => idOf('Operation', one, '*')),
  idOf('Host', 'h1'),
  idOf('Host', 'h9'),
  idOf('Datastore', 'd1'),
  idOf('Network', 'n1'),
  idOf('Installation', 'a'),
  'nonsense',
];

const lookUp = fc.shuffledSubarray(ids, { minLength: 1, maxLength: 4 }).map((wanted): RightsQuestion => ({
  source: `query ($id: ID!, $row: ID!, $ids: [ID!]!, $all: [_Any!]!) {
    node(id: $id) { ${anySelection} }
    nodes(ids: $ids) { ${anySelection} }
    virtualMachine(id: $id) { ${vmSelection} }
    host(id: $id) { id name virtualMachines(first: 1) { totalCount nodes { name } } }
    operation(id: $id) { ${operationSelection} }
    _entities(representations: $all) { ... on VirtualMachine { ${vmSelection} } }
    viewer { subject can(action: VIEW, id: $row) }
  }`,
  variables: {
    id: wanted[0],
    row: wanted.find((id) => id !== idOf('Installation', 'a')) ?? idOf('VirtualMachine', 'm0'),
    ids: wanted,
    all: wanted.map((id) => ({ __typename: 'VirtualMachine', id })),
  },
}));

const machineIds = ['m0', 'm1', 'm2', 'm3', 'm99'].map((one) => idOf('VirtualMachine', one));
const powerActions = ['START', 'SHUTDOWN', 'FORCE_STOP', 'RESET', 'PAUSE', 'RESUME', 'SUSPEND'] as const;
const someLabels = few(
  [],
  [{ key: 'team', value: 'web' }],
  [
    { key: 'team', value: 'db' },
    { key: 'env', value: 'prod' },
  ],
);

/** The inputs of each mutation, without the key and `dryRun`. */
const changesOf: Readonly<Record<string, fc.Arbitrary<Readonly<Record<string, unknown>>>>> = {
  setPowerState: fc.record({ id: few(...machineIds), action: few(...powerActions) }),
  deleteVirtualMachine: fc.record({ id: few(...machineIds), force: fc.boolean() }),
  reconfigureVirtualMachine: fc.record(
    { id: few(...machineIds), cpuCount: few(1, 4), labels: someLabels },
    { requiredKeys: ['id'] },
  ),
  createSnapshot: fc.record({ id: few(...machineIds), name: few('s1', 's2') }),
  revertToSnapshot: fc.record({ id: few(...machineIds), name: few('s1', 's2') }),
  deleteSnapshot: fc.record({ id: few(...machineIds), name: few('s1', 's2') }),
  cloneVirtualMachine: fc.record({ id: few(...machineIds), name: few('m0', 'm1', 'new') }),
  migrateVirtualMachine: fc.record({
    id: few(...machineIds),
    hostId: few('h1', 'h2', 'h9').map((one) => idOf('Host', one)),
  }),
  createVirtualMachine: fc.record(
    {
      installationId: fc.constant(idOf('Installation', 'a')),
      name: few('m0', 'm1', 'new'),
      templateId: few(...machineIds),
      hostId: few('h1', 'h9').map((one) => idOf('Host', one)),
      datastoreId: few('d1', 'd9').map((one) => idOf('Datastore', one)),
      networkId: few('n1', 'n9').map((one) => idOf('Network', one)),
      cpuCount: few(1, 2),
      memoryMiB: few(512, 1_024),
      labels: someLabels,
    },
    { requiredKeys: ['installationId', 'name'] },
  ),
  setPowerStateBulk: fc.record({
    filter: vmFilter.map((one) => one ?? {}),
    action: few(...powerActions),
    maxTargets: few(1, 3, 100),
  }),
  createSnapshotBulk: fc.record({
    filter: vmFilter.map((one) => one ?? {}),
    name: few('s1', ''),
    maxTargets: few(1, 3, 100),
  }),
};

/** A change that is only tried; what would be done tells as much of what there is as doing it. */
export const triedChanges: fc.Arbitrary<RightsQuestion> = few(...Object.keys(changesOf)).chain((field) =>
  changesOf[field]!.map((input) => ({
    source: `mutation ($input: ${field[0]!.toUpperCase()}${field.slice(1)}Input!) {
      ${field}(input: $input) { operation { id } userErrors { code field message } preview targetCount
        coverage { complete sources { id status message rows } } }
    }`,
    variables: { input: { ...input, dryRun: true } },
  })),
);

/** A question. */
export const questions: fc.Arbitrary<RightsQuestion> = fc.oneof(list, list, summary, lookUp);

/** The same list from the page on that begins after this cursor. */
export function fromCursor({ source, variables }: RightsQuestion, cursor: string): RightsQuestion {
  const isLast = 'last' in variables;
  return {
    source: source
      .replace('$first: Int', '$cursor: String, $first: Int')
      .replace('first: $first', `${isLast ? 'before' : 'after'}: $cursor, first: $first`),
    variables: { ...variables, cursor },
  };
}
