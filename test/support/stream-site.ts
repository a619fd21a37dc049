import { type ExecutionResult, type GraphQLSchema, parse } from 'graphql';

import { systemClock } from '../../src/core/clock.ts';
import { createDeadline, type Deadline } from '../../src/core/deadline.ts';
import { openTrace } from '../../src/core/trace.ts';
import { createEngine } from '../../src/gateway/engine.ts';
import { createMembership, type Membership } from '../../src/gateway/membership.ts';
import { createPeerTransport } from '../../src/gateway/peer-transport.ts';
import { SiteGateway } from '../../src/gateway/site-gateway.ts';
import { createSiteStreams, type SiteStreams } from '../../src/gateway/site-streams.ts';
import { createLocalSource } from '../../src/gateway/local-source.ts';
import type { StreamObserver } from '../../src/gateway/stream-sink.ts';
import { createAdmission } from '../../src/http/admission.ts';
import { askApollo, createApollo } from '../../src/http/apollo.ts';
import { createBrokerServer } from '../../src/http/broker-server.ts';
import { noRates } from '../../src/http/rates.ts';
import { openReception } from '../../src/http/reception.ts';
import { anyDocument } from '../../src/http/trusted-documents.ts';
import { ownPagesOnly } from '../../src/http/web-pages.ts';
import type { HttpRequestContext } from '../../src/http/request-context.ts';
import { createSchemaSubscriptions } from '../../src/http/subscription-executor.ts';
import { createSnapshot } from '../../src/inventory/snapshot.ts';
import { createStateBox } from '../../src/inventory/state.ts';
import { anyCoverage, type CoverageWanted } from '../../src/model/coverage.ts';
import { createExplanation } from '../../src/model/explanation.ts';
import { anonymous } from '../../src/model/principal.ts';
import type { FeedChange } from '../../src/model/resource.ts';
import type { Vm } from '../../src/model/vm.ts';
import type { Operations } from '../../src/operations/operations.ts';
import { createSubgraph } from '../../src/subgraph/subgraph.ts';
import { silentLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { roomyStreams } from './roomy-streams.ts';
import { inventory, vm } from './builders.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';

// The streams of a site over the subgraphs of real installations, whose brokers are real servers behind proxies that can
// spoil what passes. The feed of an installation is in memory, shared by its brokers.

const streamsPerSocket = 100;
const limits = { depth: 20, aliases: 50, rootFields: 20, fields: 2_000, directives: 50, tokens: 10_000, cost: 250_000 };

/** An installation of a test. */
export interface TestInstallation {
  readonly log: MemoryLog;
  readonly schema: GraphQLSchema;
  /** Exchanges its machines for others; its feed tells nothing of that. */
  setMachines(machines: readonly Vm[]): void;
}

/** An installation; its inventory is that of its machines, whatever its feed tells. */
function createTestInstallation(id: string, operations: Operations | null = null): TestInstallation {
  const log = createMemoryLog(`feed of ${id}`);
  const box = createStateBox(systemClock);
  let snapshot = createSnapshot(id, inventory({ VirtualMachine: ['m1', 'm2'].map((name) => vm({ name })) }));
  box.reached(snapshot);
  const { schema } = createSubgraph({
    installation: { id, name: id, site: 'test', driver: 'simulator' },
    broker: { id: `${id}-1` },
    inventory: { current: box.current, changed: box.changed, log },
    operations,
    siteView: () => ({ id: 'test', name: 'test', answeredBy: `${id}-1`, installations: [] }),
    clock: systemClock,
  });
  return {
    log,
    schema,
    setMachines(machines) {
      snapshot = snapshot.replace(inventory({ VirtualMachine: [...machines] }));
      box.reached(snapshot);
    },
  };
}

/** A machine that comes. */
export function added(name: string): FeedChange {
  return { kind: 'VirtualMachine', localId: name, before: null, after: vm({ name }) };
}

/** A broker that only has subscriptions. */
export interface StreamBrokerServer extends AsyncDisposable {
  readonly url: string;
}

/** Starts a broker of an installation. */
async function startStreamBroker(
  installation: string,
  schema: GraphQLSchema,
  broker = `${installation}-1`,
): Promise<StreamBrokerServer> {
  const server = createBrokerServer({
    listen: { host: '127.0.0.1', port: 0 },
    endpoints: [
      {
        path: '/installation/graphql',
        tier: 'INSTALLATION',
        apollo: () => {
          throw new Error('This broker answers subscriptions only.');
        },
        subscriptions: { executor: createSchemaSubscriptions(schema), limits },
      },
    ],
    identity: { site: 'test', installation, broker },
    limits: { bodyBytes: 100_000, streams: { ...roomyStreams, perSocket: streamsPerSocket } },
    reception: openReception,
    rates: noRates,
    trusted: anyDocument,
    pages: ownPagesOnly,
    listener: 'BOTH',
    admission: createAdmission(
      {
        concurrent: { federation: 100, site: 100, installation: 100 },
        queue: { length: 1_000, waitMs: 5_000, lastingWaitMs: 5_000 },
        unsentBytes: 100_000_000,
      },
      systemClock,
    ),
    ready: () => ({ ready: true, reasons: [] }),
    timeouts: {
      defaultMs: 5_000,
      maximumMs: 60_000,
      drainMs: 100,
      headersMs: 10_000,
      bodyMs: 10_000,
      stallMs: 10_000,
      initMs: 3_000,
      pingMs: 10_000,
    },
    metrics: createMetrics(),
    logger: silentLogger,
    clock: systemClock,
    newId: () => 'r',
    random: Math.random,
  });
  const { url } = await server.start();
  return { url, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** What was counted. */
export interface Counted {
  resumed: number;
  gaps: number;
  duplicates: number;
  /** Streams at sources that run. */
  running: number;
}

/** A site with its streams, at the broker `a-1`. */
export interface StreamSite extends AsyncDisposable {
  readonly installations: Readonly<Record<string, TestInstallation>>;
  /** In front of each other broker, by its id. */
  readonly proxies: Readonly<Record<string, FaultProxy>>;
  readonly servers: Readonly<Record<string, StreamBrokerServer>>;
  readonly streams: SiteStreams;
  readonly membership: Membership;
  readonly counted: Counted;
  /** The configuration with these brokers only; all without an argument. */
  siteOf(brokers?: readonly string[]): Parameters<Membership['adopt']>[0];
  follow(text: string, options?: FollowSiteOptions): Promise<Reader>;
}

/** How a subscription is begun. */
export interface FollowSiteOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly wanted?: Partial<CoverageWanted>;
  readonly timeoutMs?: number;
}

/** A subscriber. */
export interface Reader {
  /** Null if it could not begin. */
  readonly iterator: AsyncIterator<ExecutionResult> | null;
  readonly refusal: ExecutionResult | null;
  /** The next event, by its root field; null at the end. */
  next(): Promise<Record<string, any> | null>; // eslint-disable-line @typescript-eslint/no-explicit-any -- each test knows its events
  result(): Promise<IteratorResult<ExecutionResult>>;
  stop(): void;
}

/** What else a site may have. */
interface StreamSiteOptions {
  /** By installation. */
  readonly operations?: Readonly<Record<string, Operations>>;
  /** The operator's own. */
  readonly subgraphs?: readonly { readonly name: string; readonly url: string }[];
}

/** The brokers of a site by installation; `a-1` is the one that is tested, and needs no server. */
export async function startStreamSite(
  brokers: Readonly<Record<string, readonly string[]>>,
  { operations = {}, subgraphs = [] }: StreamSiteOptions = {},
): Promise<StreamSite> {
  const started = new AsyncDisposableStack();
  const ids = Object.keys(brokers);
  const installations = Object.fromEntries(ids.map((id) => [id, createTestInstallation(id, operations[id] ?? null)]));
  const proxies: Record<string, FaultProxy> = {};
  const servers: Record<string, StreamBrokerServer> = {};
  for (const [id, names] of Object.entries(brokers)) {
    for (const name of names.filter((one) => one !== 'a-1')) {
      servers[name] = started.use(await startStreamBroker(id, installations[id]!.schema, name));
      proxies[name] = started.use(await startFaultProxy(servers[name].url));
    }
  }
  const siteOf: StreamSite['siteOf'] = (names = Object.values(brokers).flat()) => ({
    site: {
      id: 'test',
      installations: Object.entries(brokers)
        .map(([id, all]) => ({
          id,
          brokers: all
            .filter((name) => names.includes(name))
            .map((name) => ({ id: name, url: proxies[name]?.url ?? 'http://127.0.0.1:1' })),
        }))
        .filter((one) => one.brokers.length > 0),
    },
    federation: { sites: [], hedging: true },
  });
  const { schema } = installations['a']!;
  const transport = started.use(createPeerTransport());
  const membership = createMembership({
    ...siteOf(),
    self: { installation: 'a', broker: 'a-1' },
    local: createLocalSource({ site: 'test', installation: 'a', schema, clock: systemClock, onFault: () => undefined }),
    transport,
    clock: systemClock,
    random: Math.random,
    hedging: false,
  });
  const engine = createEngine({
    schema,
    where: 'site "test"',
    sources: () => membership.current.sources,
    clock: systemClock,
    newId: () => 'key',
  });
  const gateway = new SiteGateway({
    engine,
    baseSchema: schema,
    subgraphs: subgraphs.map((one) => ({ ...one, pollIntervalMs: 1_000 })),
    clock: systemClock,
    logger: silentLogger,
  });
  const apollo = await createApollo(
    { gateway },
    { limits, maximumTimeoutMs: 60_000, introspection: 'on', logger: silentLogger },
  );
  started.defer(() => apollo.stop());
  const counted: Counted = { resumed: 0, gaps: 0, duplicates: 0, running: 0 };
  const streams = started.use(
    createSiteStreams({
      where: 'site "test"',
      baseSchema: schema,
      schema: () => gateway.clientSchema,
      own: createSchemaSubscriptions(schema),
      mostPerSocket: streamsPerSocket,
      askSite: (question) => askApollo(apollo, question),
      membership,
      clock: systemClock,
      random: Math.random,
      observer: observerOf(counted),
    }),
  );
  return {
    installations,
    proxies,
    servers,
    streams,
    membership,
    counted,
    siteOf,
    follow: (text, options) => read(streams, text, options),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

function observerOf(counted: Counted): StreamObserver {
  return {
    streamOpened() {
      counted.running += 1;
      return (state) => {
        counted.running -= state === null ? 1 : 0;
      };
    },
    streamResumed: () => void (counted.resumed += 1),
    gapMet: () => void (counted.gaps += 1),
    duplicateDropped: () => void (counted.duplicates += 1),
  };
}

async function read(
  streams: SiteStreams,
  text: string,
  { variables = {}, wanted = {}, timeoutMs = 5_000 }: FollowSiteOptions = {},
): Promise<Reader> {
  const stop = new AbortController();
  const deadlineOf = (milliseconds: number): Deadline =>
    createDeadline({ clock: systemClock, timeoutMs: milliseconds, parent: stop.signal });
  const newContext = (): HttpRequestContext & Disposable => {
    const deadline = deadlineOf(timeoutMs);
    return {
      deadlineOf,
      openExplanation: () => createExplanation(systemClock, 0),
      findings: { operationName: null, answer: null },
      requestId: 'r',
      trace: openTrace({}, Math.random),
      deadline,
      principal: anonymous,
      wanted: { ...anyCoverage, ...wanted },
      coverage: new Map(),
      [Symbol.dispose]: () => deadline[Symbol.dispose](),
    };
  };
  const document = parse(text);
  const asked = {
    document,
    operationName: null,
    variables,
    signal: stop.signal,
    newContext,
    turn: async () => undefined,
  };
  const begun = await streams.subscribe(asked);
  const iterator = Symbol.asyncIterator in begun ? begun[Symbol.asyncIterator]() : null;
  const result = async (): Promise<IteratorResult<ExecutionResult>> => iterator!.next();
  return {
    iterator,
    refusal: iterator === null ? (begun as ExecutionResult) : null,
    result,
    async next() {
      const { value, done } = await result();
      const event = done === true ? null : (JSON.parse(JSON.stringify(value)) as ExecutionResult);
      return event === null ? null : (Object.values(event.data ?? {})[0] as Record<string, unknown> | null);
    },
    stop: () => stop.abort(new Error('The test is over.')),
  };
}
