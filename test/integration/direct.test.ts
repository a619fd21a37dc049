import { randomUUID } from 'node:crypto';

import { buildSubgraphSchema } from '@apollo/subgraph';
import type { ApolloServer } from '@apollo/server';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';

import { systemClock } from '../../src/core/clock.ts';
import { createDeadline } from '../../src/core/deadline.ts';
import { createJsonSplicer } from '../../src/core/json-splicer.ts';
import { schemaHash } from '../../src/core/schema-hash.ts';
import { baseSdl } from '../../src/core/sdl.ts';
import { openTrace } from '../../src/core/trace.ts';
import { createDirectRule } from '../../src/gateway/direct.ts';
import { createEngine } from '../../src/gateway/engine.ts';
import { createPeerTransport, type PeerTransport } from '../../src/gateway/peer-transport.ts';
import { SiteGateway } from '../../src/gateway/site-gateway.ts';
import { createPeerSource, identifyInstallation, type Source } from '../../src/gateway/source.ts';
import { createApollo } from '../../src/http/apollo.ts';
import type { HttpRequestContext } from '../../src/http/request-context.ts';
import { anyCoverage } from '../../src/model/coverage.ts';
import { createExplanation } from '../../src/model/explanation.ts';
import { anonymous } from '../../src/model/principal.ts';
import { createEndpoint } from '../../src/scatter/endpoint.ts';
import { createTarget } from '../../src/scatter/target.ts';
import { silentLogger } from '../../src/telemetry/logger.ts';
import { type Chance, chanceOf, pick, randomQuery } from '../support/random-document.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { startSites, type TestSites } from '../support/sites.ts';

// What is answered without a plan is the same as what the planner and its shaping make of it, over three installations that
// answer and one that does not. Only the order of fields may differ: the planner changes it around fragments and conditions,
// while the engine keeps to that of the specification.

const schema = buildSubgraphSchema(parse(baseSdl));
const installations = ['lyon-a', 'lyon-b', 'lyon-c'];
const seed = Number(process.env['SITEWIDE_SEED'] ?? 20_261_123);
const documents = process.env['SITEWIDE_CHAOS'] === 'long' ? 3_000 : 150;

/** What chance makes is larger than what people write. */
const roomy = {
  depth: 50,
  aliases: 5_000,
  rootFields: 100,
  fields: 10_000,
  directives: 1_000,
  tokens: 50_000,
  cost: 1_000_000,
};

let sites: TestSites;
let transport: PeerTransport;
let direct: ApolloServer<HttpRequestContext>;
let planned: ApolloServer<HttpRequestContext>;

beforeAll(async () => {
  sites = await startSites({
    sites: { lyon: installations },
    vms: 30,
    usageIntervalMs: 0,
    settings: () => ({ limits: roomy }),
  });
  transport = createPeerTransport({ schema: schemaHash(baseSdl), conduits: systemClock });
  const nobody = `http://127.0.0.1:${await findFreePorts(1)}`;
  const sources = [
    ...sites.brokers.map(({ installation, url }) => sourceAt(installation, url)),
    sourceAt('lyon-d', nobody),
  ];
  const engine = createEngine({
    schema,
    where: 'site "lyon"',
    sources: () => sources,
    clock: systemClock,
    newId: randomUUID,
  });
  const start = async (plansAll: boolean): Promise<ApolloServer<HttpRequestContext>> => {
    const options = { engine, baseSchema: schema, subgraphs: [], plansAll, clock: systemClock, logger: silentLogger };
    const rest = { limits: roomy, maximumTimeoutMs: 60_000, introspection: 'on', logger: silentLogger } as const;
    return createApollo({ gateway: new SiteGateway(options) }, rest);
  };
  [direct, planned] = await Promise.all([start(false), start(true)]);
}, 60_000);

afterAll(async () => {
  await Promise.all([direct?.stop(), planned?.stop()]);
  await transport?.[Symbol.asyncDispose]();
  await sites?.[Symbol.asyncDispose]();
});

function sourceAt(installation: string, url: string): Source {
  const endpoints = [createEndpoint({ id: `${installation}-1`, url, clock: systemClock, random: Math.random })];
  return createPeerSource({
    identity: identifyInstallation('lyon', installation),
    target: createTarget({ source: `installation:${installation}`, endpoints, clock: systemClock }),
    transport,
    clock: systemClock,
    random: Math.random,
    hedging: false,
  });
}

