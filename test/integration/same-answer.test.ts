import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { ask } from '../support/graphql.ts';
import { startSite, type TestSite } from '../support/site.ts';

// A site of one installation answers what the installation answers, to the byte: planning, scattering and merging are not
// to be seen in the data.

let site: TestSite;
let someIds: string[];

beforeAll(async () => {
  site = await startSite({ installations: ['lyon-a'], vms: 40 });
  const { virtualMachines } = await ask<{ virtualMachines: { nodes: { id: string }[] } }>(
    `${site.brokers[0]!}/graphql`,
    '{ virtualMachines(first: 3) { nodes { id } } }',
  );
  someIds = virtualMachines.nodes.map(({ id }) => id);
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
});

test.each([
  [
    'a page with everything',
    `{ virtualMachines(first: 7, orderBy: { field: BOOTED_AT, direction: DESC }) {
      __typename totalCount totalCountRelation
      edges { __typename cursor node { __typename id } }
      nodes { id localId name powerState cpuCount memoryMiB guestOs ipAddresses createdAt bootedAt
        host { id name state virtualMachines(first: 2) { totalCount nodes { name } pageInfo { endCursor } coverage { complete } } }
        installation { id localId name driver } labels { key value } annotations { key value }
        disks { name capacityBytes datastore { name } } networkInterfaces { macAddress network { name } ipAddresses } }
      pageInfo { __typename hasNextPage hasPreviousPage startCursor endCursor }
      coverage { __typename complete sources { id tier parent status message rows } } } }`,
  ],
  [
    'aliases, fragments and several lists at once',
    `query { a: virtualMachines(first: 2) { n: nodes { ...Name } m: nodes { id } }
      b: virtualMachines(last: 2) { ...Page } hosts { ...HostPage } datastores(first: 1) { totalCount } networks { nodes { name vlanId } } }
      fragment Page on VirtualMachineConnection { edges { node { ...Name } } pageInfo { hasPreviousPage } }
      fragment Name on VirtualMachine { name ... on Node { id } }
      fragment HostPage on HostConnection { totalCount nodes { name cpuModel } }`,
  ],
  [
    'what is skipped and included',
    `query ($yes: Boolean = true, $no: Boolean = false) {
      virtualMachines(first: 2) @include(if: $yes) { nodes @skip(if: $no) { id name @include(if: $no) } totalCount @skip(if: $yes) }
      hosts @include(if: $no) { totalCount } ... @include(if: $yes) { networks { totalCount } } }`,
  ],
  [
    'the same field selected twice',
    `{ virtualMachines(first: 2) { nodes { id } } virtualMachines(first: 2) { nodes { name } totalCount } }`,
  ],
  [
    'a summary with facets',
    `{ s: virtualMachineSummary(groupBy: [{ field: LABEL, label: "env" }, { field: HOST }]) {
      __typename n: count countRelation averageCpuCount averageMemoryMiB minMemoryMiB maxMemoryMiB
      facets { __typename position field label buckets { k: key name count cpuCount memoryMiB } } coverage { complete } } }`,
  ],
  [
    'a summary of nothing',
    `{ virtualMachineSummary(filter: { name: { eq: "nobody" } }) { count cpuCount averageCpuCount minMemoryMiB facets { field } } }`,
  ],
  [
    'look-ups',
    `query ($id: ID!, $ids: [ID!]!, $none: ID!) {
      one: virtualMachine(id: $id) { name } node(id: $id) { __typename id ... on VirtualMachine { name } }
      nodes(ids: $ids) { __typename id ... on VirtualMachine { host { name } } } none: virtualMachine(id: $none) { name } }`,
  ],
  [
    'a filter of everything',
    `{ virtualMachines(filter: { or: [{ name: { contains: "WEB", ignoreCase: true } }, { and: [{ memoryMiB: { gte: 1024, lt: 9000 } },
      { label: [{ key: "env", in: ["prod", "dev"] }] }, { not: { powerState: [STOPPED] } }, { createdAt: { lt: "2040-01-01T00:00:00Z" } }] }] }) {
      totalCount nodes { name } } }`,
  ],
  ['introspection', `{ __type(name: "VirtualMachine") { name fields { name } } __typename }`],
])('%s', async (_name, text) => {
  const none = Buffer.from('1|VirtualMachine|lyon-a|gone').toString('base64url');
  const variables = { id: someIds[0], ids: [someIds[2], someIds[0], none], none };
  const [ours, theirs] = await Promise.all(
    ['/graphql', '/installation/graphql'].map((path) => ask(`${site.brokers[0]!}${path}`, text, variables)),
  );
  expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
});
