import { buildSubgraphSchema } from '@apollo/subgraph';
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';

import { baseSdl } from '../../../src/core/sdl.ts';
import { conformityOf } from '../../../src/merge/conform.ts';

const schema = buildSubgraphSchema(parse(baseSdl));
const document = parse(`query ($more: Boolean!) {
  virtualMachines { totalCount nodes { id name cpuCount labels { key value } host { name } bootedAt @include(if: $more) extra: id @include(if: $more) } }
  node(id: "x") { id ... on Host { cpuModel } ... on VirtualMachine { ...Named } }
}
fragment Named on VirtualMachine { name }`);
const check = (data: unknown): string | null => conformityOf(schema, document)(data).problem;

const row = { id: 'x', name: 'a', cpuCount: 2, labels: [{ key: 'a', value: 'b' }], host: { name: 'h' } };
const answer = (nodes: unknown, node: unknown = null): unknown => ({ virtualMachines: { totalCount: 1, nodes }, node });

test('what fits the schema passes, with nulls where they are allowed', () => {
  expect(check(answer([row, null, { ...row, host: null, labels: null, bootedAt: null }]))).toBeNull();
  expect(check(answer(null))).toBeNull();
  expect(check({ virtualMachines: null, node: null })).toBeNull();
  expect(check(answer([], { id: 'x', cpuModel: 'm' }))).toBeNull();
  expect(check(answer([], { id: 'x', name: null }))).toBeNull();
});

test.each([
  ['a field that is missing', answer([{ ...row, name: undefined }]), '.virtualMachines.nodes.0.name: is missing'],
  [
    'a text where a number belongs',
    answer([{ ...row, cpuCount: '2' }]),
    '.virtualMachines.nodes.0.cpuCount: is no number',
  ],
  ['a number where a text belongs', answer([row, { ...row, name: 1 }]), '.virtualMachines.nodes.1.name: is no text'],
  ['null where it is not allowed', answer([{ ...row, id: null }]), '.virtualMachines.nodes.0.id: may not be null'],
  ['an object where a list belongs', answer({}), '.virtualMachines.nodes: is no list'],
  ['a list where an object belongs', answer([[]]), '.virtualMachines.nodes.0: is no object'],
  ['a text where an object belongs', answer([{ ...row, host: 'h' }]), '.virtualMachines.nodes.0.host: is no object'],
  ['a type that is none of the possible ones', answer([], { id: 1 }), '.node.id: is no text'],
  ['no data', 'garbage', ': is no object'],
])('%s is found and named', (_name, data, problem) => {
  expect(check(data)).toBe(problem);
});

test('a value that is not known here becomes null in a copy and is named, and everything else stays', () => {
  const asked = parse(`{
    a: virtualMachines { nodes { id state: powerState snapshots { name powerState } } }
    b: virtualMachines { totalCountRelation nodes { powerState } }
    c: node(id: "x") { ... on VirtualMachine { powerState } ... on Host { hostState: state } }
  }`);
  const data = {
    a: { nodes: [{ id: 'x', state: 'DREAMING', snapshots: [{ name: 's', powerState: 'RUNNING' }] }] },
    b: { totalCountRelation: 'EQUAL', nodes: [{ powerState: 'RUNNING' }] },
    c: { hostState: 'ASLEEP' },
  };
  const found = conformityOf(schema, asked)(data);
  expect(found.problem).toBeNull();
  expect(found.strange).toEqual(
    new Map([
      ['a', ['VirtualMachine.powerState']],
      ['c', ['Host.state']],
    ]),
  );
  expect(found.data).toEqual({
    ...data,
    a: { nodes: [{ id: 'x', state: null, snapshots: [{ name: 's', powerState: 'RUNNING' }] }] },
    c: { hostState: null },
  });
  expect(data.a.nodes[0]!.state).toBe('DREAMING');
  const fitting = { ...data, a: null, c: null };
  expect(conformityOf(schema, asked)(fitting).data).toBe(fitting);
});
