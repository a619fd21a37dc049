import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { type Cmdb, startCmdb } from '../../examples/cmdb-subgraph/server.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createDeadline } from '../../src/core/deadline.ts';
import { encodeId } from '../../src/core/ids.ts';
import { openTrace } from '../../src/core/trace.ts';
import { SiteGateway } from '../../src/gateway/site-gateway.ts';
import { createApollo } from '../../src/http/apollo.ts';
import { anyCoverage, type Coverage } from '../../src/model/coverage.ts';
import { createExplanation } from '../../src/model/explanation.ts';
import { anonymous } from '../../src/model/principal.ts';
import { baseSchema, type ChangeBroker, type Root, startChangeBroker } from '../support/change-broker.ts';
import { type ChangeSite, createChangeSite } from '../support/change-site.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';

// Changes as a client of a whole site asks for them: Apollo Server and the planner in front of the engine, with an
// operator's own subgraph beside the base schema.

const machine = encodeId({ type: 'VirtualMachine', installation: 'a', localId: 'm1' });
const done: string[] = [];

interface Input {
  readonly id: string;
  readonly action: string;
  readonly idempotencyKey: string;
}

const root: Root = {
  async setPowerState({ input }: { input: Input }) {
    done.push(`${input.action} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    done.push(`${input.action} ends`);
    return {
      operation: { id: input.idempotencyKey, target: { __typename: 'VirtualMachine', id: input.id, name: 'one' } },
      userErrors: [],
    };
  },
  deleteVirtualMachine: () => null,
};

const everything = new AsyncDisposableStack();
let cmdb: Cmdb;
let broker: ChangeBroker;
let site: ChangeSite;
let apollo: Awaited<ReturnType<typeof createApollo>>;

beforeAll(async () => {
  cmdb = await startCmdb({ port: 0, host: '127.0.0.1' });
  everything.defer(() => cmdb.close());
  broker = everything.use(await startChangeBroker('a', root));
  site = everything.use(createChangeSite({ a: [broker.url] }));
  const logger = createRecordingLogger();
  const gateway = new SiteGateway({
    engine: site.engine,
    baseSchema,
    subgraphs: [{ name: 'cmdb', url: cmdb.url, pollIntervalMs: 60_000 }],
    clock: systemClock,
    logger,
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
  apollo = await createApollo({ gateway }, { limits, maximumTimeoutMs: 60_000, introspection: 'on', logger });
  everything.defer(() => apollo.stop());
});
beforeEach(() => void done.splice(0));
afterAll(() => everything.disposeAsync());

interface Result {
  readonly data: Readonly<Record<string, { readonly operation: unknown } | null>>;
  readonly errors?: readonly unknown[];
}

async function ask(query: string): Promise<{ result: Result; coverage: Map<string, Coverage> }> {
  using deadline = createDeadline({ clock: systemClock, timeoutMs: 10_000 });
  const coverage = new Map<string, Coverage>();
  const contextValue = {
    requestId: 'r',
    trace: openTrace({}, Math.random),
    deadline,
    principal: anonymous,
    wanted: anyCoverage,
    coverage,
    deadlineOf: () => deadline,
    openExplanation: () => createExplanation(systemClock, 0),
    findings: { operationName: null, answer: null },
  };
  const { body } = await apollo.executeOperation({ query, variables: { id: machine } }, { contextValue });
  if (body.kind !== 'single') {
    throw new Error('It answers in parts.');
  }
  return { result: JSON.parse(JSON.stringify(body.singleResult)) as Result, coverage };
}

test('what another subgraph knows of the target comes with the operation', async () => {
  const { result, coverage } = await ask(`mutation ($id: ID!) {
    setPowerState(input: { id: $id, action: START }) {
      operation { id target { ... on VirtualMachine { name owner } } }
      userErrors { code }
    }
  }`);
  expect(result.errors).toBeUndefined();
  expect(result.data['setPowerState']).toEqual({
    operation: { id: expect.any(String), target: { name: 'one', owner: expect.any(String) } },
    userErrors: [],
  });
  expect(done).toEqual(['START begins', 'START ends']);
  expect(coverage.get('setPowerState')).toMatchObject({ complete: true });
});

test('several changes are carried out one after the other', async () => {
  const { result } = await ask(`mutation ($id: ID!) {
    one: setPowerState(input: { id: $id, action: START }) { operation { id } }
    two: setPowerState(input: { id: $id, action: SHUTDOWN }) { operation { target { ... on VirtualMachine { owner } } } }
    three: setPowerState(input: { id: $id, action: RESET }) { operation { id } }
  }`);
  expect(result.errors).toBeUndefined();
  expect(Object.keys(result.data)).toEqual(['one', 'two', 'three']);
  expect(done).toEqual(['START', 'SHUTDOWN', 'RESET'].flatMap((action) => [`${action} begins`, `${action} ends`]));
});

test('a change that fails touches neither those before it nor those after it', async () => {
  const { result } = await ask(`mutation ($id: ID!) {
    one: setPowerState(input: { id: $id, action: START }) { operation { id } }
    lost: deleteVirtualMachine(input: { id: $id }) { operation { id } }
    two: setPowerState(input: { id: $id, action: RESET }) { operation { id } }
  }`);
  expect(result.data).toMatchObject({ one: { operation: {} }, lost: null, two: { operation: {} } });
  expect(result.errors).toMatchObject([
    { path: ['lost'], extensions: { code: 'NO_SOURCE_ANSWERED', idempotencyKey: expect.any(String) } },
  ]);
});
