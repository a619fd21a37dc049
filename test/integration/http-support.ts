import { buildSchema } from 'graphql';
import type { GraphQLSchema } from 'graphql';

import { systemClock } from '../../src/core/clock.ts';
import { SitewideError } from '../../src/core/errors.ts';
import { type AdmissionLimits, createAdmission, type InFlight } from '../../src/http/admission.ts';
import { createApollo } from '../../src/http/apollo.ts';
import { createBrokerServer } from '../../src/http/broker-server.ts';
import type { BrokerServer } from '../../src/http/broker-server.ts';
import type { StreamLimits } from '../../src/http/socket-options.ts';
import { createSchemaSubscriptions } from '../../src/http/subscription-executor.ts';
import type { Readiness } from '../../src/http/health.ts';
import { createRates, noRates, type PrincipalLimits } from '../../src/http/rates.ts';
import { openReception, type Reception } from '../../src/http/reception.ts';
import { anyDocument, type TrustedDocuments } from '../../src/http/trusted-documents.ts';
import { ownPagesOnly, type PageRules } from '../../src/http/web-pages.ts';
import type { RequestContext } from '../../src/model/request.ts';
import { silentLogger } from '../../src/telemetry/logger.ts';
import type { Logger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { roomyStreams } from '../support/roomy-streams.ts';

// A real broker server with a schema as small as possible, for the tests of the HTTP side.

const sdl = `
  enum CoverageRequirement { ANY ALL }
  directive @coverage(require: CoverageRequirement = ANY, sources: [String!], timeoutMs: Int) on QUERY | MUTATION
  type Query { hello(name: String): String  wanted: String  failing: String  refusing: String  waiting: String  me: Query }
  type Mutation { change: String }
`;

type Resolver = (args: Record<string, unknown>, context: RequestContext) => unknown;

/** What the fields of the small schema do. */
const resolvers: Record<string, Resolver> = {
  hello: ({ name }) => `hello ${typeof name === 'string' ? name : 'world'}`,
  wanted: (_, { wanted, deadline, requestId, coverage }) => {
    coverage.set('wanted', { complete: true, sources: [] });
    return JSON.stringify({ wanted, timeoutMs: deadline.timeoutMs, requestId });
  },
  failing: () => {
    throw new Error('the password is hunter2');
  },
  refusing: () => {
    throw new SitewideError('INVALID_ID', { id: 'x', problem: 'it is too short' });
  },
  change: () => 'changed',
};

/** A field that ends only when its request does; tells when it begins and how it ended. */
export interface Waiting {
  readonly began: Promise<void>;
  readonly ended: Promise<unknown>;
  readonly resolver: Resolver;
  /** With this value, or another one. */
  readonly finish: (value?: string) => void;
}

export function createWaiting(): Waiting {
  const began = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<unknown>();
  const finished = Promise.withResolvers<string>();
  const resolver: Resolver = (_, { deadline }) => {
    began.resolve();
    return new Promise((resolve, reject) => {
      void finished.promise.then(resolve);
      deadline.signal.addEventListener('abort', () => {
        ended.resolve(deadline.signal.reason);
        reject(deadline.signal.reason as Error);
      });
    });
  };
  return {
    began: began.promise,
    ended: ended.promise,
    resolver,
    finish: (value = 'finished') => finished.resolve(value),
  };
}

interface TestServerOptions {
  readonly waiting?: Waiting;
  readonly ready?: () => Readiness;
  readonly logger?: Logger;
  readonly drainMs?: number;
  readonly bodyMs?: number;
  readonly port?: number;
  readonly stallMs?: number;
  readonly admission?: Partial<AdmissionLimits>;
  /** Instead of the small one; its subscriptions are answered over WebSockets. */
  readonly schema?: GraphQLSchema;
  readonly streams?: Partial<StreamLimits>;
  readonly reception?: Reception;
  readonly rates?: PrincipalLimits;
  readonly trusted?: TrustedDocuments;
  readonly pages?: Partial<PageRules>;
  readonly initMs?: number;
  readonly pingMs?: number;
}

const roomy: AdmissionLimits = {
  concurrent: { federation: 100, site: 100, installation: 100 },
  queue: { length: 100, waitMs: 1_000, lastingWaitMs: 100 },
  unsentBytes: 100_000_000,
};

/** A started server. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly server: BrokerServer;
  readonly load: () => InFlight;
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { waiting, logger = silentLogger, ready = () => ({ ready: true, reasons: [] }) } = options;
  const schema = options.schema ?? smallSchema({ ...resolvers, ...(waiting && { waiting: waiting.resolver }) });
  const limits = { depth: 5, aliases: 3, rootFields: 5, fields: 1_000, directives: 5, tokens: 2_000, cost: 250_000 };
  const apollo = await createApollo({ schema }, { limits, maximumTimeoutMs: 60_000, introspection: 'on', logger });
  const subscriptions = options.schema && { executor: createSchemaSubscriptions(schema), limits };
  let count = 0;
  const admission = createAdmission({ ...roomy, ...options.admission }, systemClock);
  const server = createBrokerServer({
    listen: { host: '127.0.0.1', port: options.port ?? 0 },
    endpoints: [{ path: '/graphql', tier: 'SITE', apollo, ...(subscriptions && { subscriptions }) }],
    identity: { site: 'lyon', installation: 'lyon-a', broker: 'lyon-a-1' },
    limits: { bodyBytes: 10_000, streams: { ...roomyStreams, perBroker: 1_000, ...options.streams } },
    admission,
    reception: options.reception ?? openReception,
    trusted: options.trusted ?? anyDocument,
    rates: options.rates ? createRates({ limits: options.rates, clock: systemClock, logger }) : noRates,
    pages: { ...ownPagesOnly, ...options.pages },
    listener: 'BOTH',
    timeouts: {
      defaultMs: 5_000,
      maximumMs: 60_000,
      drainMs: options.drainMs ?? 5_000,
      headersMs: 500,
      bodyMs: options.bodyMs ?? 5_000,
      stallMs: options.stallMs ?? 5_000,
      initMs: options.initMs ?? 3_000,
      pingMs: options.pingMs ?? 10_000,
    },
    ready,
    metrics: createMetrics(),
    logger,
    clock: systemClock,
    newId: () => `id-${(count += 1)}`,
    random: Math.random,
  });
  try {
    const { url, port } = await server.start();
    return {
      url,
      port,
      server,
      load: () => admission.load,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await apollo.stop();
      },
    };
  } catch (thrown) {
    await apollo.stop();
    throw thrown;
  }
}

function smallSchema(fields: Record<string, Resolver>): GraphQLSchema {
  const schema = buildSchema(sdl);
  for (const type of [schema.getQueryType()!, schema.getMutationType()!]) {
    for (const field of Object.values(type.getFields())) {
      const resolver = fields[field.name] ?? (() => ({}));
      field.resolve = (_, args: Record<string, unknown>, context: RequestContext) => resolver(args, context);
    }
  }
  return schema;
}

/** The answer to a POST. */
export async function ask(
  url: string,
  query: string,
  init: { variables?: unknown; headers?: Record<string, string> } = {},
) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...init.headers },
    body: JSON.stringify({ query, variables: init.variables }),
  });
  return { response, status: response.status, body: (await response.json()) as Answer };
}

/** The body of an answer. */
export interface Answer {
  readonly data?: Record<string, string | null> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
  readonly extensions?: Record<string, unknown>;
}
