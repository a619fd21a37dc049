import type { BrokerView, InstallationView, LinkState, LinkView, SiteView } from '../model/site.ts';
import { siteSource } from '../model/source-name.ts';
import type { Endpoint } from '../scatter/endpoint.ts';
import type { Target } from '../scatter/target.ts';
import type { LinkFigures } from './link-meter.ts';

// The sites as this broker sees them: what is configured, with what the traffic to each broker has shown.

interface SiteViewOptions {
  readonly site: ConfiguredSite;
  readonly self: { readonly installation: string; readonly broker: string; readonly driver: string };
  /** By broker id, of other sites by `site/broker`; the own broker has none. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  /** When this broker started, in milliseconds since 1970. */
  readonly startedAt: number;
}

interface ConfiguredSite {
  readonly id: string;
  readonly name?: string | undefined;
  readonly installations: readonly ConfiguredInstallation[];
}

interface ConfiguredInstallation {
  readonly id: string;
  readonly name?: string | undefined;
  readonly brokers: readonly { readonly id: string; readonly url: string }[];
}

/** The view at this moment. */
export function viewSite(options: SiteViewOptions): SiteView {
  const { site, self } = options;
  return {
    id: site.id,
    name: site.name ?? site.id,
    answeredBy: self.broker,
    installations: [...site.installations].sort(byId).map((installation) => viewInstallation(options, installation)),
  };
}

interface SitesViewOptions extends SiteViewOptions {
  readonly federation: { readonly sites: readonly ConfiguredSite[] };
  readonly siteTargets: readonly Target[];
  /** What is known of the link to a site, named as a source. */
  readonly figuresOf: (source: string) => LinkFigures;
}

/** The view of all sites at this moment: the own one first, then the others by id. */
export function viewSites(options: SitesViewOptions): readonly SiteView[] {
  return [viewSite(options), ...[...options.federation.sites].sort(byId).map((site) => viewOther(options, site))];
}

function viewOther(options: SitesViewOptions, site: ConfiguredSite): SiteView {
  const endpoints = new Map(
    site.installations.flatMap(({ brokers }) =>
      brokers.flatMap(({ id }) => {
        const endpoint = options.endpoints.get(`${site.id}/${id}`);
        return endpoint ? [[id, endpoint] as const] : [];
      }),
    ),
  );
  const self = { ...options.self, installation: '', broker: '' };
  const target = options.siteTargets.find(({ source }) => source === siteSource(site.id));
  const view = viewSite({ ...options, site, endpoints, self });
  return {
    ...view,
    answeredBy: options.self.broker,
    link: target ? viewLink(target, options.figuresOf(target.source)) : null,
  };
}

function viewLink({ endpoints, latency }: Target, figures: LinkFigures): LinkView {
  const { rttMs, requestsPerSecond, bytesPerSecond } = figures;
  return { state: linkState(endpoints), rttMs, p95Ms: latency.quantile(0.95), requestsPerSecond, bytesPerSecond };
}

function linkState(endpoints: readonly Endpoint[]): LinkState {
  const states = endpoints.map(({ state }) => state);
  if (states.includes('UP')) {
    return 'UP';
  }
  return states.every((state) => state === 'UNKNOWN') ? 'UNKNOWN' : 'DOWN';
}

function viewInstallation(options: SiteViewOptions, { id, name, brokers }: ConfiguredInstallation): InstallationView {
  const { self } = options;
  return {
    id,
    name: name ?? id,
    driver: id === self.installation ? self.driver : null,
    brokers: [...brokers].sort(byId).map((broker) => viewBroker(options, broker)),
  };
}

function viewBroker(
  { self, endpoints, startedAt }: SiteViewOptions,
  { id, url }: { id: string; url: string },
): BrokerView {
  if (id === self.broker) {
    return {
      id,
      endpoint: url,
      state: 'SELF',
      lastError: null,
      latencyMs: null,
      p95Ms: null,
      inFlight: null,
      since: startedAt,
    };
  }
  const endpoint = endpoints.get(id);
  return {
    id,
    endpoint: url,
    state: endpoint?.state ?? 'UNKNOWN',
    lastError: endpoint?.lastError ?? null,
    latencyMs: endpoint?.latency.ewmaMs ?? null,
    p95Ms: endpoint?.latency.quantile(0.95) ?? null,
    inFlight: endpoint?.inFlight ?? null,
    since: endpoint?.since ?? null,
  };
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
