import type { FederationConfig, SiteConfig } from '../../../src/config/schema.ts';

// What the simulated federation consists of: 50 installations in 15 sites, each with 7 addresses. Pure; nothing is started.

/** A site and what one process serves of it. */
export interface PlannedSite {
  readonly site: SiteConfig;
  /** The other sites; none for those that nobody asks about the federation. */
  readonly federation: FederationConfig;
  /** The installations served, each with the port of its broker. */
  readonly serves: readonly { readonly installation: string; readonly port: number }[];
  /** Machines of each installation. */
  readonly vms: number;
}

interface Size {
  readonly sites: number;
  readonly installations: number;
  /** Addresses of each installation. */
  readonly endpoints: number;
  /** Machines of each installation. */
  readonly vms: number;
}

/** The plan of each process: one for a single gateway of the first site, which is asked, then one for each site. */
export function planScale({ sites: count, installations, endpoints, vms }: Size, firstPort: number): PlannedSite[] {
  let port = firstPort;
  const sites = Array.from({ length: count }, (_, at): SiteConfig => {
    const members = Math.floor((installations * (at + 1)) / count) - Math.floor((installations * at) / count);
    return {
      id: `s${at + 1}`,
      installations: Array.from({ length: members }, (__, nth) => ({
        id: `s${at + 1}-${nth + 1}`,
        brokers: Array.from({ length: endpoints }, (___, endpoint) => ({
          id: `s${at + 1}-${nth + 1}-${endpoint + 1}`,
          url: `http://127.0.0.1:${port++}`,
        })),
      })),
    };
  });
  const alone = { sites: [], hedging: true };
  const planOf = (
    site: SiteConfig,
    federation: FederationConfig,
    served: SiteConfig['installations'],
  ): PlannedSite => ({
    site,
    federation,
    serves: served.map(({ id, brokers }) => ({ installation: id, port: Number(new URL(brokers[0]!.url).port) })),
    vms,
  });
  const [first, ...others] = sites as [SiteConfig, ...SiteConfig[]];
  return [
    planOf(first, { sites: others, hedging: true }, first.installations.slice(0, 1)),
    planOf(first, alone, first.installations.slice(1)),
    ...others.map((site) => planOf(site, alone, site.installations)),
  ];
}
