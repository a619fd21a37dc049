import { openAuthenticator } from '../auth/authenticator.ts';
import type { FollowedKeyring } from '../auth/certificate/keyring.ts';
import { createCertifiedVouching } from '../auth/certified-vouching.ts';
import { createAuthenticator } from '../auth/create-authenticator.ts';
import { createPeerGate, openGate } from '../auth/peer-gate.ts';
import { createAuthority, type RoleAuthority } from '../auth/roles.ts';
import { createPlainVouching } from '../auth/vouching.ts';
import { isLoopback } from '../config/check-site.ts';
import type { Config } from '../config/config.ts';
import type { SiteConfig } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import { schemaHash } from '../core/schema-hash.ts';
import { joinTransports } from '../gateway/joined-transport.ts';
import { createLocalSource } from '../gateway/local-source.ts';
import { createMembership, type Membership } from '../gateway/membership.ts';
import { createPeerTransport } from '../gateway/peer-transport.ts';
import { createPeerVersions } from '../gateway/peer-versions.ts';
import { createSiteStreams, type SiteStreams } from '../gateway/site-streams.ts';
import { createSiteTransport } from '../gateway/site-transport.ts';
import { viewSite, viewSites } from '../gateway/site-view.ts';
import { federationMembers, type StreamMembership } from '../gateway/stream-members.ts';
import { createAdmission } from '../http/admission.ts';
import { askApollo, createApollo } from '../http/apollo.ts';
import { type BrokerServer, createBrokerServer } from '../http/broker-server.ts';
import { createDocuments } from '../http/documents.ts';
import type { Readiness } from '../http/health.ts';
import type { Address } from '../http/listen.ts';
import { createRates } from '../http/rates.ts';
import { createReception } from '../http/reception.ts';
import { createSchemaSubscriptions } from '../http/subscription-executor.ts';
import { createRowLists } from '../subgraph/row-lists.ts';
import { createSubgraph, type Subgraph } from '../subgraph/subgraph.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { openCertificates } from './certificates.ts';
import { createDriver } from './drivers.ts';
import { openInstallation } from './installation.ts';
import { createScatterObserver, createStreamObserver, observe } from './observe.ts';
import { startProbing } from './probing.ts';
import { type ScatterTier, startScatterTier } from './scatter-tier.ts';
import { loadTrustedDocuments } from './trusted-documents.ts';

// A broker put together from its configuration: driver, inventory, subgraph, gateway, HTTP. The only place that knows all
// of them.

/** A running broker. Disposing it drains its server and then ends everything behind it. */
export interface Broker extends AsyncDisposable {
  readonly address: Address & { readonly peers: Address | null };
  /** Its certificates, which are read again when their files change or it is told to; null for none. */
  readonly keyring: Pick<FollowedKeyring, 'look'> | null;
  /** Who belongs to the site and to the federation, which may change while the broker runs, and what is known of them. */
  readonly membership: Pick<Membership, 'adopt' | 'current' | 'refuse' | 'refusal'>;
  /** Who may do what at its installation, which may change as well. */
  readonly authority: Pick<RoleAuthority, 'adopt'>;
}

/** Another version of the base schema, as brokers of other versions speak it. */
export interface BaseVersion {
  /** The subgraph of this build as that version has it. */
  readonly subgraphOf: (subgraph: Subgraph) => Subgraph;
  /** That version composed alone. */
  readonly supergraph: string;
}

