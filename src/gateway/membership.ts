import type { FederationConfig, SiteConfig } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import type { RequestContext } from '../model/request.ts';
import { installationSource, readSourceName, siteSource } from '../model/source-name.ts';
import type { BreakerState } from '../scatter/breaker.ts';
import type { Endpoint } from '../scatter/endpoint.ts';
import type { AttemptRecord } from '../scatter/outcome.ts';
import { createTarget, type Target, withEndpoints } from '../scatter/target.ts';
import { endpointsOf } from './member-endpoints.ts';
import type { PeerTransport } from './peer-transport.ts';
import type { PeerVersions } from './peer-versions.ts';
import {
  createPeerSource,
  identifyInstallation,
  identifySite,
  type Source,
  type SourceIdentity,
  withSiblings,
} from './source.ts';

// Who belongs to the site and to the federation now. The whole set is exchanged at once: whoever took the old one finishes
// with it, and what stays keeps what was learned of it. It decides nothing about whether a new set may be taken.

/** Which brokers there are. */
export interface Topology {
  readonly site: SiteConfig;
  /** The other sites. */
  readonly federation: FederationConfig;
}

/** The members of a site, and of its federation, at one moment. */
export interface Members extends Topology {
  /** The own installation first, then the others of the site by id. */
  readonly sources: readonly Source[];
  /** The other sites, by id. */
  readonly siteSources: readonly Source[];
  /** What the sources of the site ask: one for each installation that has brokers beside this one. */
  readonly targets: readonly Target[];
  /** One for each other site: any of its brokers may answer. */
  readonly siteTargets: readonly Target[];
  /** Every other broker: of the own site by its id, of another one by `site/broker`. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
}

/** The members of the site, which may change at any time. */
export interface Membership {
  readonly current: Members;
  /** Why the newest topology that was offered is not in force; null if it is. */
  readonly refusal: string | null;
  /** Puts a topology in force; it must have been checked, and this broker must be in its site. */
  adopt(topology: Topology): MembershipChange;
  /** Calls back each time another topology has come into force, until the function given back is called. */
  onChange(listener: () => void): () => void;
  /** Notes that a new topology was refused, so that the broker can say so. */
  refuse(reason: string): void;
}

/** What is different. Source names, and brokers with their addresses: `lyon-a-1 at http://…`. */
export interface MembershipChange {
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

interface MembershipOptions extends Topology {
  /** Who this broker is. */
  readonly self: { readonly installation: string; readonly broker: string };
  /** The own installation, asked in this process. */
  readonly local: Source;
  readonly transport: PeerTransport;
  /** Asks brokers of other versions; without it all are taken to be of this one. */
  readonly versions?: PeerVersions;
  readonly clock: Clock;
  readonly random: () => number;
  /** Whether a second broker may be asked beside a slow one within the site. */
  readonly hedging: boolean;
  /** Told of each request to another broker as it ends. */
  readonly onAttempt?: (source: string, record: AttemptRecord, context: RequestContext) => void;
  readonly onBreaker?: (endpoint: string, state: BreakerState) => void;
}

/** The members as configured at the start. */
export function createMembership(options: MembershipOptions): Membership {
  let current = membersOf(options, options, null);
  let refusal: string | null = null;
  const listeners = new Set<() => void>();
  return {
    get current() {
      return current;
    },
    get refusal() {
      return refusal;
    },
    adopt(topology) {
      const before = current;
      current = membersOf(options, topology, before);
      refusal = null;
      const kept = new Set([...current.endpoints.values()].map(({ url }) => url));
      for (const { url } of before.endpoints.values()) {
        if (!kept.has(url)) {
          options.transport.forget(url);
        }
      }
      listeners.forEach((listener) => listener());
      return changeBetween(before, current);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refuse(reason) {
      refusal = reason;
    },
  };
}

/** The members that a topology makes. What was there before under the same id and address is taken over as it is. */
function membersOf(options: MembershipOptions, { site, federation }: Topology, before: Members | null): Members {
  const { local } = options;
  const endpoints = endpointsOf(options, { site, federation }, before?.endpoints);
  const known = [...(before?.targets ?? []), ...(before?.siteTargets ?? [])];
  const targetOf = (source: string, names: readonly string[]): Target => {
    const found = names.flatMap((name) => endpoints.get(name) ?? []);
    const old = known.find((target) => target.source === source);
    const isFar = readSourceName(source).kind === 'site';
    return old ? withEndpoints(old, found) : createTarget({ source, endpoints: found, clock: options.clock, isFar });
  };
  const targets = [...site.installations].sort(byId).map(({ id, brokers }) =>
    targetOf(
      installationSource(id),
      brokers.map((broker) => broker.id),
    ),
  );
  const own = targets.find(({ source }) => source === local.id)!;
  const siblings = own.endpoints.length === 0 ? null : own;
  const others = targets.filter((target) => target !== own);
  const siteTargets = [...federation.sites].sort(byId).map(({ id, installations }) =>
    targetOf(
      siteSource(id),
      installations.flatMap(({ brokers }) => brokers.map((broker) => `${id}/${broker.id}`)),
    ),
  );
  const ofSite = peerSources({ ...options, federation, site });
  return {
    site,
    federation,
    endpoints,
    targets: siblings ? [siblings, ...others] : others,
    siteTargets,
    sources: [siblings ? withSiblings(local, ofSite(siblings)) : local, ...others.map(ofSite)],
    siteSources: siteTargets.map(ofSite),
  };
}

/** Makes the source of each target. */
function peerSources({ onAttempt, site, federation, ...options }: MembershipOptions): (target: Target) => Source {
  const identities = new Map<string, SourceIdentity>(
    [
      ...site.installations.map(({ id }) => identifyInstallation(site.id, id)),
      ...federation.sites.map(({ id, installations }) =>
        identifySite(
          id,
          installations.map((installation) => installation.id),
        ),
      ),
    ].map((identity) => [identity.id, identity]),
  );
  return (target) => {
    const identity = identities.get(target.source)!;
    return createPeerSource({
      ...options,
      hedging: identity.tier === 'SITE' ? federation.hedging : options.hedging,
      identity,
      target,
      onAttempt: (record, context) => onAttempt?.(target.source, record, context),
    });
  };
}

function changeBetween(before: Members, after: Members): MembershipChange {
  const [old, now] = [new Set(namesOf(before)), new Set(namesOf(after))];
  return { joined: [...now].filter((name) => !old.has(name)), left: [...old].filter((name) => !now.has(name)) };
}

function namesOf({ site, federation }: Topology): readonly string[] {
  const partsOf = (one: SiteConfig): readonly string[] =>
    one.installations.flatMap(({ id, brokers }) => [
      installationSource(id),
      ...brokers.map((broker) => `${broker.id} at ${broker.url}`),
    ]);
  return [...partsOf(site), ...federation.sites.flatMap((one) => [siteSource(one.id), ...partsOf(one)])];
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
