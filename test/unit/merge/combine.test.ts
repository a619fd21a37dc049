import { buildSubgraphSchema } from '@apollo/subgraph';
import { expect, test } from '@jest/globals';
import { getOperationAST, type OperationDefinitionNode, parse, validate } from 'graphql';

import { baseSdl } from '../../../src/core/sdl.ts';
import { collectSelection } from '../../../src/core/selection.ts';
import { combine, type Question } from '../../../src/merge/combine.ts';
import { compileSubquery } from '../../../src/merge/subquery.ts';

const schema = buildSubgraphSchema(parse(baseSdl));

test('one question travels as it is', () => {
  const [question] = questionsOf('query ($n: Int) { virtualMachines(first: $n) { nodes { name } } }', { n: 3 });
  const { request, split } = combine(schema, [question!]);
  expect(request.variables).toEqual({ n: 3 });
  expect(request.text).not.toContain('p0_');
  expect(validate(schema, request.document)).toEqual([]);
  const body = { data: { virtualMachines: { nodes: [] } }, errors: [], coverage: {} };
  expect(split(body)).toEqual([{ value: { nodes: [] }, errors: [], coverage: null }]);
});

test('what is selected of reports does not travel, wherever it is selected', () => {
  const [question] = questionsOf(
    `query ($all: Boolean!) { hosts { coverage { complete ...Sources } nodes { virtualMachines { ...Page } } } }
    fragment Page on VirtualMachineConnection { totalCount again: coverage { sources @include(if: $all) { id } } }
    fragment Sources on Coverage { sources { latencyMs } }`,
    { all: true },
  );
  const { request } = combine(schema, [question!]);
  expect(validate(schema, request.document)).toEqual([]);
  expect(request.text).toContain('again: coverage {');
  expect(request.text).not.toMatch(/complete|sources|latencyMs|\$all/);
});

test('several questions travel side by side, with their variables, fragments and error paths', () => {
  const questions = questionsOf(
    `query ($n: Int, $f: VirtualMachineFilter) {
      a: virtualMachines(first: $n, filter: $f) { nodes { ...Names } }
      b: virtualMachines(last: $n) { nodes { ...Names } }
    }
    fragment Names on VirtualMachine { name host { name } }`,
    { n: 2, f: { name: { eq: 'x' } } },
  );
  const { request, split } = combine(schema, questions);
  expect(validate(schema, request.document)).toEqual([]);
  expect(request.variables).toEqual({ p0_n: 2, p0_f: { name: { eq: 'x' } }, p1_n: 2 });
  const replies = split({
    data: { p0_a: { nodes: [null] }, p1_b: null },
    errors: [
      { message: 'inside', path: ['p0_a', 'nodes', 0] },
      { message: 'whole', path: ['p1_b'] },
    ],
    coverage: {},
  });
  expect(replies[0]).toMatchObject({ value: { nodes: [null] }, errors: [{ path: ['a', 'nodes', 0] }] });
  expect(replies[1]).toMatchObject({ value: null, errors: [{ message: 'whole', path: ['b'] }] });
});

test('look-ups of ids with the same text become one list, whose text does not depend on how many there are', () => {
  const text = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Host { name } } }';
  const [question] = questionsOf(text, { r: [] });
  const ask = (...ids: string[]): Question => ({
    subquery: question!.subquery,
    variables: { sw__part: ids.map((id) => ({ __typename: 'Host', id })) },
  });
  const { request, split } = combine(schema, [ask('1', '2'), ask('3')]);
  expect(request.text).toBe(combine(schema, [ask('9')]).request.text);
  expect(validate(schema, request.document)).toEqual([]);
  expect(request.variables['sw__part']).toHaveLength(3);
  const replies = split({
    data: { _entities: [{ name: 'a' }, null, { name: 'c' }] },
    errors: [{ message: 'gone', path: ['_entities', 1] }],
    coverage: {},
  });
  expect(replies[0]).toMatchObject({ value: [{ name: 'a' }, null], errors: [{ path: ['_entities', 1] }] });
  expect(replies[1]).toMatchObject({ value: [{ name: 'c' }], errors: [] });
});

test('what the merge needs is asked beside what the client selects', () => {
  const [question] = questionsOf(
    '{ virtualMachineSummary(groupBy: [{ field: HOST }]) { averageCpuCount facets { buckets { name count } } } }',
  );
  const { text } = combine(schema, [question!]).request;
  expect(text).toContain('sw__cpuCount: cpuCount');
  expect(text).toContain('sw__count: count');
  expect(text).toContain('sw__position: position');
  expect(text).toContain('sw__key: key');
});

function questionsOf(text: string, variables: Record<string, unknown> = {}): Question[] {
  const document = parse(text);
  const operation = getOperationAST(document) as OperationDefinitionNode;
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === 'FragmentDefinition' ? [[node.name.value, node] as const] : [],
    ),
  );
  const fields = collectSelection({ schema, fragments, variables }, schema.getQueryType()!, [operation.selectionSet]);
  return [...fields].map(([responseName, { nodes }]) => {
    const subquery = compileSubquery({ schema, operation, fragments, responseName, nodes });
    const used = subquery.variableNames.filter((name) => name in variables);
    return { subquery, variables: Object.fromEntries(used.map((name) => [name, variables[name]])) };
  });
}

test('where several sources have a part of one thing, what merging the parts needs is asked beside it', () => {
  const [question] = questionsOf('query ($id: ID!) { node(id: $id) { id ... on Operation { progress } } }', {
    id: 'x',
  });
  expect(question!.subquery.text).not.toContain('sw__');
  const { document, text } = question!.subquery.shared;
  expect(text).toContain('sw__itemProgress: itemProgress');
  expect(text).toContain('sw__itemCount: itemCount');
  expect(validate(schema, document)).toEqual([]);
});
