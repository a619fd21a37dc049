import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { buildSchema, extendSchema, getOperationAST, parse, validate } from 'graphql';

import { costOf } from '../../../src/http/cost.ts';

const schema = extendSchema(
  buildSchema(readFileSync(new URL('../../../schema/generated/api.graphql', import.meta.url), 'utf8')),
  parse(`
    scalar _Any
    union _Entity = VirtualMachine | Host
    extend type Query { _entities(representations: [_Any!]!): [_Entity]! }
  `),
);

function cost(query: string, variables: Readonly<Record<string, unknown>> = {}): number {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  return costOf({ schema, document, operation: getOperationAST(document)!, variables });
}

describe('the cost of an operation', () => {
  test.each([
    ['one object', '{ virtualMachine(id: "x") { id name } }', 1],
    ['an object in another', '{ virtualMachine(id: "x") { host { name } } }', 2],
    ['no object at all', '{ __typename }', 0],
    ['a page of as many rows as it asks for', '{ virtualMachines(first: 1000) { nodes { id } } }', 1 + 1000],
    ['a page from the end', '{ virtualMachines(last: 20) { nodes { id } } }', 1 + 20],
    ['a page that does not say how many', '{ virtualMachines { nodes { id } } }', 1 + 50],
    ['edges and their nodes', '{ virtualMachines(first: 10) { edges { node { id } } } }', 1 + 10 * 2],
    ['rows and edges, both of them', '{ hosts(first: 10) { nodes { id } edges { cursor } } }', 1 + 10 + 10],
    ['no rows if only their number is asked for', '{ virtualMachines(first: 1000) { totalCount } }', 1],
    [
      'a page in each row',
      '{ hosts(first: 7) { nodes { virtualMachines(first: 9) { nodes { id } } } } }',
      1 + 7 * (2 + 9),
    ],
    ['lists of unknown length', '{ virtualMachine(id: "x") { disks { capacityBytes } } }', 1 + 10],
    ['as many objects as ids', '{ nodes(ids: ["a", "b", "c"]) { id ... on VirtualMachine { host { id } } } }', 3 * 2],
    ['as many as one id without brackets', '{ nodes(ids: "a") { id } }', 1],
    ['as many as representations', '{ _entities(representations: [{}, {}]) { __typename } }', 2],
    ['a summary, whatever it sums up', '{ virtualMachineSummary { count } }', 1],
    ['each alias', '{ a: hosts(first: 5) { nodes { id } } b: hosts(first: 5) { nodes { id } } }', 2 * 6],
    ['an event', 'subscription { virtualMachinesLive(first: 100) { nodes { id } } }', 1 + 100],
  ])('counts %s', (_, query, expected) => {
    expect(cost(query)).toBe(expected);
  });

  test('looks at variables and at their defaults', () => {
    const query = 'query ($n: Int = 30, $ids: [ID!]!) { hosts(first: $n) { nodes { id } } nodes(ids: $ids) { id } }';
    expect(cost(query, { ids: ['a', 'b'] })).toBe(31 + 2);
    expect(cost(query, { ids: 'a', n: 400 })).toBe(401 + 1);
  });

  test('takes what has no sense for what is usual; it is refused when it is executed', () => {
    const query = 'query ($n: Int) { hosts(first: $n) { nodes { id } } }';
    expect([cost(query, { n: 'many' }), cost(query, { n: null }), cost(query, { n: -5 })]).toEqual([51, 51, 1]);
  });

  test('counts nothing of what is left out', () => {
    const query = 'query ($no: Boolean!) { hosts(first: 5) @skip(if: $no) { nodes { id } } }';
    expect([cost(query, { no: true }), cost(query, { no: false })]).toEqual([0, 6]);
    expect(cost('{ ... @include(if: false) { hosts { nodes { id } } } }')).toBe(0);
  });

  test('counts fragments where they are spread, with the size of the page there', () => {
    const fragment =
      'fragment Page on HostConnection { nodes { ...Row } } fragment Row on Host { virtualMachines(first: 2) { nodes { id } } }';
    expect(cost(`{ a: hosts(first: 10) { ...Page } b: hosts(first: 20) { ...Page } } ${fragment}`)).toBe(
      1 + 10 * 4 + 1 + 20 * 4,
    );
  });

  test('fragments that double thirty times are counted in no time, and stay a number', () => {
    const doubling = Array.from({ length: 30 }, (_, at) => {
      const next = `...F${at + 1}`;
      return `fragment F${at} on Host { ${next} virtualMachines(first: 1000) { nodes { host { ${next} } } } }`;
    });
    const query = `{ hosts(first: 1000) { nodes { ...F0 } } } ${doubling.join(' ')} fragment F30 on Host { id }`;
    expect(cost(query)).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('the largest page with all that a machine has fits into what is allowed by default', () => {
    const machine = `
      id name host { id name } installation { id }
      disks { capacityBytes } networkInterfaces { ipAddresses } labels { key } annotations { key } snapshots { name }`;
    expect(cost(`{ virtualMachines(first: 1000) { edges { cursor node { ${machine} } } } }`)).toBeLessThan(250_000);
    const nested = '{ hosts(first: 1000) { nodes { virtualMachines(first: 100) { nodes { id name } } } } }';
    expect(cost(nested)).toBeLessThan(250_000);
  });
});
