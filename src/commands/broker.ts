import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import { createEngine } from '../gateway/engine.ts';
import { createPeerTransport } from '../gateway/peer-transport.ts';
import { SiteGateway } from '../gateway/site-gateway.ts';
import { viewSite } from '../gateway/site-view.ts';
import { createLocalSource, createPeerSource, type Source, withSiblings } from '../gateway/source.ts';
import { createApollo } from '../http/apollo.ts';
import { type BrokerServer, createBrokerServer } from '../http/broker-server.ts';
import type { Readiness } from '../http/health.ts';
import type { Address } from '../http/listen.ts';
import { createInventory } from '../inventory/inventory.ts';
import { createEndpoint, type Endpoint } from '../scatter/endpoint.ts';
import { createProber } from '../scatter/prober.ts';
import { createTarget, type Target } from '../scatter/target.ts';
import { createSubgraph } from '../subgraph/subgraph.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createDriver } from './drivers.ts';

// A broker put together from its configuration: driver, inventory, subgraph, gateway, HTTP. The only place that knows all
// of them.

/** A running broker. Disposing it drains its server and then ends everything behind it. */
export interface Broker extends AsyncDisposable {
  readonly address: Address;
}

interface BrokerOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
  readonly logger: Logger;
}

/**
 * Starts a broker. A hypervisor manager that cannot be reached does not keep it from starting.
 * @throws SitewideError `PORT_IN_USE` or another error of listening.
 */
export async function startBroker(config: Config, options: BrokerOptions): Promise<Broker> {
  const { clock, logger } = options;
  await using started = new AsyncDisposableStack();
  const site = { id: config.site.id, name: config.site.name ?? config.site.id };
  const own = config.site.installations.find(({ id }) => id === config.installation)!;
  const driver = started.use(createDriver(config.driver, options));
  const inventory = started.use(
    createInventory({
      driver,
      installation: own.id,
      clock,
      random: options.random,
      onError: (error) => logger.warn({ err: messageOf(error) }, 'The inventory is not current.'),
    }),
  );
  const endpoints = createEndpoints(config, options);
  const startedAt = clock.now();
  const self = { installation: own.id, broker: config.broker, driver: driver.kind };
  const subgraph = createSubgraph({
    installation: { id: own.id, name: own.name ?? own.id, site: site.id, driver: driver.kind },
    broker: { id: config.broker },
    inventory,
    siteView: () => viewSite({ site, self, installations: config.site.installations, endpoints, startedAt }),
    clock,
  });
  const transport = started.use(createPeerTransport());
  const targets: Target[] = [];
  const sources = createSources(config, { ...options, schema: subgraph.schema, transport, endpoints, targets });
  started.use(
    createProber({
      targets: () => targets,
      probe: ({ url }, { source }, signal) =>
        transport.probe({ url: `${url}/health/ready`, installation: source.slice('installation:'.length), signal }),
      clock,
    }),
  );
  const engine = createEngine({ schema: subgraph.schema, site: site.id, sources: () => sources, clock });
  const gateway = new SiteGateway({
    engine,
    baseSchema: subgraph.schema,
    subgraphs: config.subgraphs,
    clock,
    logger,
  });
  const apollo = { ...config, maximumTimeoutMs: config.timeouts.maximumMs, logger };
  const siteApollo = await createApollo({ gateway }, apollo);
  started.defer(() => siteApollo.stop());
  const installationApollo = await createApollo(
    { schema: subgraph.schema },
    { ...apollo, limits: combinedLimits(config.limits) },
  );
  started.defer(() => installationApollo.stop());
  const server: BrokerServer = started.use(
    createBrokerServer({
      listen: config.listen,
      endpoints: [
        { path: '/graphql', tier: 'SITE', apollo: siteApollo },
        { path: '/installation/graphql', tier: 'INSTALLATION', apollo: installationApollo },
      ],
      identity: { site: site.id, installation: own.id, broker: config.broker },
      limits: config.limits,
      ready: () => readiness(inventory.current()),
      timeouts: config.timeouts,
      logger,
      clock,
      newId: options.newId,
    }),
  );
  const address = await server.start();
  const everything = started.move();
  return { address, [Symbol.asyncDispose]: () => everything.disposeAsync() };
}

/** Every other broker of the site, by id. */
function createEndpoints(
  { site, broker }: Config,
  { clock, random }: Pick<BrokerOptions, 'clock' | 'random'>,
): ReadonlyMap<string, Endpoint> {
  const others = site.installations.flatMap(({ brokers }) => brokers).filter(({ id }) => id !== broker);
  return new Map(others.map(({ id, url }) => [id, createEndpoint({ id, url, clock, random })]));
}

interface SourcesOptions extends BrokerOptions {
  readonly schema: Parameters<typeof createLocalSource>[0]['schema'];
  readonly transport: ReturnType<typeof createPeerTransport>;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  /** Filled with what the sources ask. */
  readonly targets: Target[];
}

function addTarget(targets: Target[], options: Parameters<typeof createTarget>[0]): Target {
  const target = createTarget(options);
  targets.push(target);
  return target;
}

/** The own installation first, then the others by id. */
function createSources(config: Config, options: SourcesOptions): readonly Source[] {
  const { schema, transport, endpoints, clock, random, logger } = options;
  const site = config.site.id;
  const peer = (id: string, brokers: readonly { readonly id: string }[]): Source =>
    createPeerSource({
      site,
      installation: id,
      target: addTarget(options.targets, {
        source: `installation:${id}`,
        endpoints: brokers.map((broker) => endpoints.get(broker.id)!),
        clock,
      }),
      transport,
      clock,
      random,
      hedging: true,
    });
  const local = createLocalSource({
    site,
    installation: config.installation,
    schema,
    clock,
    onFault: (thrown) => logger.error({ err: thrown }, 'A resolver met an error that nobody expected.'),
  });
  const own = config.site.installations.find(({ id }) => id === config.installation)!;
  const siblings = own.brokers.filter(({ id }) => id !== config.broker);
  const others = config.site.installations
    .filter(({ id }) => id !== config.installation)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return [
    siblings.length === 0 ? local : withSiblings(local, peer(own.id, siblings)),
    ...others.map(({ id, brokers }) => peer(id, brokers)),
  ];
}

/**
 * What a request between brokers may be: a client's operation with what the merge adds to it. Each root field may get a
 * prefix and two lists of its own, each merged group the fields that tell its elements.
 */
function combinedLimits(limits: Config['limits']): Config['limits'] {
  const { aliases, rootFields, tokens } = limits;
  return { ...limits, aliases: aliases + 10 * rootFields, tokens: 2 * tokens };
}

/** A broker that has tried to reach its manager is ready: it answers for the others and says what it lacks itself. */
function readiness({ revision, message }: { readonly revision: number; readonly message: string | null }): Readiness {
  return { ready: revision > 0, reasons: message === null ? [] : [message] };
}