/** Everything that a client gets, as text, without what differs from answer to answer. */
async function answerOf(apollo: ApolloServer<HttpRequestContext>, query: string, variables: object): Promise<string> {
  using deadline = createDeadline({ clock: systemClock, timeoutMs: 5_000 });
  const contextValue: HttpRequestContext = {
    principal: anonymous,
    requestId: 'r',
    trace: openTrace({}, Math.random),
    deadline,
    wanted: anyCoverage,
    coverage: new Map(),
    deadlineOf: () => deadline,
    openExplanation: () => createExplanation(systemClock, 0),
    findings: { operationName: null, answer: null },
  };
  const splicer = createJsonSplicer(randomUUID());
  const request = { query, variables: variables as Record<string, unknown> };
  const { body } = await apollo.executeOperation(request, { contextValue: { ...contextValue, splicer } });
  if (body.kind !== 'single') throw new Error('It is an answer in parts.');
  const { extensions, ...rest } = JSON.parse(
    splicer.splice(JSON.stringify(body.singleResult)).toString(),
  ) as typeof body.singleResult;
  // Reports come in the order in which the fields were done.
  const coverage = Object.entries({ ...(extensions?.['coverage'] as object) }).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ ...rest, extensions: { ...extensions, coverage } })
    .replaceAll(/("\w*(?:latencyMs|asOf|attempts|endpoint)"):[^,}]+/g, '$1:0')
    .replaceAll(/"[^"]*ECONNREFUSED[^"]*"/g, '"refused"');
}

async function expectSame(query: string, variables: object = { yes: true }): Promise<string> {
  const [found, wanted] = [await answerOf(direct, query, variables), await answerOf(planned, query, variables)];
  expect({ query, answer: JSON.parse(found) as unknown }).toEqual({ query, answer: JSON.parse(wanted) as unknown });
  return found;
}

const orders: Readonly<Record<string, readonly string[]>> = {
  virtualMachines: ['NAME', 'HOST', 'CPU_COUNT', 'MEMORY', 'POWER_STATE', 'BOOTED_AT', 'INSTALLATION'],
  hosts: ['NAME'],
  datastores: ['NAME'],
  networks: ['NAME'],
};

function randomRoot(chance: Chance): string {
  const field = pick(chance, [
    'virtualMachines',
    'virtualMachines',
    'hosts',
    'datastores',
    'networks',
    'virtualMachineSummary',
  ]);
  const filter = pick(chance, [
    '',
    '',
    'filter: { name: { contains: "prod" } }',
    'filter: { installation: { in: ["lyon-a", "lyon-d"] } }',
    'filter: { name: { eq: "nobody" } }',
  ]);
  if (field === 'virtualMachineSummary') {
    const by = pick(chance, ['{ field: POWER_STATE }', '{ field: HOST }, { field: LABEL, label: "env" }', '']);
    return `${field}(${filter === '' ? '' : `${filter}, `}groupBy: [${by}])`;
  }
  const order = `orderBy: { field: ${pick(chance, orders[field]!)}, direction: ${pick(chance, ['ASC', 'DESC'])} }`;
  const page = pick(chance, ['first: 3', 'first: 100', 'last: 4', '']);
  const parts = [filter.includes('name') || field === 'virtualMachines' ? filter : '', order, page].filter(
    (part) => part !== '',
  );
  return `${field}(${parts.join(', ')})`;
}

describe('without a plan', () => {
  test(
    `${documents} documents that chance has made get what they get with one`,
    async () => {
      const isDirect = createDirectRule(schema);
      let complete = 0;
      for (let at = 0; at < documents; at += 1) {
        const chance = chanceOf(seed + at);
        const roots = Array.from({ length: 1 + Math.floor(chance() * 3) }, () => randomRoot(chance));
        const text = randomQuery(schema, chance, roots);
        expect(isDirect(parse(text))).toBe(true);
        complete += (await expectSame(text)).includes('"data":{"r0":{') ? 1 : 0;
      }
      // Not because nothing is ever answered.
      expect(complete).toBeGreaterThan(documents / 2);
    },
    400 * documents,
  );

  test.each([
    [
      'a field twice',
      '{ virtualMachines(first: 2) { nodes { id } } virtualMachines(first: 2) { nodes { name } totalCount } }',
    ],
    ['two operations', 'query A { hosts { totalCount } } query B { networks { totalCount } }'],
    ['nothing at all', 'query ($no: Boolean = false) { hosts @include(if: $no) { totalCount } }'],
    ['the name of the root', '{ a: __typename hosts { __typename } }'],
    ['a page that is too large', '{ virtualMachines(first: 5000) { totalCount } hosts { totalCount } }'],
    ['a cursor that is none', '{ virtualMachines(after: "x") { totalCount } hosts { totalCount } }'],
    ['a variable that is missing', 'query ($first: Int!) { virtualMachines(first: $first) { totalCount } }'],
    ['a name that is reserved', '{ virtualMachines(first: 1) { sw__rows: totalCount } }'],
    ['everything required', 'query @coverage(require: ALL) { hosts { totalCount } }'],
  ])('%s gets the same', async (_, query) => {
    await expectSame(query, {});
  });

  test.each([
    ['a mutation', 'mutation { cancelOperation(input: { id: "x" }) { operation { id } } }', null],
    ['what is sent to an owner', '{ virtualMachine(id: "x") { id } hosts { totalCount } }', null],
    ['what is answered here', '{ site { id } }', null],
    ['introspection', '{ __schema { queryType { name } } }', null],
    ['a fragment with one of them', 'query { ...A } fragment A on Query { ... { site { id } } }', null],
    ['an operation that is not there', '{ a: hosts { totalCount } }', 'B'],
  ])('is not answered %s', (_, text, operationName) => {
    expect(createDirectRule(schema)(parse(text), operationName)).toBe(false);
  });
});