interface BrokerOptions {
  /** What the broker speaks instead of the version of this build, to try how brokers of different versions work together. */
  readonly version?: BaseVersion;
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
  const { site, federation, introspection } = config;
  const own = site.installations.find(({ id }) => id === config.installation)!;
  const certificates = started.use(await openCertificates(config, options));
  const driver = started.use(createDriver(config.driver, options));
  const metrics = createMetrics();
  const { inventory, operations, auditTrail } = started.use(
    openInstallation(config.database, {
      driver,
      installation: own.id,
      broker: config.broker,
      ...options,
      limits: config.operations,
      auditKeepMs: config.audit.keepMs,
      ...config.feed,
      onError: (error) => logger.warn({ err: messageOf(error) }, 'The inventory is not current.'),
      onOperationError: (error) =>
        logger.warn({ err: messageOf(error) }, 'Operations are not carried out as they should be.'),
      onEnded: metrics.operationEnded,
    }),
  );
  if (config.auth === null && !isLoopback(config.listen.host)) {
    logger.warn(
      { host: config.listen.host },
      'There is no "auth": everybody who reaches this broker may do everything.',
    );
  }
  const authenticator = config.auth ? started.use(createAuthenticator(config.auth, options)) : openAuthenticator;
  const vouching = certificates
    ? createCertifiedVouching({
        ...options,
        identity: { site: site.id, installation: own.id, broker: config.broker },
        known: () => membership.current,
      })
    : createPlainVouching(site.id);
  const reception = createReception({
    self: { site: site.id, installation: own.id, broker: config.broker },
    authenticator,
    gate: certificates ? createPeerGate(() => membership.current) : openGate,
    vouching,
  });
  const authority = createAuthority(config.roles, { site: site.id, installation: own.id });
  const startedAt = clock.now();
  const self = { installation: own.id, broker: config.broker, driver: driver.kind };
  const ownVersion = createSubgraph({
    installation: { id: own.id, name: own.name ?? own.id, site: site.id, driver: driver.kind },
    broker: { id: config.broker },
    inventory,
    operations,
    auditTrail,
    siteView: () => viewSite({ ...membership.current, self, startedAt }),
    sitesView: () => viewSites({ ...membership.current, self, startedAt, figuresOf: links.figures }),
    clock,
    authority,
  });
  const subgraph = options.version?.subgraphOf(ownVersion) ?? ownVersion;
  const schema = schemaHash(subgraph.sdl);
  const answerRows = createRowLists(subgraph.schema);
  const asking = { certificates: certificates?.peers ?? null, vouching, schema };
  const links = createSiteTransport({ clock, ...asking });
  const installations = createPeerTransport({ ...asking, conduits: config.conduits ? clock : null });
  const transport = started.use(joinTransports({ installations, sites: links }));
  const local = createLocalSource({
    site: site.id,
    installation: own.id,
    schema: subgraph.schema,
    clock,
    answerRows,
    onFault: (thrown) => logger.error({ err: thrown }, 'A resolver met an error that nobody expected.'),
  });
  const observer = createScatterObserver(metrics, logger);
  const versions = createPeerVersions({ schema: subgraph.schema, transport, clock });
  const membership = createMembership({
    ...options,
    ...observer,
    site,
    federation,
    self,
    local,
    transport,
    versions,
    hedging: true,
  });
  const admission = createAdmission(config.limits, clock);
  metrics.observe(() =>
    observe({
      ...{ admission, membership, inventory, operations, figuresOf: links.figures },
      certificateExpiresAt: certificates?.keyring.current.expiresAt ?? null,
    }),
  );
  const limits = combinedLimits(config.limits);
  const tier = { ...options, supergraph: options.version?.supergraph, baseSchema: subgraph.schema, config, metrics };
  const where = `site "${site.id}"`;
  const siteTier = started.use(
    await startScatterTier({ ...tier, where, sources: () => membership.current.sources, partLimits: limits }),
  );
  const federationTier = started.use(
    await startScatterTier({
      ...tier,
      where: 'the federation',
      sources: () => [...membership.current.sources, ...membership.current.siteSources],
    }),
  );
  const ownStreams = createSchemaSubscriptions(subgraph.schema);
  const streamsOf = ({ apollo, clientSchema }: ScatterTier, members: StreamMembership, of: string): SiteStreams =>
    createSiteStreams({
      ...options,
      where: of,
      membership: members,
      baseSchema: subgraph.schema,
      schema: clientSchema,
      own: ownStreams,
      versions,
      certificates: certificates?.peers ?? null,
      vouching,
      mostPerSocket: config.limits.streams.perSocket,
      askSite: (question) => askApollo(apollo, question),
      observer: createStreamObserver(metrics, logger),
    });
  const siteStreams = started.use(streamsOf(siteTier, membership, where));
  const federationStreams = started.use(streamsOf(federationTier, federationMembers(membership), 'the federation'));
  const rows = { installation: own.id, broker: config.broker, schema };
  const installationApollo = await createApollo(
    { schema: subgraph.schema },
    {
      ...config,
      maximumTimeoutMs: config.timeouts.maximumMs,
      logger,
      partLimits: limits,
      rows: { answer: answerRows },
    },
  );
  started.defer(() => installationApollo.stop());
  const server: BrokerServer = started.use(
    createBrokerServer({
      listen: config.listen,
      tls: certificates && { ...certificates, listen: config.peers! },
      endpoints: [
        {
          path: '/federation/graphql',
          tier: 'FEDERATION',
          apollo: federationTier.apollo,
          rows,
          subscriptions: { executor: federationStreams, limits: config.limits, introspection },
        },
        {
          path: '/graphql',
          tier: 'SITE',
          apollo: siteTier.apollo,
          rows,
          documents: createDocuments(),
          subscriptions: { executor: siteStreams, limits: config.limits, partLimits: limits, introspection },
        },
        {
          path: '/installation/graphql',
          tier: 'INSTALLATION',
          apollo: installationApollo,
          rows,
          subscriptions: { executor: ownStreams, limits: config.limits, partLimits: limits, introspection },
        },
      ],
      identity: { site: site.id, installation: own.id, broker: config.broker, schema },
      limits: config.limits,
      admission,
      trusted: await loadTrustedDocuments(config.persistedDocuments),
      rates: createRates({ limits: config.limits.principal, clock, logger }),
      pages: { origins: config.cors.origins, hosts: () => ownHosts(config, membership.current.site) },
      reception,
      // Who has users and no certificates has no brokers to speak with, and believes nobody who says to be one.
      listener: config.auth ? 'CLIENTS' : 'BOTH',
      ready: () => readiness(inventory.current(), membership.refusal),
      timeouts: config.timeouts,
      metrics,
      logger,
      clock,
      newId: options.newId,
      random: options.random,
    }),
  );
  const address = await server.start();
  started.use(startProbing({ ...options, membership, transport }));
  const everything = started.move();
  return {
    address,
    membership,
    authority,
    keyring: certificates?.keyring ?? null,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/**
 * What a request between brokers may be: a client's operation with what the merge adds to it. Each root field may get a
 * prefix and two lists of its own, each merged group the fields that tell its elements.
 */
function combinedLimits(limits: Config['limits']): Config['limits'] {
  const { aliases, rootFields, tokens, fields } = limits;
  // An average crosses as a sum and a count beside it.
  return { ...limits, aliases: aliases + 10 * rootFields, tokens: 2 * tokens, fields: 3 * fields + 10 * rootFields };
}

/** The names that this broker has at present: one that the others call by another name from now on must answer to it. */
function ownHosts({ listen, hosts, broker }: Config, { installations }: SiteConfig): readonly string[] {
  const own = installations.flatMap(({ brokers }) => brokers).find(({ id }) => id === broker);
  return [listen.host.toLowerCase(), ...(own ? [new URL(own.url).hostname] : []), ...hosts];
}

/** A broker that has tried to reach its manager is ready: it answers for the others and says what it lacks itself. */
function readiness(
  { revision, message }: { readonly revision: number; readonly message: string | null },
  refusal: string | null,
): Readiness {
  return { ready: revision > 0, reasons: [message, refusal].filter((reason) => reason !== null) };
}
