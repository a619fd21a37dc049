import { randomUUID } from 'node:crypto';

import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';

import { systemClock } from '../../src/core/clock.ts';
import { createDeadline } from '../../src/core/deadline.ts';
import { createJsonSplicer } from '../../src/core/json-splicer.ts';
import { schemaHash } from '../../src/core/schema-hash.ts';
import { openTrace } from '../../src/core/trace.ts';
import { baseSdl } from '../../src/core/sdl.ts';
import { createEngine } from '../../src/gateway/engine.ts';
import { createPeerTransport } from '../../src/gateway/peer-transport.ts';
import { SiteGateway } from '../../src/gateway/site-gateway.ts';
import { createPeerSource, identifyInstallation, type Source } from '../../src/gateway/source.ts';
import { createApollo } from '../../src/http/apollo.ts';
import { anyCoverage } from '../../src/model/coverage.ts';
import { createExplanation } from '../../src/model/explanation.ts';
import { anonymous } from '../../src/model/principal.ts';
import { readSourceName } from '../../src/model/source-name.ts';
import { createEndpoint } from '../../src/scatter/endpoint.ts';
import { createProber } from '../../src/scatter/prober.ts';
import { createTarget } from '../../src/scatter/target.ts';
import { silentLogger } from '../../src/telemetry/logger.ts';
import { type Demo, startDemo } from '../support/demo.ts';

// What the resilience of the scatter layer costs on the happy path: CPU of a gateway for each request with reissue,
// hedging, breakers and probes, and without all of that, in one run against the same brokers in other processes, whose rows come as
// they do between brokers. Run: npm run bench:scatter

const installations = 3;
const rounds = 15;
const requestsPerRound = 200;
const text = `{
  virtualMachines(first: 200, orderBy: { field: MEMORY }) {
    totalCount totalCountRelation pageInfo { hasNextPage endCursor }
    nodes { id name powerState cpuCount memoryMiB guestOs host { name } installation { localId } ipAddresses labels { key value } }
  }
}`;

const schema = buildSubgraphSchema(parse(baseSdl));
const transport = createPeerTransport({ schema: schemaHash(baseSdl) });

await using demo = await startDemo({ installations, brokers: 2, vms: 500 });
const targets = targetsOf(demo);
const withAll = await gatewayOver(targets.map(resilientSource));
const without = await gatewayOver(targets.map(plainSource));
await using prober = createProber({
  targets: () => targets,
  probe: ({ url }, { source }, signal) => transport.probe({ url: `${url}/health/ready`, source, signal }),
  clock: systemClock,
});
for (let round = 0; round < 3; round += 1) {
  await measure(withAll);
  await measure(without);
}
const pairs: { readonly on: number; readonly off: number }[] = [];
for (let round = 0; round < rounds; round += 1) {
  pairs.push({ on: await measure(withAll), off: await measure(without) });
}
const on = median(pairs.map((pair) => pair.on));
const off = median(pairs.map((pair) => pair.off));
process.stdout.write(
  `gateway CPU per request, ${installations} installations x 200 rows x 10 fields, medians of ${rounds} rounds:\n` +
    `  resilience on   ${on.toFixed(2)} ms\n  resilience off  ${off.toFixed(2)} ms\n` +
    `  ratio           ${(on / off).toFixed(3)}\n`,
);
await transport[Symbol.asyncDispose]();
await prober[Symbol.asyncDispose]();

function targetsOf({ processes }: Demo) {
  const brokers = processes.filter(({ role }) => role === 'broker');
  return [...new Set(brokers.map(({ installation }) => installation))].map((installation) =>
    createTarget({
      source: `installation:${installation}`,
      endpoints: brokers
        .filter((member) => member.installation === installation)
        .map(({ broker, url }) => createEndpoint({ id: broker!, url, clock: systemClock, random: Math.random })),
      clock: systemClock,
    }),
  );
}

type BenchTarget = ReturnType<typeof createTarget>;

function resilientSource(target: BenchTarget): Source {
  return createPeerSource({
    identity: identifyInstallation('demo', readSourceName(target.source).id),
    target,
    transport,
    clock: systemClock,
    random: Math.random,
    hedging: true,
  });
}

/** One request to the first broker, and whatever comes is believed. */
function plainSource(target: BenchTarget): Source {
  const { url } = target.endpoints[0]!;
  return {
    ...resilientSource(target),
    async ask(request, { context, deadline }) {
      const answer = await transport.send(request, {
        url: `${url}/installation/graphql`,
        source: target.source,
        principal: context.principal,
        requestId: context.requestId,
        trace: context.trace.childHeaders(),
        remainingMs: deadline.remainingMs(),
        signal: deadline.signal,
      });
      return { status: 'OK', answer, endpoint: url, attempts: [], latencyMs: 0 };
    },
  };
}

async function gatewayOver(sources: readonly Source[]) {
  const engine = createEngine({
    schema,
    where: 'site "demo"',
    sources: () => sources,
    clock: systemClock,
    newId: randomUUID,
  });
  const gateway = new SiteGateway({
    engine,
    baseSchema: schema,
    subgraphs: [],
    clock: systemClock,
    logger: silentLogger,
  });
  const limits = {
    depth: 20,
    aliases: 50,
    rootFields: 20,
    fields: 2_000,
    directives: 50,
    tokens: 10_000,
    cost: 250_000,
  };
  return createApollo({ gateway }, { limits, maximumTimeoutMs: 60_000, introspection: 'on', logger: silentLogger });
}

/** CPU milliseconds of this process for each request. */
async function measure(apollo: Awaited<ReturnType<typeof gatewayOver>>): Promise<number> {
  const before = process.cpuUsage();
  for (let at = 0; at < requestsPerRound; at += 1) {
    using deadline = createDeadline({ clock: systemClock, timeoutMs: 5_000 });
    const contextValue = {
      principal: anonymous,
      requestId: 'bench',
      trace: openTrace({}, Math.random),
      deadline,
      wanted: anyCoverage,
      coverage: new Map(),
      deadlineOf: () => deadline,
      splicer: createJsonSplicer(randomUUID()),
      openExplanation: () => createExplanation(systemClock, 0),
      findings: { operationName: null, answer: null },
    };
    const { body } = await apollo.executeOperation({ query: text }, { contextValue });
    if (body.kind !== 'single' || body.singleResult.errors) {
      throw new Error(JSON.stringify(body));
    }
    contextValue.splicer.splice(JSON.stringify(body.singleResult));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / requestsPerRound;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
