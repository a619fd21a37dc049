import type { SiteConfig } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import type { RequestContext } from '../model/request.ts';
import type { BreakerState } from '../scatter/breaker.ts';
import { createEndpoint, type Endpoint } from '../scatter/endpoint.ts';
import type { AttemptRecord } from '../scatter/outcome.ts';
import { createTarget, type Target, withEndpoints } from '../scatter/target.ts';
import type { PeerTransport } from './peer-transport.ts';
import { createPeerSource, type Source, withSiblings } from './source.ts';

// Who belongs to the site now. The whole set is exchanged at once: whoever took the old one finishes with it, and what
// stays keeps what was learned of it. It decides nothing about whether a new set may be taken.

/** A site's members at one moment. */
export interface Members {
  readonly site: SiteConfig;
  /** The own installation first, then the others by id. */
  readonly sources: readonly Source[];
  /** What the sources ask: one for each installation that has brokers beside this one. */
  readonly targets: readonly Target[];
  /** Every other broker, by id. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
}

/** The members of the site, which may change at any time. */
export interface Membership {
  readonly current: Members;
  /** Why the newest site that was offered is not in force; null if it is. */
  readonly refusal: string | null;
  /** Puts a site in force; it must have been checked, and this broker must be in it. */
  adopt(site: SiteConfig): MembershipChange;
  /** Calls back each time another site has come into force, until the function given back is called. */
  onChange(listener: () => void): () => void;
  /** Notes that a new site was refused, so that the broker can say so. */
  refuse(reason: string): void;
}

/** What is different. Source names, and brokers with their addresses: `lyon-a-1 at http://…`. */
export interface MembershipChange {
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

interface MembershipOptions {
  readonly site: SiteConfig;
  /** Who this broker is. */
  readonly self: { readonly installation: string; readonly broker: string };
  /** The own installation, asked in this process. */
  readonly local: Source;
  readonly transport: PeerTransport;
  readonly clock: Clock;
  readonly random: () => number;
  readonly hedging: boolean;
  /** Told of each request to another broker as it ends. */
  readonly onAttempt?: (source: string, record: AttemptRecord, context: RequestContext) => void;
  readonly onBreaker?: (endpoint: string, state: BreakerState) => void;
}

/** The members of a site as configured at the start. */
export function createMembership(options: MembershipOptions): Membership {
  let current = membersOf(options, options.site, null);
  let refusal: string | null = null;
  const listeners = new Set<() => void>();
  return {
    get current() {
      return current;
    },
    get refusal() {
      return refusal;
    },
    adopt(site) {
      const before = current;
      current = membersOf(options, site, before);
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

/** The members that a site makes. What was there before under the same id and address is taken over as it is. */
function membersOf(options: MembershipOptions, site: SiteConfig, before: Members | null): Members {
  const { self, local } = options;
  const endpoints = endpointsOf(options, site, before);
  const targets = [...site.installations].sort(byId).map(({ id, brokers }) => {
    const others = brokers.filter((broker) => broker.id !== self.broker);
    return targetOf(options, `installation:${id}`, { endpoints: others.map((one) => endpoints.get(one.id)!), before });
  });
  const own = targets.find(({ source }) => source === local.id)!;
  const siblings = own.endpoints.length === 0 ? null : own;
  const others = targets.filter((target) => target !== own);
  return {
    site,
    endpoints,
    targets: siblings ? [siblings, ...others] : others,
    sources: [
      siblings ? withSiblings(local, peerSource(options, site, siblings)) : local,
      ...others.map((target) => peerSource(options, site, target)),
    ],
  };
}

function endpointsOf(
  { self, clock, random, onBreaker }: MembershipOptions,
  { installations }: SiteConfig,
  before: Members | null,
): ReadonlyMap<string, Endpoint> {
  const others = installations.flatMap(({ brokers }) => brokers).filter(({ id }) => id !== self.broker);
  return new Map(
    others.map(({ id, url }) => {
      const known = before?.endpoints.get(id);
      const create = (): Endpoint =>
        createEndpoint({ id, url, clock, random, onBreaker: (state) => onBreaker?.(id, state) });
      return [id, known?.url === url ? known : create()];
    }),
  );
}

function targetOf(
  { clock }: MembershipOptions,
  source: string,
  { endpoints, before }: { readonly endpoints: readonly Endpoint[]; readonly before: Members | null },
): Target {
  const known = before?.targets.find((target) => target.source === source);
  return known ? withEndpoints(known, endpoints) : createTarget({ source, endpoints, clock });
}

function peerSource({ onAttempt, ...options }: MembershipOptions, site: SiteConfig, target: Target): Source {
  const { source } = target;
  return createPeerSource({
    ...options,
    site: site.id,
    installation: source.slice('installation:'.length),
    target,
    onAttempt: (record, context) => onAttempt?.(source, record, context),
  });
}

function changeBetween(before: Members, after: Members): MembershipChange {
  const namesOf = ({ site }: Members): string[] =>
    site.installations.flatMap(({ id, brokers }) => [
      `installation:${id}`,
      ...brokers.map((broker) => `${broker.id} at ${broker.url}`),
    ]);
  const [old, now] = [new Set(namesOf(before)), new Set(namesOf(after))];
  return { joined: [...now].filter((name) => !old.has(name)), left: [...old].filter((name) => !now.has(name)) };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
