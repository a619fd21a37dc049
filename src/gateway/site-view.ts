import type { BrokerView, InstallationView, SiteView } from '../model/site.ts';
import type { Endpoint } from '../scatter/endpoint.ts';

// The site as this broker sees it: what is configured, with what the traffic to each broker has shown.

interface SiteViewOptions {
  readonly site: ConfiguredSite;
  readonly self: { readonly installation: string; readonly broker: string; readonly driver: string };
  /** By broker id; the own broker has none. */
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
