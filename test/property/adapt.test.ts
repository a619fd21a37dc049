import { buildSubgraphSchema } from '@apollo/subgraph';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  getVariableValues,
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  parse,
  print,
  validate,
} from 'graphql';

import { baseSdl } from '../../src/core/sdl.ts';
import { adaptRequest } from '../../src/merge/adapt-request.ts';
import type { SourceRequest } from '../../src/merge/combine.ts';
import { conformityOf } from '../../src/merge/conform.ts';
import { sdlWithout } from '../support/other-version.ts';
import { answerTo, chanceOf, pick, randomDocument, rootNodes } from '../support/random-document.ts';

// Whatever a client asks, and whatever an older version lacks: what is sent to it is valid there and means the same, and its
// answer becomes one of exactly the form that was asked for.

const own = buildSubgraphSchema(parse(baseSdl));
const roots = [
  'virtualMachines(first: 3, orderBy: { field: MEMORY, direction: DESC })',
  'virtualMachineSummary(groupBy: [{ field: LABEL, label: "a" }])',
  'node(id: "x")',
  'nodes(ids: ["x", "y"])',
  'operations(first: 2)',
  'hosts(filter: { name: { eq: "a" } })',
  'virtualMachine(id: "x")',
  '_entities(representations: [])',
];
const variables = { yes: true, filter: { name: { startsWith: 'a' }, or: [{ cpuCount: { gt: 2 } }] } };

const rootTypes = new Set(['Query', 'Mutation', 'Subscription']);

/** Output fields that may be taken away: their types have others, and nothing of the schema itself rests on them. */
const outputFields = fieldsOf(own, (type) => isObjectType(type) && !rootTypes.has(type.name)).filter(
  (name) => !/^_|\.id$|^(Label|PageInfo|UserError|.*Payload|.*Event|.*Edge)\./.test(name),
);
const inputParts = [
  ...fieldsOf(own, isInputObjectType).filter((name) => /^(VirtualMachine|String|Long)\w*Filter\./.test(name)),
  'VirtualMachineOrderField.MEMORY',
  'VirtualMachineGroupField.LABEL',
  'Query.hosts(filter:)',
  'Query.operations(first:)',
  'Query.virtualMachines(filter:)',
];

function fieldsOf(schema: GraphQLSchema, isWanted: (type: unknown) => boolean): string[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isWanted(type) || !(isObjectType(type) || isInputObjectType(type)) || type.name.startsWith('_')) {
      return [];
    }
    const fields = Object.values(type.getFields()).filter((field) => !isNonNullType(field.type));
    const shared = isObjectType(type) ? type.getInterfaces().filter(isInterfaceType) : [];
    // One always stays, so that the type does.
    return fields
      .slice(1)
      .filter(({ name }) => shared.every((one) => !(name in one.getFields())))
      .map(({ name }) => `${type.name}.${name}`);
  });
}

/** Few versions, since making one takes long; each lacks other parts. */
function versionsWithout(parts: readonly string[]): readonly GraphQLSchema[] {
  return Array.from({ length: 12 }, (_, at) => {
    const chance = chanceOf(at);
    const missing = parts.filter(() => chance() < 0.08 + at * 0.03);
    return buildSubgraphSchema(parse(sdlWithout(missing)));
  });
}

function requestOf(seed: number): SourceRequest {
  const chance = chanceOf(seed);
  const chosen = Array.from({ length: 1 + Math.floor(chance() * 3) }, () => pick(chance, roots));
  const text = randomDocument(own, chance, chosen);
  const document = parse(text);
  expect(validate(own, document)).toEqual([]);
  return {
    document,
    text,
    operation: (document.definitions[0] as OperationDefinitionNode).operation,
    variables,
    examine: (data) => ({ data, problem: null, strange: new Map() }),
  };
}

test('an older version without some output fields is asked the rest, and its answer is completed with nulls', () => {
  const versions = versionsWithout(outputFields);
  fc.assert(
    fc.property(fc.integer(), fc.nat({ max: versions.length - 1 }), (seed, at) => {
      const other = versions[at]!;
      const request = requestOf(seed);
      const adapted = adaptRequest(own, other, request);
      if (adapted === null) {
        expect(validate(other, request.document)).toEqual([]);
        return;
      }
      const sent = adapted.request!;
      expect(validate(other, sent.document)).toEqual([]);
      expect(sent.text).toBe(print(sent.document));
      const data = answerTo({ ...sent, schema: other, known: other });
      expect(conformityOf(own, sent.document)(data).problem).toBeNull();
      const completed = adapted.complete(data);
      const wanted = answerTo({ ...request, schema: own, known: other });
      expect(JSON.stringify(completed)).toBe(JSON.stringify(wanted));
      expect(conformityOf(own, request.document)(completed).problem).toBeNull();
    }),
    { numRuns: 150 },
  );
});

test('an older version is never asked a question whose arguments it does not know', () => {
  const versions = versionsWithout(inputParts);
  fc.assert(
    fc.property(fc.integer(), fc.nat({ max: versions.length - 1 }), (seed, at) => {
      const other = versions[at]!;
      const request = requestOf(seed);
      const adapted = adaptRequest(own, other, request);
      const sent = adapted === null ? request : adapted.request;
      const asked = sent === null ? [] : rootNodes(sent.document);
      if (sent !== null) {
        expect(validate(other, sent.document)).toEqual([]);
        const [{ variableDefinitions = [] }] = sent.document.definitions as [OperationDefinitionNode];
        expect(getVariableValues(other, variableDefinitions, sent.variables).errors).toBeUndefined();
        const given = Object.entries(request.variables).filter(([name]) => name in sent.variables);
        expect(sent.variables).toEqual(Object.fromEntries(given));
      }
      for (const root of rootNodes(request.document)) {
        const name = root.alias!.value;
        const found = asked.find(({ alias }) => alias!.value === name);
        const isRefused = adapted?.lacks.get(name)?.fields.length === 0;
        expect(found === undefined).toBe(isRefused);
        expect(found?.arguments?.map(print)).toEqual(found && root.arguments?.map(print));
      }
    }),
    { numRuns: 150 },
  );
});
