import type { Clock } from '../core/clock.ts';
import type { BreakerState } from '../scatter/breaker.ts';
import { createEndpoint, type Endpoint } from '../scatter/endpoint.ts';
import type { Topology } from './membership.ts';

// Every broker that this one may ask, with what is known of each. One that stays at its address keeps what was learned.

interface EndpointOptions {
  /** Who this broker is. */
  readonly self: { readonly broker: string };
  readonly clock: Clock;
  readonly random: () => number;
  readonly onBreaker?: (endpoint: string, state: BreakerState) => void;
}

/** The endpoints of a topology: of the own site by broker id, of other sites by `site/broker`. */
export function endpointsOf(
  { self, clock, random, onBreaker }: EndpointOptions,
  topology: Topology,
  before?: ReadonlyMap<string, Endpoint>,
): ReadonlyMap<string, Endpoint> {
  return new Map(
    addressesOf(topology, self.broker).map(({ id, url }) => {
      const known = before?.get(id);
      const create = (): Endpoint =>
        createEndpoint({ id, url, clock, random, onBreaker: (state) => onBreaker?.(id, state) });
      return [id, known?.url === url ? known : create()];
    }),
  );
}

interface Address {
  readonly id: string;
  readonly url: string;
}

function addressesOf({ site, federation }: Topology, self: string): readonly Address[] {
  const siblings = site.installations.flatMap(({ brokers }) => brokers).filter(({ id }) => id !== self);
  const others = federation.sites.flatMap((other) =>
    other.installations.flatMap(({ brokers }) => brokers).map(({ id, url }) => ({ id: `${other.id}/${id}`, url })),
  );
  return [...siblings, ...others];
}
